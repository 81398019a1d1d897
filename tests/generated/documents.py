"""Whole scenarios as plain mappings, lists and texts, in the order and with the keys of the language page."""

from __future__ import annotations

from typing import Any

from tests.generated.moves import Moves
from tests.generated.terms import Term, constant, number_text

Document = dict[str, Any]

PARAMETERS = ("burden", "commitment", "stakes", "y", "patience_2", "on")
STATE = ("missiles", "tension", "known", "guess", "x", "crisis", "resolve")
DERIVED = ("screen", "threat", "z", "balance_of_terror")
ACTORS = ("nato", "adversary", "no", "tension")
HAZARDS = ("crisis", "detection", "treaty", "accident")
OUTCOMES = ("settled", "war", "firm_stand", "crisis")
REGIMES = ("treaty", "after_treaty", "nato", "base")
CLAIMS = ("does_worse", "fewer_missiles", "nato")


class Documents(Moves):
    """Makes one scenario; what it settled on (names, bounds, scopes) stays at hand for a child to be laid over it."""

    def __init__(self, draw: Any, max_turns: int, max_actors: int = 3) -> None:
        super().__init__(draw)
        self.max_turns = max_turns
        self.actors = list(ACTORS[: self.choose([n for n in (2, 1, 2, 3) if n <= max_actors])])
        if self.flip(20):
            self.actors = self.shuffled(self.actors)

    def document(self, name: str) -> Document:
        """Return a whole scenario called ``name``."""
        head: Document = {"scenario": name}
        if self.flip(40):
            head["title"] = self.words()
        if self.flip(30):
            head["summary"] = self.words(long=True)
        parameters = self.parameters()
        state = self.state()
        derived = self.derived()
        self.settle_forbidden(self.some(REGIMES, 0, 3) if self.flip(75) else [])
        self.hazards = self.some(HAZARDS, 0, 3)
        actors = {actor: self.actor(actor) for actor in self.actors}
        document = head | {"clock": self.clock()}
        hazards = {hazard: self.hazard() for hazard in self.hazards}
        regimes = {regime: self.regime(regime) for regime in self.forbidden}
        for key, part in (
            ("parameters", parameters), ("state", state), ("derived", derived), ("actors", actors),
            ("hazards", hazards), ("regimes", regimes),
        ):  # fmt: skip
            if part or self.flip(5):
                document[key] = part
        document |= self.tail(document)
        return document

    def tail(self, document: Document) -> Document:
        """Return claims and what else stands at the end of a file."""
        tail: Document = {}
        if self.flip(40):
            tail["claims"] = {claim: self.claim(document) for claim in self.some(CLAIMS, 1, 2)}
        if self.flip(40):
            tail["monte_carlo"] = {"runs": self.whole(1, 200), "seed": self.choose((0, 1, 2018, 2**63 - 1))}
        if self.flip(20):
            tail["sources"] = [self.words() for _ in range(self.whole(1, 2))]
        if self.flip(20):
            tail["teaching"] = {"questions": [self.words() for _ in range(self.whole(1, 2))], "notes": self.words(True)}
        return tail

    def clock(self) -> Document:
        """Return the clock of a short game."""
        clock: Document = {"turns": self.max_turns if self.flip(35) else self.whole(1, self.max_turns)}
        if self.flip(30):
            clock["turn"] = self.choose(("1 year", "6 months", "a round: quick"))
        if self.flip(30):
            clock["start"] = self.choose((2018, 1987, 0, -44))
        if self.flip(70):
            clock["discount"] = self.discount()
        if self.flip(60):
            clock["moves"] = "simultaneous" if self.flip(30) else self.shuffled(self.actors)
        return clock

    def discount(self) -> str:
        """Return a discount: over 0, at most 1."""
        return self.bounded(self.fixed, 0.3, 1, 1).text

    # ------------------------------------------------------------ numbers

    def parameters(self) -> Document:
        """Return parameters; what values each may ever take is settled here, for regimes and beliefs too."""
        self.limits: dict[str, tuple[float, float]] = {}
        self.fixed: dict[str, Term] = {}
        parameters: Document = {}
        for name in self.some(PARAMETERS, 0, 4):
            low = self.choose((0.0, 0.1, 1.0, -1.0, 2.0))
            self.limits[name] = (low, low + self.choose((1.0, 0.5, 3.0)))
            self.fixed[name] = Term(name, *self.limits[name])
            parameters[name] = self.parameter(name)
        return parameters

    def parameter(self, name: str, long: bool | None = None) -> Any:
        """Return a parameter in its short or long form."""
        value = number_text(self.number(*self.limits[name]))
        if not (self.flip(60) if long is None else long):
            return value
        part: Document = {"value": value}
        if self.flip(70):
            part["range"] = [number_text(limit) for limit in self.limits[name]]
        if self.flip(20):
            part["source"] = self.words()
        return self.labelled(part)

    def state(self) -> Document:
        """Return state variables. Beyond missing bounds lies what the game cannot reach in its few turns."""
        far = 60.0 + 30.0 * (self.max_turns + 2)
        names = self.some(STATE, 1, 5)
        self.bounds: dict[str, tuple[float | None, float | None]] = {}
        state: Document = {}
        for name in names:
            low = self.choose((0.0, 0.0, -1.0, 0.2))
            both = (low, low + self.choose((1.0, 4.0, 0.5, 2.0)))
            self.bounds[name] = self.choose((both, both, both, (low, None), (None, both[1]), (None, None)))
        masks: list[tuple[str, str]] = []
        for name in names:
            seen = {actor: self.choose(names) for actor in self.some(self.actors, 1, 2)} if self.flip(30) else {}
            masks += [(name, other) for other in seen.values()]
            state[name] = self._variable(name, seen)
        self.spread = self._seen(masks, far)
        self.varying = {name: Term(name, low, high) for name, (low, high) in self.spread.items()}
        self.leads = {**self.fixed, **self.varying}
        self.scope = {**self.leads, "turn": Term("turn", 1.0, float(self.max_turns), whole=True)}
        for name, part in state.items():
            if isinstance(part, dict) and self.flip(35):
                part["drift"] = self.drift(name)
        return state

    def _variable(self, name: str, seen: Document) -> Any:
        low, high = self.bounds[name]
        if low is None and high is None and not seen and self.flip(40):
            return self.initial_number(name)
        part: Document = {}
        needed = not (low or 0.0) <= 0.0 <= (0.0 if high is None else high)
        if needed or self.flip(85):
            part["initial"] = self.initial(name)
        if low is not None:
            part["min"] = number_text(low)
        if high is not None:
            part["max"] = number_text(high)
        if seen:
            part["seen_as"] = seen
        return self.labelled(part)

    def _seen(self, masks: list[tuple[str, str]], far: float) -> dict[str, tuple[float, float]]:
        """Return the values each name may stand for: its own and, in some actor's eyes, another variable's."""
        spread = {
            name: (-far if low is None else low, far if high is None else high)
            for name, (low, high) in self.bounds.items()
        }
        for _ in self.bounds:
            for name, other in masks:
                (low, high), (other_low, other_high) = spread[name], spread[other]
                spread[name] = (min(low, other_low), max(high, other_high))
        return spread

    def _near(self, name: str) -> tuple[float, float]:
        low, high = self.bounds[name]
        if low is None:
            return (-4.0 if high is None else high - 4.0, 4.0 if high is None else high)
        return (low, low + 4.0 if high is None else high)

    def initial_number(self, name: str) -> str:
        """Return a number or an expression over parameters within a variable's bounds."""
        low, high = self._near(name)
        return self.bounded(self.fixed, low, high, 2 if self.flip(35) else 0).text

    def initial(self, name: str) -> Any:
        """Return any kind of first value."""
        low, high = self._near(name)
        kind = self.whole(0, 9)
        if kind <= 5:
            return self.initial_number(name)
        if kind <= 7:
            return self._weighted_values(low, high)
        middle = (low + high) / 2
        return {
            "low": self.bounded(self.fixed, low, middle, 1).text,
            "high": self.bounded(self.fixed, middle, high, 1).text,
        }

    def _weighted_values(self, low: float, high: float) -> Document:
        values: list[Term] = []
        for _ in range(self.whole(1, 4)):
            value = self.bounded(self.fixed, low, high, 1) if self.flip(15) else self.literal(low, high)
            if self.flip(8):
                value = constant(high + 1)  # drawn values are clamped
            if all((value.low, value.text) != (other.low, other.text) for other in values) and len(value.text) < 60:
                values.append(value)
        values = values or [constant(low)]
        weights = [self.bounded(self.fixed, 0, 3, 1).text for _ in values]
        weights[self.whole(0, len(weights) - 1)] = self.literal(0.2, 2).text
        return {value.text: weight for value, weight in zip(values, weights, strict=True)}

    def drift(self, name: str) -> str:
        """Return a change a turn; a small one where nothing bounds the variable."""
        most = 5.0 if None not in self.bounds[name] else 1.0
        return self.bounded(self.scope, -most, most, 2).text

    def derived(self) -> Document:
        """Return derived names, each over those made before it, written in any order."""
        self.over_state = dict(self.leads)
        texts: dict[str, str] = {}
        self.derived_limits: dict[str, tuple[float, float]] = {}
        for name in self.some(DERIVED, 0, 3):
            term = self.tree(self.over_state, 2)
            texts[name] = term.text
            self.derived_limits[name] = (term.low, term.high)
            self.over_state[name] = Term(name, term.low, term.high, whole=term.whole, rough=term.rough)
        self.scope = {**self.scope, **{name: self.over_state[name] for name in texts}}
        return {name: self.valued(texts[name]) for name in self.shuffled(list(texts))}

    # ------------------------------------------------------------ hazards, regimes, claims

    def hazard(self) -> Document:
        """Return a random event, with outcomes or with effects of its own."""
        hazard: Document = {}
        if self.flip(55):
            hazard["rate"] = self.bounded(self.scope, 0, 2.5).text
        else:
            hazard["chance"] = self.bounded(self.scope, 0, 1).text
        if self.flip(45):
            hazard["outcomes"] = {name: self.outcome() for name in self.some(OUTCOMES, 1, 3)}
            if self.flip(10):
                hazard["ends"] = True
        else:
            hazard |= self.strike()
        return self.labelled(hazard)

    def outcome(self) -> Document:
        """Return one way an event may end; its weight may be zero, or left out."""
        outcome: Document = {}
        if self.flip(75):
            outcome["weight"] = "0" if self.flip(12) else self.bounded(self.scope, 0, 3).text
        return self.labelled(outcome | self.strike())

    def strike(self) -> Document:
        """Return payoffs, effects and perhaps an ending."""
        part: Document = {}
        if self.flip(50):
            part["payoffs"] = {actor: self.bounded(self.scope, -25, 8).text for actor in self.some(self.actors, 1, 3)}
        part |= self.effects(70)
        if self.flip(25):
            part["ends"] = self.flip(75)
        return part

    def settle_forbidden(self, regimes: list[str]) -> None:
        """Settle which regime forbids what, before any rule is written; actions are named here too."""
        self.name_actions()
        self.forbidden: dict[str, dict[str, list[str]]] = {}
        for regime in regimes:
            here: dict[str, list[str]] = {}
            for actor in self.actors:
                if self.actions[actor] and self.flip(30):
                    here[actor] = self.some(self.actions[actor], 1, 2)
            self.forbidden[regime] = here

    def regime(self, regime: str) -> Document:
        """Return a regime that forbids what was settled."""
        part: Document = {}
        if self.flip(55):
            ready = [actor for actor in self.actors if self.actions[actor]]
            plays = {actor: self.choose(self.playable(actor)) for actor in self.some(ready, 1, 3)}
            part |= {"plays": plays} if plays else {}
        if self.limits and self.flip(45):
            changed = self.some(list(self.limits), 1, 2)
            part["parameters"] = {name: number_text(self.number(*self.limits[name])) for name in changed}
        if self.flip(35):
            part["initial"] = {name: self.initial(name) for name in self.some(list(self.bounds), 1, 2)}
        if self.forbidden[regime]:
            part["forbid"] = {actor: list(actions) for actor, actions in self.forbidden[regime].items()}
        return self.labelled(part)

    def claim(self, document: Document) -> Document:
        """Return a statement about results the document has."""
        compared = [self._claimed(document) for _ in range(self.whole(1, 2))]
        return self.labelled({"says": self.words(), "holds": " and ".join(compared)})

    def _claimed(self, document: Document) -> str:
        sides = []
        for _ in range(2):
            side = self._result(document)
            for _ in range(self.whole(0, 2)):
                other = self.literal(0, 3).text if self.flip(40) else self._result(document)
                side += self.choose((" + ", " - ")) + other
            sides.append(side)
        return sides[0] + self.choose((" < ", " > ", " <= ", " >= ")) + sides[1]

    def _result(self, document: Document) -> str:
        regime = self.choose(list(document.get("regimes") or {"base": {}}))
        actor = self.choose(list(document["actors"]))
        hazards = document.get("hazards", {})
        entries = ["costs", *document["actors"][actor].get("incentives", {}), *hazards]
        results = [
            actor,
            f"{actor}.{self.choose(entries)}",
            f"final.{self.choose([*document['state'], *document.get('derived', {})])}",
            self.choose(("ended", "duration")),
        ]
        if self.actions[actor]:
            results.append(f"actions.{actor}.{self.choose(list(document['actors'][actor]['actions']))}")
        if hazards:
            hazard = self.choose(list(hazards))
            results.append(f"count.{hazard}")
            results += [f"count.{hazard}.{outcome}" for outcome in hazards[hazard].get("outcomes", {})]
        result = f"{regime}.{self.choose(results)}"
        factor = number_text(self.choose((2.0, 0.5, 100.0)))
        return self.choose((result, result, f"{factor} * {result}", f"{result} * {factor}"))
