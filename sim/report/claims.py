"""What ``claims`` answers, as a page: each claim with its verdict and margin, and how many hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.claims import ClaimResult, Claims
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.labels import Labels, joined
from sim.report.page import BAD, GOOD, NUMBERS, Cell, Column, Page, Styled, below, named
from sim.report.robust import robust_sentences, show_robustness
from sim.report.run import ASSUMED, ONE_RUN, how, trust

if TYPE_CHECKING:
    from rich.console import Console

_SAME = 1e-9
"""Half the width of an interval whose ends are the same but for rounding."""

EQUILIBRIA = (
    "Of equilibria, the margin is that of the payoffs as estimated; the interval holds 95 % of resamples of the runs."
)
_SIGNS = {"holds": ("✓", "+", GOOD), "fails": ("✗", "x", BAD), "undecided": ("?", "?", "yellow")}


def show_claims(claims: Claims, console: Console) -> None:
    """Print the verdicts on a scenario's claims, each with its margin and interval, and a summary."""
    page = Page(console)
    if not claims.results:
        page.line("This scenario makes no claims.")
        return
    if claims.scenario is not None:
        page.title(Labels(claims.scenario).title, f"Claims; {played(claims)}")
        page.gap()
    single = claims.plan.runs < 2
    columns = [Column("claim", least=24), Column("verdict", least=11), Column("margin", NUMBERS)]
    columns += [] if single else [Column("95 % interval", NUMBERS)]
    page.table(columns, [_row(page, result, label_of(claims, result), single) for result in claims.results])
    page.gap()
    page.line(
        "The margin is the larger side of a claim minus the smaller, in the claim's own unit, averaged over runs; "
        "of a claim in several parts, the part nearest zero in standard errors.",
        "dim",
    )
    if any(result.about_equilibria for result in claims.results):
        page.line(EQUILIBRIA, "dim")
    if claims.robustness is not None:
        names = {result.name: label_of(claims, result) for result in claims.results}
        show_robustness(page, claims.robustness, names)
    page.heading("What it means")
    page.line(summary(claims), indent=2)
    if claims.robustness is not None:
        for sentence in robust_sentences(claims.robustness):
            page.line(sentence, indent=2)
    page.line(ONE_RUN if single else ASSUMED, indent=2)
    trust(page, "", claims.warnings)


def played(claims: Claims) -> str:
    """Return how much was played: runs, seed, engine, clock, and how runs are paired."""
    first = next(iter(claims.ensembles.values()), None)
    if first is None:
        return f"{numbers.count(claims.plan.runs, 'run')} a pair of strategies, seed {claims.plan.seed}"
    return f"{how(first, Labels(first.game.scenario))}; regimes paired run by run on the same luck"


def label_of(claims: Claims, result: ClaimResult) -> str:
    """Return what a claim is called: its label, else its name."""
    written = claims.scenario.claims.get(result.name) if claims.scenario is not None else None
    return one_line(written.label) if written is not None and written.label else one_line(result.name)


def _row(page: Page, result: ClaimResult, label: str, single: bool) -> list[Cell]:
    sign, plain, style = _SIGNS[result.verdict]
    margin = result.margin
    decimals = numbers.decimals_of(margin.mean, margin.se)
    claim = below(named(label, one_line(result.name), "bold"), result.says)
    cells: list[Cell] = [
        claim,
        Styled(f"{sign if page.unicode else plain} {result.verdict}", style),
        numbers.mean(margin, decimals, sign=True) if math.isfinite(margin.mean) else "not known",
    ]
    return cells if single else [*cells, Styled(reach_of(margin, decimals), "dim")]


def reach_of(margin: Stat, decimals: int) -> str:
    """Return the interval of a margin; one of equilibria comes from resamples."""
    if margin.se is None and margin.reach is not None and margin.reach < _SAME:
        return "in every resample"
    return numbers.interval(margin, decimals)


def summary(claims: Claims) -> str:
    """Return how many claims hold, and which do not, in words."""
    by_verdict: dict[str, list[str]] = {"holds": [], "fails": [], "undecided": []}
    for result in claims.results:
        by_verdict[result.verdict].append(one_line(result.name))
    many, holding = len(claims.results), len(by_verdict["holds"])
    if holding == many:
        all_of_them = "Both" if many == 2 else f"All {many}"
        return "The claim holds at 95 %." if many == 1 else f"{all_of_them} claims hold, each at 95 %."
    still_open = any(result.verdict == "undecided" and result.margin.se != 0.0 for result in claims.results)
    hope = " More runs may decide what is undecided." if still_open else ""
    if many == 1:
        return ("The claim fails at 95 %." if by_verdict["fails"] else "The claim is undecided at 95 %.") + hope
    parts = [f"{holding or 'none'} of {many} claims {'holds' if holding < 2 else 'hold'} at 95 %"]
    if failing := by_verdict["fails"]:
        parts.append(f"{joined(failing)} {'fails' if len(failing) == 1 else 'fail'}")
    if undecided := by_verdict["undecided"]:
        parts.append(f"{joined(undecided)} {'is' if len(undecided) == 1 else 'are'} undecided")
    words = f"{'; '.join(parts)}."
    words = words[:1].upper() + words[1:]
    return words + hope
