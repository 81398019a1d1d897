"""Ensembles against each other, paired run by run on the same luck: who gains, by how much, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.errors import CommandError, Fault, Place, one_line, quoted
from sim.experiment.blocks import Blocks
from sim.experiment.ensemble import Ensemble, Plan, Progress, planned_for, play
from sim.experiment.skewness import Sample, warnings_of
from sim.experiment.summary import Moments, Stat, beside, moments_of, stats_of
from sim.model.compiling import compiled, regime_names, unknown
from sim.model.game import Game, Setting
from sim.scenario.schema import Scenario
from sim.shown import Drawn

_TOGETHER = 16
"""Results that are subtracted at a time: few enough that two blocks of them need little memory."""

Sides = Mapping[str, Game]
"""The games of a comparison, by the names of its sides."""


@dataclass(frozen=True, eq=False)
class Difference:
    """One ensemble minus another, run by run; a result that only one of them has is left out."""

    of: str
    minus: str
    left: Ensemble
    right: Ensemble
    _added_up: dict[tuple[tuple[str, ...], ...], tuple[Stat, Stat, Stat]] = field(
        default_factory=dict, init=False, repr=False
    )

    @cached_property
    def columns(self) -> dict[str, int]:
        """Return the names of the common results, and the row of ``moments`` of each."""
        common = [name for name in self.left.columns if name in self.right.columns]
        return {name: row for row, name in enumerate(common)}

    @cached_property
    def moments(self) -> Moments:
        """Return the moments of the paired difference of every common result."""
        names = list(self.columns)
        groups = [names[start : start + _TOGETHER] for start in range(0, len(names), _TOGETHER)]
        return beside([self._moments_of(group) for group in groups])

    def _moments_of(self, names: Sequence[str]) -> Moments:
        pairs = zip(self.left.blocks(names), self.right.blocks(names), strict=True)
        return moments_of(np.subtract(ours, theirs, out=ours) for ours, theirs in pairs)

    @cached_property
    def stats(self) -> dict[str, Stat]:
        """Return the mean paired difference of every common result, with its 95 % interval."""
        return dict(zip(self.columns, stats_of(self.moments), strict=True))

    def added_up(self, ours: Sequence[str], theirs: Sequence[str]) -> tuple[Stat, Stat, Stat]:
        """Return the sum of some results of the left side, of some of the right side, and their paired difference."""
        key = tuple(ours), tuple(theirs)
        if key not in self._added_up:
            pairs = zip(self.left.blocks(ours), self.right.blocks(theirs), strict=True)
            sums = ((left.sum(axis=0), right.sum(axis=0)) for left, right in pairs)
            left, right, change = stats_of(moments_of(np.stack([left, right, left - right]) for left, right in sums))
            self._added_up[key] = left, right, change
        return self._added_up[key]

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the actors that both have."""
        return _common_actors(self.left.game, self.right.game)

    @cached_property
    def samples(self) -> Mapping[str, Sample]:
        """Return the paired difference of each actor as a sample."""
        both = self.left, self.right
        scales = {
            actor: max(float(side.summed.moments.size[side.columns[actor]]) for side in both) for actor in self.actors
        }
        sides = one_line(f"{self.of} minus {self.minus}")
        return {
            actor: Sample.of(
                f"the difference in the payoff of {actor} ({sides})", self.moments, self.columns[actor], scale
            )
            for actor, scale in scales.items()
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each actor's paired difference that is too skewed for its interval to be trusted."""
        return warnings_of(self.samples.values())

    def reasons(self, actor: str) -> list[tuple[str, Stat]]:
        """Return an actor's difference split by ledger entry, largest first; the parts add up to the whole."""
        parts = [(entry, self.stats[f"{actor}.{entry}"]) for entry in self._entries(actor)]
        return sorted(parts, key=lambda part: -abs(part[1].mean))

    def _entries(self, actor: str) -> list[str]:
        return [entry for entry in self.left.entries(actor) if f"{actor}.{entry}" in self.stats]

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as it stands in JSON."""
        final = [name.removeprefix("final.") for name in self.stats if name.startswith("final.")]
        return {
            "of": self.of,
            "minus": self.minus,
            "actors": {
                actor: {
                    "payoff": self.stats[actor].to_dict(),
                    "ledger": {entry: self.stats[f"{actor}.{entry}"].to_dict() for entry in self._entries(actor)},
                }
                for actor in self.actors
            },
            "final": {name: self.stats[f"final.{name}"].to_dict() for name in final},
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Drawn):
    """Several ensembles on the same luck, and each later one's difference to the first."""

    ensembles: Mapping[str, Ensemble]
    plan: Plan

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Return each later ensemble minus the first."""
        (first, base), *others = self.ensembles.items()
        return tuple(Difference(name, first, ensemble, base) for name, ensemble in others)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each difference whose interval cannot be trusted."""
        return tuple(sentence for difference in self.differences for sentence in difference.warnings)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON."""
        return {
            "runs": self.plan.runs,
            "seed": self.plan.seed,
            "regimes": {name: ensemble.to_dict() for name, ensemble in self.ensembles.items()},
            "differences": [difference.to_dict() for difference in self.differences],
        }


def compare(
    scenario: Scenario,
    regimes: Sequence[str] = (),
    setting: Setting | None = None,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Play regimes of a scenario (default: the first two) on the same luck. Raises ``CommandError``, ``RunError``."""
    return play_sides(sides_of(scenario, regimes, setting), plan or planned_for(scenario), progress)


def compare_scenarios(
    scenarios: Sequence[Scenario],
    regime: str | None = None,
    setting: Setting | None = None,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Play one regime (default: each one's first) of two scenarios on the same luck."""
    return play_sides(sides_of_scenarios(scenarios, regime, setting), plan or planned_for(scenarios[0]), progress)


def sides_of(scenario: Scenario, regimes: Sequence[str] = (), setting: Setting | None = None) -> Sides:
    """Return the games of regimes of a scenario (default: the first two). Raises ``CommandError``."""
    known = regime_names(scenario)
    for name in regimes:
        if name not in known:
            raise unknown(name, known, "regime")
    names = list(dict.fromkeys(regimes)) or known[:2]
    if len(names) < 2:
        problem = f"{quoted(scenario.scenario)} offers one regime to compare: {quoted(names[0])}"
        remedy = "name two with --regime, write regimes in the scenario, or give two files"
        raise CommandError(Fault(Place("command line"), "ONE-REGIME", problem, remedy))
    return {name: compiled(scenario, under(setting, name)) for name in names}


def sides_of_scenarios(
    scenarios: Sequence[Scenario], regime: str | None = None, setting: Setting | None = None
) -> Sides:
    """Return the games of one regime (default: each one's first) of two scenarios. Raises ``CommandError``."""
    names = [scenario.scenario for scenario in scenarios]
    if len(set(names)) < len(names):
        names = [f"{name} ({place})" for place, name in enumerate(names, start=1)]
    sides = {name: compiled(scenario, under(setting, regime)) for name, scenario in zip(names, scenarios, strict=True)}
    first, *others = sides.values()
    if not any(_common_actors(other, first) for other in others):
        problem = "the two scenarios have no actor of the same name"
        raise CommandError(Fault(Place("command line"), "NO-COMMON-ACTOR", problem, "compare scenarios of one family"))
    return sides


def play_sides(
    sides: Sides, plan: Plan, progress: Progress | None = None, stores: Mapping[str, Blocks] | None = None
) -> Comparison:
    """Play the sides of a comparison on the same luck, each into the store of its name (default: as ``play`` does)."""
    stores = stores or {}
    return Comparison({name: play(game, plan, progress, stores.get(name)) for name, game in sides.items()}, plan)


def _common_actors(left: Game, right: Game) -> tuple[str, ...]:
    theirs = {actor.name for actor in right.actors}
    return tuple(actor.name for actor in left.actors if actor.name in theirs)


def under(setting: Setting | None, regime: str | None) -> Setting:
    """Return a setting under another regime."""
    return Setting(regime, setting.plays, setting.parameters) if setting else Setting(regime)
