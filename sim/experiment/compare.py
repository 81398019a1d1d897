"""Ensembles against each other, paired run by run on the same luck: who gains, by how much, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.ensemble import Ensemble, Plan, Progress, planned_for, run
from sim.experiment.summary import Stat, mean_stats
from sim.model.compiling import regime_names, unknown
from sim.model.game import Setting
from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Difference:
    """One ensemble minus another, run by run; a result that only one of them has is left out."""

    of: str
    minus: str
    left: Ensemble
    right: Ensemble

    @cached_property
    def stats(self) -> dict[str, Stat]:
        """Return the mean paired difference of every common result, with its 95 % interval."""
        common = [name for name in self.left.columns if name in self.right.columns]
        ours = self.left.table[[self.left.columns[name] for name in common]]
        theirs = self.right.table[[self.right.columns[name] for name in common]]
        return dict(zip(common, mean_stats(ours - theirs), strict=True))

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the actors that both have."""
        theirs = {actor.name for actor in self.right.game.actors}
        return tuple(actor.name for actor in self.left.game.actors if actor.name in theirs)

    def reasons(self, actor: str) -> list[tuple[str, Stat]]:
        """Return an actor's difference split by ledger entry, largest first; the parts add up to the whole."""
        parts = [(entry, self.stats[f"{actor}.{entry}"]) for entry in self._entries(actor)]
        return sorted(parts, key=lambda part: -abs(part[1].mean))

    def _entries(self, actor: str) -> list[str]:
        return [entry for entry in self.left.entries(actor) if f"{actor}.{entry}" in self.stats]

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as it stands in JSON (interfaces, ``compare``)."""
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
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several ensembles on the same luck, and each later one's difference to the first."""

    ensembles: Mapping[str, Ensemble]
    plan: Plan

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Return each later ensemble minus the first."""
        (first, base), *others = self.ensembles.items()
        return tuple(Difference(name, first, ensemble, base) for name, ensemble in others)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON (interfaces, ``compare``)."""
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
    plan = plan or planned_for(scenario)
    known = regime_names(scenario)
    for name in regimes:
        if name not in known:
            raise unknown(name, known, "regime")
    names = list(dict.fromkeys(regimes)) or known[:2]
    if len(names) < 2:
        problem = f"{quoted(scenario.scenario)} offers one regime to compare: {quoted(names[0])}"
        remedy = "name two with --regime, write regimes in the scenario, or give two files"
        raise CommandError(Fault(Place("command line"), "ONE-REGIME", problem, remedy))
    return Comparison({name: run(scenario, under(setting, name), plan, progress) for name in names}, plan)


def compare_scenarios(
    scenarios: Sequence[Scenario],
    regime: str | None = None,
    setting: Setting | None = None,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Play one regime (default: each one's first) of two scenarios on the same luck."""
    plan = plan or planned_for(scenarios[0])
    names = [scenario.scenario for scenario in scenarios]
    if len(set(names)) < len(names):
        names = [f"{name} ({place})" for place, name in enumerate(names, start=1)]
    ensembles = {
        name: run(scenario, under(setting, regime), plan, progress)
        for name, scenario in zip(names, scenarios, strict=True)
    }
    comparison = Comparison(ensembles, plan)
    if not any(difference.actors for difference in comparison.differences):
        problem = "the two scenarios have no actor of the same name"
        raise CommandError(Fault(Place("command line"), "NO-COMMON-ACTOR", problem, "compare scenarios of one family"))
    return comparison


def under(setting: Setting | None, regime: str | None) -> Setting:
    """Return a setting under another regime."""
    return Setting(regime, setting.plays, setting.parameters) if setting else Setting(regime)
