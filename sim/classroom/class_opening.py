"""The form with which an instructor opens a room, and what it means; made ready in a process that is kept in bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.classroom.room.names import LONGEST_TITLE, checked_title
from sim.classroom.room.plan import Half, RoomPlan, checked
from sim.classroom.room.prediction import Prediction, predicted
from sim.classroom.room.refused import Refused, refuse
from sim.classroom.sources import Source
from sim.classroom.worker import Tell, scenario_of
from sim.errors import CommandError, Fault, Place
from sim.model.compiling import regime_names
from sim.model.luck import derived_seed
from sim.report.labels import Labels, inside, joined
from sim.scenario.flatten import flattened
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Wanted:
    """What an instructor has filled in."""

    title: str = ""
    regimes: tuple[str, str] = ("", "")
    """Of each half; the first one empty: the scenario's first, the second one: everybody plays the same."""
    sides: tuple[str, ...] = ()
    """Whom students play; none: everybody who acts."""
    homework: bool = False
    seconds: str = "90"
    per_side: str = "1"
    early: bool = True
    seed: str = ""
    """Where luck comes from; empty: luck that nobody has had."""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Wanted:
        """Return what stands in the fields of a form."""

        def text(name: str) -> str:
            return str(fields.get(name, ""))[:200].strip()

        return cls(
            title=text("title"),
            regimes=(text("regime1"), text("regime2")),
            sides=tuple(name.removeprefix("side-")[:100] for name in fields if name.startswith("side-")),
            homework=text("mode") == "homework",
            seconds=text("seconds"),
            per_side=text("per_side"),
            early=bool(fields.get("early")),
            seed=text("seed"),
        )


def prepared(
    sources: tuple[Source, ...], wanted: Wanted, unique: str, *, tell: Tell
) -> tuple[dict[str, Any], tuple[Prediction, ...]]:
    """Return a room's plan, as it stands in an event, and what the model predicts for each half.

    Args:
        sources: what each half plays: one, or two.
        wanted: what was filled in.
        unique: whatever makes this class different from others; its luck comes from that, unless a seed is wanted.
        tell: not told anything.

    Raises:
        DetenteError: something makes no sense, or the scenario cannot be played.
    """
    try:
        plan = checked(plan_of([scenario_of(source) for source in sources], wanted, unique))
    except Refused as error:
        # Only errors of ours go from process to process.
        raise CommandError(Fault(Place("the form"), "ROOM", error.problem)) from None
    return plan.to_dict(), tuple(predicted(half, plan.seed) for half in plan.halves)


def plan_of(scenarios: list[Scenario], wanted: Wanted, unique: str) -> RoomPlan:
    """Return the plan that is wanted. Raises ``Refused`` 422."""
    first, second = wanted.regimes
    halves = [_half(scenarios[0], first, wanted.sides)]
    if len(scenarios) > 1 or second:
        halves.append(_half(scenarios[-1], second, wanted.sides))
    return RoomPlan(
        halves=tuple(halves),
        title=checked_title(wanted.title or title_of(scenarios)),
        seed=_whole(wanted.seed, "the seed")
        if wanted.seed
        else derived_seed(scenarios[0].monte_carlo.seed, f"class/{unique}"),
        per_side=_whole(wanted.per_side, "students a side"),
        seconds=None if wanted.homework else _whole(wanted.seconds, "seconds") or None,
        early=wanted.early,
        homework=wanted.homework,
    )


def title_of(scenarios: list[Scenario]) -> str:
    """Return the title of a class that was given none: what is played, by all of it or by either half."""
    first, *others = [Labels(each).title for each in scenarios]
    return joined([first, *map(inside, others)])[:LONGEST_TITLE]


def _half(scenario: Scenario, regime: str, wanted: tuple[str, ...]) -> Half:
    known = regime_names(scenario)
    regime = regime or known[0]
    if regime not in known:
        refuse(422, f"{scenario.scenario} has no regime '{regime}'; write one of {', '.join(known)}")
    acting = [name for name, actor in scenario.actors.items() if actor.actions]
    sides = tuple(name for name in acting if name in wanted) or tuple(acting)
    if scenario.document is None:
        refuse(422, "this scenario has no text")
    return Half(scenario.scenario, flattened(scenario.document), regime, sides)


def _whole(word: str, what: str) -> int:
    if not word.isdecimal() or len(word) > 6:
        refuse(422, f"{what}: write a whole number")
    return int(word)
