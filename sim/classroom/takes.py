"""*What would it take?* The break-even of an actor, worked out in the background and told as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sim.classroom.explore import Ask, refused
from sim.classroom.sources import Source
from sim.classroom.templating import templates
from sim.classroom.worker import Tell, scenario_of
from sim.experiment.alone import Alone
from sim.experiment.breakeven import breakeven
from sim.experiment.plan import Plan
from sim.experiment.playing import Progress
from sim.model.game import Setting
from sim.report import breakeven_words, numbers
from sim.report.labels import Labels

RUNS = 500
"""At each of many points; they are paired on the same luck."""
_RUNGS = 12
_WIDTH, _EDGE = 360.0, 8.0


@dataclass(frozen=True)
class Rung:
    """One parameter of the ladder: where it is, where it would have to be, on the line of its range."""

    label: str
    now: str
    there: str
    low: str
    high: str
    now_x: float
    there_x: float


def takes(source: Source, ask: Ask, *, tell: Tell) -> str:
    """Return as HTML what it would take to turn around what an actor prefers; ``tell`` hears stretch and share.

    Raises ``CommandError``, ``RunError``, ``ResourceError``.
    """
    if ask.actor is None or len(ask.regimes) < 2:
        raise refused("ACTOR", "two regimes and an actor are needed", "choose them and ask again")
    scenario = scenario_of(source)
    plan = Plan(RUNS, scenario.monte_carlo.seed)
    stretches = 0

    @contextmanager
    def stage(total: int) -> Iterator[Progress]:
        nonlocal stretches
        stretches += 1
        done, shown = 0, -1

        def progress(count: int) -> None:
            nonlocal done, shown
            done += count
            if (percent := 100 * done // max(total, 1)) > shown:
                shown = percent
                tell({"stretch": stretches, "share": min(percent, 100)})

        yield progress

    answer = breakeven(
        scenario,
        ask.actor,
        regimes=ask.regimes,
        setting=Setting(None, {}, ask.parameters),
        plan=plan,
        stage=stage,
    )
    labels = Labels(scenario)
    rungs = [_rung(each, labels) for each in answer.ladder[:_RUNGS]]
    return (
        templates()
        .get_template("takes.html")
        .render(
            subject=breakeven_words.subject(answer, labels),
            today=breakeven_words.today(answer, labels),
            takes=breakeven_words.takes(answer, labels),
            trouble=answer.trouble,
            rungs=rungs,
            more=len(answer.ladder) - len(rungs),
            how=breakeven_words.how(answer),
        )
    )


def _rung(each: Alone, labels: Labels) -> Rung:
    low, high = each.range
    root = each.nearest
    at = each.now if root is None or root.at is None else root.at
    decimals = 2 if root is None else breakeven_words.decimals_of(root)

    def place(value: float) -> float:
        return _EDGE + (min(max(value, low), high) - low) / (high - low) * (_WIDTH - 2 * _EDGE)

    words = labels.parameter(each.name), numbers.number(each.now), numbers.number(at, decimals)
    return Rung(*words, numbers.number(low), numbers.number(high), place(each.now), place(at))
