"""``python -m tests.models.page``: compare every published model and write the page of all of them."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

from benchmarks.page import put
from tests.models.published import EXACT, FAR, FINE, Row, titles

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "published-models.md"
ROUNDING = 1e-9
"""What an exact number may be off by and still be told as right."""



def section(model: str, rows: list[Row], module: ModuleType) -> str:
    """Return a model's part of the page."""
    lines = [
        f"## {module.TITLE} ({model})",
        "",
        module.SAYS,
        "",
        "| case | quantity | published | ours | standard error | off by |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for row in rows:
        error = "exact" if row.error is None else f"{row.error:.6f}"
        what = f"{row.quantity}, {row.how}" if row.how else row.quantity
        lines.append(f"| {row.case} | {what} | {_number(row.value)} | {_number(row.ours)} | {error} | {_off(row)} |")
    reasons: dict[str, list[str]] = {}
    for (case, quantity), why in module.LEFT_OUT.items():
        reasons.setdefault(why, []).append(f"{quantity} ({case})")
    lines += [""] * bool(reasons) + [f"Not compared: {', '.join(what)}: {why}" for why, what in reasons.items()]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{round(value, 6) + 0.0:.6f}"


def _off(row: Row) -> str:
    # What is left of an exact number is rounding, and differs between processors.
    if row.error is not None:
        return f"{row.off:+.1f} SE"
    return "0" if abs(row.off) < ROUNDING else f"less than {EXACT:.0e}"


def written() -> None:
    """Play every model and put the page between its marks."""
    from tests.models.test_published import MODELS

    sections, everything = [], []
    for model, name in MODELS.items():
        module = import_module(f"tests.models.{name}")
        rows = module.rows()
        everything += rows
        sections.append(section(model, rows, module))
        faults = [row for row in rows if row.fault]
        print(f"{model}: {titles()[model]}: {len(rows)} rows, {len(faults)} faults")
        for row in faults:
            print(f"  {row.case} - {row.quantity}: {row.fault}")
    rate = sum(row.false_alarm for row in everything)
    simulated = sum(row.error is not None for row in everything)
    summary = (
        f"{len(everything)} rows: {len(everything) - simulated} exact, to 1e-6; {simulated} simulated, within {FAR:g} "
        f"standard errors, each at most {100 * FINE:g} % of the range of what is averaged. A simulator that is right fails "
        f"one or more of them with a probability of {rate:.2e}."
    )
    put(PAGE, "models", "\n\n".join([summary, *sections]))


def told_rate() -> tuple[float, int]:
    """Return the false-alarm rate and the number of rows that the page tells."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(r"^(\d+) rows: .* probability of ([\d.e-]+)\.$", text, re.MULTILINE)
    assert found
    return float(found[2]), int(found[1])


if __name__ == "__main__":
    written()
