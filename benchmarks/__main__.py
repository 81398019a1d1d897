"""``python -m benchmarks``: measure everything, print it, and write the page if asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rich.console import Console

from benchmarks import goals, growth, inf, machine, page, response, w1
from benchmarks.contender import ROOT
from benchmarks.race import Race, Spread

PARTS: dict[str, Callable[..., tuple[page.Section, Any]]] = {
    "w1": w1.measure,
    "inf": inf.measure,
    "growth": growth.measure,
    "response": response.measure,
}
PAGE = ROOT / "docs" / "explanation" / "speed.md"


def main() -> None:
    """Run the parts that are asked for: all of them unless some are named."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; all if none is named")
    asked.add_argument("--rounds", type=int, default=5, help="how often everybody plays (5)")
    asked.add_argument("--seconds", type=float, default=0.5, help="how long a contender plays in a round (0.5)")
    asked.add_argument("--write", action="store_true", help=f"put the figures on {PAGE.relative_to(ROOT)}")
    options = asked.parse_args()
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        asked.error(f"unknown part {unknown[0]}: expected any of {', '.join(PARTS)}")

    console = Console(width=160)
    sections: list[page.Section] = []
    races: list[Race] = []
    figures: dict[str, Spread] = {}
    for name in options.parts or PARTS:
        console.print(f"measuring {name} ...", style="dim")
        section, found = PARTS[name](options.rounds, options.seconds, console.print)
        page.show(section, console)
        sections.append(section)
        races += [found] if isinstance(found, Race) else found
        figures |= section.figures
    presence = sum(each.presence() for each in races) / len(races)
    sections = [goals.table(figures), *sections, machine.facts(presence)]
    for section in (sections[0], sections[-1]):
        page.show(section, console)
    if options.write:
        page.write(PAGE, sections)
        console.print(f"\nwritten to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
