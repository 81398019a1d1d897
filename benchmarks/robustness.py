"""``make robust``: how robust the claims of the shipped INF scenarios are, put on a page below ``docs/``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping

from rich.console import Console

import sim
from benchmarks.contender import ROOT
from sim.experiment.claims import Claims
from sim.experiment.robust import RUNS, Endurance
from sim.report import numbers
from sim.report.labels import Labels, joined, label_of
from sim.report.robust import word_of
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario

PAGE = ROOT / "docs" / "explanation" / "robustness.md"
BEGIN, END = "<!-- robustness: from here -->", "<!-- robustness: to here -->"

SCENARIOS = ("inf", "inf-1987", "inf-2018", "post-inf")
ERAS = ("inf-1987", "inf-2018")

CHANGED = {
    "substitutes (M2)": ("airsea_share", "hypersonic_share"),
    "burden (M5)": ("arms_burden",),
    "leadership (M6)": ("will", "capital", "grievance"),
}
"""What changed between the eras, as parameters."""

TURNED = {"inf-1987": ("c1", "c1_open"), "inf-2018": ("c2", "c2_choice", "c2_open")}
"""The claims that the other era's values have to turn around."""

STRONGER = """
extends: inf-1987.yaml
regimes:
  bare: {label: "Nothing forbidden, no inspectors in place"}
claims:
  crises: null
  c1: null
  c1_open: null
  either: {says: x, holds: "equilibrium(open, adversary, comply, weigh) > 0"}
  complying: {says: x, holds: "equilibrium(open, adversary, comply) > 0"}
  uninspected: {says: x, holds: "equilibrium(bare, adversary, comply, weigh) > 0"}
"""
"""Stronger and weaker forms of what the scenario of 1987 claims; their margins are the probabilities themselves."""

_NEW = {
    "either": "complying or weighing, inspected (as `c1_open` claims)",
    "complying": "complying alone, inspected",
    "uninspected": "complying or weighing, without inspectors in place",
}

_SAME = 1e-9

_NAMED = 3
"""Parameters that are named of a claim."""

Numbers = Mapping[str, float]


def main() -> None:
    """Measure, and write the page."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.robustness", description=__doc__)
    asked.add_argument("--points", type=int, default=512, help="points over the ranges (512)")
    asked.add_argument("--runs", type=int, default=RUNS, help=f"runs at each point ({RUNS})")
    asked.add_argument("--jobs", type=int, default=2, help="processes (2)")
    options, console = asked.parse_args(), Console(width=160)

    def judged(scenario: Scenario, given: Numbers) -> Claims:
        console.print(f"{scenario.scenario}{' with its era held' if given else ''} ...", style="dim")
        more = {"robust": options.points, "robust_runs": options.runs, "jobs": options.jobs}
        return sim.claims(scenario, set=given, **more)

    loaded = {name: sim.load(ROOT / "scenarios" / f"{name}.yaml") for name in SCENARIOS}
    parts = [*_over_all({name: judged(each, {}) for name, each in loaded.items()})]
    parts += _over_others({name: judged(loaded[name], _of_the_era(loaded[name])) for name in ERAS})
    parts += _swapped(loaded, options.jobs)
    parts += _stronger(options.jobs)
    _write("\n\n".join(parts))
    console.print(f"written to {PAGE.relative_to(ROOT)}")


def _of_the_era(scenario: Scenario) -> dict[str, float]:
    """Return what an era gives to the parameters that changed."""
    return {name: scenario.parameters[name].value for names in CHANGED.values() for name in names}


def _over_all(answers: Mapping[str, Claims]) -> Iterator[str]:
    first = next(iter(answers.values()))
    if first.robustness is None:
        raise AssertionError("an answer to another question")
    points, sampling = first.robustness.points.count, first.robustness.sampling
    yield "## Over all ranges"
    yield (
        f"{points:,} points over the ranges of all {len(first.robustness.ranges)} parameters, {sampling.runs:,} runs\n"
        "at each. In brackets: the share of points at which the claim holds in the lowest and in the highest quarter\n"
        "of that parameter's range."
    )
    for name, answer in answers.items():
        yield f"### {name}"
        yield _table(answer)
    yield _fragile(answers)


def _over_others(answers: Mapping[str, Claims]) -> Iterator[str]:
    yield "## With each era held to its own values"
    yield (
        f"The same, with {joined(list(CHANGED))} held at the era's values (`--set`):\n"
        "what is uncertain is everything else."
    )
    for name, answer in answers.items():
        yield f"### {name}, its era held"
        yield _table(answer)


def _swapped(loaded: Mapping[str, Scenario], jobs: int) -> Iterator[str]:
    yield "## With the other era's values"
    yield (
        f"The {joined(list(CHANGED))} of one era put into the other, and nothing else; no ranges,\n"
        "10,000 runs. The margin is above zero where the claim holds."
    )
    rows = []
    for name, other in zip(ERAS, reversed(ERAS), strict=True):
        given = _of_the_era(loaded[other])
        answers = [sim.claims(loaded[name], runs=10_000, jobs=jobs, set=each) for each in ({}, given)]
        own, swapped = ({result.name: result for result in answer.results} for answer in answers)
        for claim in TURNED[name]:
            ours, theirs = own[claim], swapped[claim]
            label = label_of(loaded[name].claims[claim], claim)
            words = [f"{each.verdict}, {numbers.mean(each.margin, 2, sign=True)}" for each in (ours, theirs)]
            rows.append(f"| `{name}` | {label} `{claim}` | {' | '.join(words)} |")
    head = "| scenario | claim | with its own values | with the other's |\n|---|---|---|---|"
    yield "\n".join([head, *rows])


def _stronger(jobs: int) -> Iterator[str]:
    yield "## What would be too much to claim"
    yield (
        "That in 1987 *every* equilibrium keeps the treaty, as one might wish to say, does not follow. The least\n"
        "probability that any equilibrium gives (10,000 runs, 95 % of resamples):"
    )
    scenario = load_text(STRONGER, "stronger.yaml", ROOT / "scenarios")
    answer = sim.claims(scenario, runs=10_000, jobs=jobs)
    rows = []
    for result in answer.results:
        if result.name in _NEW:
            told = numbers.mean(result.margin, 2)
            sure = result.margin.reach is not None and result.margin.reach < _SAME
            interval = "in every resample" if sure else numbers.interval(result.margin, 2)
            rows.append(f"| {_NEW[result.name]} | {told} | {interval} |")
    yield "\n".join(["| to | probability | interval |", "|---|---|---|", *rows])


def _table(answer: Claims) -> str:
    if answer.robustness is None:
        raise AssertionError("an answer to another question")
    scenario, points = answer.robustness.scenario, answer.robustness.points.count
    lines = ["| claim | | holds at | 95 % interval | undecided at | decided most by |", "|---|---|---|---|---|---|"]
    for result, each in zip(answer.results, answer.robustness.claims.values(), strict=True):
        word = word_of(each)
        undecided = "" if each.undecided is None else numbers.percent(each.undecided / points)
        verdict = "" if result.verdict == "holds" else f" ({result.verdict} at the stated values)"
        cells = [
            f"{label_of(scenario.claims[each.name], each.name)} `{each.name}`{verdict}",
            f"**{word}**" if word == "fragile" else word,
            numbers.percent(each.share.mean),
            numbers.percent_interval(each.share),
            undecided,
            _deciding(each),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _deciding(endurance: Endurance) -> str:
    if endurance.map is None:
        return "-"
    told = [
        f"`{each.parameter}` ({numbers.percent(each.lowest)}, {numbers.percent(each.highest)})"
        for each in endurance.deciding[:_NAMED]
    ]
    return ", ".join(told) or "nothing alone"


def _fragile(answers: Mapping[str, Claims]) -> str:
    lines = []
    for name, answer in answers.items():
        if answer.robustness is None:
            continue
        labels = Labels(answer.robustness.scenario)
        for each in answer.robustness.claims.values():
            if word_of(each) != "fragile":
                continue
            first = next(iter(each.deciding), None)
            breaks = (
                "no parameter breaks it alone"
                if first is None
                else f"broken most by `{first.parameter}`: {labels.parameter(first.parameter)}"
            )
            lines.append(f"- `{each.name}` of `{name}` holds at {numbers.percent(each.share.mean)}; {breaks}.")
    return "\n".join(["Fragile, in short:", "", *lines]) if lines else "No claim is fragile."


def _write(text: str) -> None:
    """Put a text on the page between its two marks; what stands around them stays."""
    old = PAGE.read_text(encoding="utf-8")
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not between.search(old):
        raise SystemExit(f"{PAGE} has no marks to write between")
    PAGE.write_text(between.sub(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", old), encoding="utf-8")


if __name__ == "__main__":
    main()
