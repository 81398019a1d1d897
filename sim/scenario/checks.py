"""Whether the parts of a scenario fit together: every name used is declared where it must be, every rule can apply.

Names come from the document (``declared``), parts from the models; so what one faulty part declares is not reported
as unknown elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sim.errors import Fault, expected_one_of, quoted
from sim.scenario.constants import constant_faults, plain_number
from sim.scenario.cycles import cycles
from sim.scenario.declared import Declared, Known, misnamed
from sim.scenario.expressions import FUNCTIONS, TRUTHS, Expression
from sim.scenario.results import unknown_results
from sim.scenario.schema import Actor, Effects, Hazard, Outcome, Regime, Rule, Scenario, Strategy
from sim.scenario.source import MOST_FAULTS
from sim.scenario.tree import Branch, Loc, key_place, place
from sim.scenario.uses import uses


def cross_checks(scenario: Scenario, tree: Branch, names: Declared) -> list[Fault]:
    """Return all faults of parts that do not fit together; ``tree`` is what the scenario was made from."""
    checks = _Checks(scenario, tree, names)
    checks.clock()
    checks.state()
    for name, actor in scenario.actors.items():
        checks.actor(name, actor)
    for name, hazard in scenario.hazards.items():
        checks.hazard(name, hazard)
    for name, regime in scenario.regimes.items():
        checks.regime(name, regime)
    others = [misnamed(names), _unknown_names(scenario, names), cycles(scenario), unknown_results(scenario, names)]
    found = [fault for faults in others for fault in islice(faults, MOST_FAULTS)]
    return [*checks.faults, *found, *constant_faults(scenario, tree, names)]


def _unknown_names(scenario: Scenario, names: Declared) -> Iterator[Fault]:
    known = names.variables
    if known is None:
        return
    everything = [*known, "turn"]
    parameters = names.parameters or {}
    for use in uses(scenario):
        for node in use.expression.uses:
            at = use.expression.place_of(node)
            if use.fixed and node.id in everything and node.id not in parameters:
                problem = f"{use.what} is read before the run, when {quoted(node.id)} has no value yet"
                yield Fault(at, "NOT-A-PARAMETER", problem, "use numbers and parameters only")
            elif node.id not in everything:
                likely = parameters if use.fixed else everything
                yield Fault(at, "UNKNOWN-NAME", f"unknown name {quoted(node.id)}", _instead(node.id, likely))


def _instead(name: str, known: Iterable[str]) -> str:
    if name in ("true", "false"):
        return TRUTHS
    remedy = expected_one_of(name, [*known, *FUNCTIONS], "name")
    return remedy if remedy.startswith("did") else expected_one_of(name, known, "name")


@dataclass
class _Checks:
    """Collects the faults of names that stand outside expressions."""

    scenario: Scenario
    tree: Branch
    names: Declared
    faults: list[Fault] = field(default_factory=list)

    def report(self, loc: Loc, code: str, problem: str, remedy: str, *, key: bool = False) -> None:
        """Add a fault at a part, or at its key."""
        if len(self.faults) >= MOST_FAULTS:
            return
        at = key_place(self.tree, *loc) if key else place(self.tree, *loc)
        self.faults.append(Fault(at, code, problem, remedy))

    def known(self, name: str, known: Known | list[str], what: str, loc: Loc, *, key: bool = False) -> bool:
        """Say whether a name is known, and report it if not."""
        if known is None or name in known:
            return True
        if len(self.faults) >= MOST_FAULTS:
            return False
        code = f"UNKNOWN-{what.rpartition(' ')[2].upper()}"
        self.report(loc, code, f"unknown {what} {quoted(name)}", expected_one_of(name, known, what), key=key)
        return False

    def known_actor(self, name: str, loc: Loc) -> bool:
        """Say whether an actor is known, and report the key that names it if not."""
        return self.known(name, self.names.actors, "actor", loc, key=True)

    def target(self, name: str, loc: Loc, *, key: bool = True) -> None:
        """Report a name that is no state variable."""
        others = {"parameter": self.names.parameters, "derived name": self.names.derived}
        is_one = [what for what, held in others.items() if held and name in held]
        if self.names.state is not None and name not in self.names.state and is_one:
            problem = f"{quoted(name)} is a {is_one[0]}, and only state variables change"
            self.report(loc, "NOT-STATE", problem, "name a state variable", key=key)
        else:
            self.known(name, self.names.state, "state variable", loc, key=key)

    def actions(self, actor: str) -> Known:
        """Return the names of an actor's actions, None if they are not known."""
        return self.names.by_actor[actor].actions if actor in self.names.by_actor else None

    def playable(self, actor: str) -> Known:
        """Return the names that ``plays`` may give for an actor."""
        declared = self.names.by_actor.get(actor)
        if declared is None or declared.actions is None or declared.strategies is None:
            return None
        return declared.strategies | declared.actions

    def clock(self) -> None:
        """Check that ``moves`` names every actor once."""
        moves, actors = self.scenario.clock.moves, self.names.actors
        for number, name in enumerate(moves):
            loc: Loc = ("clock", "moves", number)
            if self.known(name, actors, "actor", loc) and name in moves[:number]:
                self.report(loc, "MOVES", f"{quoted(name)} moves twice", "name every actor once")
        left_out = [name for name in actors or {} if name not in moves]
        if moves and left_out:
            problem = f"'moves' leaves out {', '.join(map(quoted, left_out))}"
            self.report(("clock", "moves"), "MOVES", problem, "name every actor once, or write simultaneous")

    def state(self) -> None:
        """Check what the actors see instead of the truth."""
        for name, variable in self.scenario.state.items():
            for actor, other in variable.seen_as.items():
                loc: Loc = ("state", name, "seen_as", actor)
                self.known_actor(actor, loc)
                self.target(other, loc, key=False)

    def effects(self, effects: Effects, loc: Loc) -> None:
        """Check that effects change state variables."""
        for kind, held in (("set", effects.set), ("add", effects.add)):
            for name in held:
                self.target(name, (*loc, kind, name))

    def actor(self, name: str, actor: Actor) -> None:
        """Check an actor's actions and strategies."""
        loc: Loc = ("actors", name)
        for called, action in actor.actions.items():
            self.effects(action, (*loc, "actions", called))
            if action.now is not None:
                self.effects(action.now, (*loc, "actions", called, "now"))
        for called, strategy in actor.strategies.items():
            self.strategy(name, strategy, (*loc, "strategies", called))
        if actor.plays is not None:
            self.known(actor.plays, self.playable(name), "strategy", (*loc, "plays"))

    def strategy(self, actor: str, strategy: Strategy, loc: Loc) -> None:
        """Check that a strategy names what there is, and that each of its rules can apply."""
        actions = self.actions(actor)
        if strategy.action is not None:
            self.known(strategy.action, actions, "action", (*loc, "action"))
        for number, called in enumerate(strategy.script or ()):
            self.known(called, actions, "action", (*loc, "script", number))
        for number, rule in enumerate(strategy.rules or ()):
            for called in rule.do:
                self.known(called, actions, "action", (*loc, "rules", number, "do", called), key=True)
        self.reachable(actor, strategy.rules or (), loc)
        for called in strategy.mix or {}:
            self.mixed(actor, called, (*loc, "mix", called))
        if strategy.weigh is not None:
            for called in strategy.weigh.believes:
                self.known(called, self.names.parameters, "parameter", (*loc, "weigh", "believes", called), key=True)

    def mixed(self, actor: str, called: str, loc: Loc) -> None:
        """Check one entry of a mix."""
        declared = self.names.by_actor.get(actor)
        known = self.known(called, self.playable(actor), "strategy", loc, key=True)
        if known and declared is not None and called in declared.mixes:
            remedy = "mix strategies that are no mixes"
            self.report(loc, "NESTED-MIX", f"{quoted(called)} is a mix itself", remedy, key=True)

    def reachable(self, actor: str, rules: tuple[Rule, ...], loc: Loc) -> None:
        """Report the first rule after one that always applies."""
        for number, rule in enumerate(rules[:-1]):
            if rule.when is None and any(self.always(actor, *entry) for entry in rule.do.items()):
                line = place(self.tree, *loc, "rules", number).line
                problem = f"this rule can never be reached: the one in line {line} always applies"
                remedy = "give the earlier rule a 'when', or remove what follows it"
                self.report((*loc, "rules", number + 1), "UNREACHABLE", problem, remedy)
                return

    def always(self, actor: str, action: str, weight: Expression | None) -> bool:
        """Say whether a rule can do an action whatever the state and the regime."""
        declared = self.names.by_actor.get(actor)
        if declared is None or not declared.actions or action not in declared.actions:
            return False
        sure = weight is None or (plain_number(weight) or 0.0) > 0.0
        return sure and action not in declared.guarded and (actor, action) not in self.names.forbidden

    def hazard(self, name: str, hazard: Hazard) -> None:
        """Check a hazard's effects and payoffs."""
        self.strike(hazard, ("hazards", name))
        for called, outcome in hazard.outcomes.items():
            self.strike(outcome, ("hazards", name, "outcomes", called))

    def strike(self, strike: Hazard | Outcome, loc: Loc) -> None:
        """Check what a strike changes and whom it pays."""
        self.effects(strike, loc)
        for actor in strike.payoffs:
            self.known_actor(actor, (*loc, "payoffs", actor))

    def regime(self, name: str, regime: Regime) -> None:
        """Check what a regime lays over the scenario."""
        loc: Loc = ("regimes", name)
        for actor, strategy in regime.plays.items():
            if self.known_actor(actor, (*loc, "plays", actor)):
                self.known(strategy, self.playable(actor), "strategy", (*loc, "plays", actor))
        for parameter in regime.parameters:
            self.known(parameter, self.names.parameters, "parameter", (*loc, "parameters", parameter), key=True)
        for variable in regime.initial:
            self.target(variable, (*loc, "initial", variable))
        for actor, actions in regime.forbid.items():
            if self.known_actor(actor, (*loc, "forbid", actor)):
                for number, action in enumerate(actions):
                    self.known(action, self.actions(actor), "action", (*loc, "forbid", actor, number))
