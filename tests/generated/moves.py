"""What actors want and do: incentives, actions, lead times, effects, strategies of every kind."""

from __future__ import annotations

from typing import Any

from tests.generated import terms
from tests.generated.terms import Term
from tests.generated.trees import Trees
from tests.generated.writer import Text

Part = dict[str, Any]

ACTIONS = ("hold", "build", "inspect", "leave", "y", "off")
STRATEGIES = ("steady", "prepare", "cheat", "think", "blend")
INCENTIVES = ("security", "burden", "legacy", "hope")
WORDS = (
    "Plain words", "The leadership's commitment", 'Said "never"', "Cost: high, and rising", "# no comment", "50 % & more",
    "été – déjà vu", "Ñandú 李 🙂", "- not a list", "yes", "2018", "{braces} [brackets]", "back\\slash", "A; b? c!",
)  # fmt: skip
LONG_WORDS = (
    "One side has little reason to come back.\nWhat would change that?",
    "First line: a\n\nand, later, a second.\n",
)


class Moves(Trees):
    """Makes the parts that stand under an actor; what a scenario settled on before is given by its maker."""

    max_turns: int
    actors: list[str]
    limits: dict[str, tuple[float, float]]
    bounds: dict[str, tuple[float | None, float | None]]
    fixed: dict[str, Term]
    leads: dict[str, Term]
    scope: dict[str, Term]
    forbidden: dict[str, dict[str, list[str]]]

    def words(self, long: bool = False) -> Text:
        """Return a text for people, with whatever YAML might trip over."""
        return Text(self.choose(LONG_WORDS if long and self.flip(40) else WORDS))

    def labelled(self, part: Part) -> Part:
        """Return the part, sometimes with a label or a note."""
        if self.flip(16):
            part["label"] = self.words()
        if self.flip(4):
            part["note"] = self.words(long=True)
        return part

    def valued(self, text: str) -> Any:
        """Return an expression in its short or its long form."""
        return self.labelled({"value": text}) if self.flip(35) else text

    # ------------------------------------------------------------ actions

    def name_actions(self) -> None:
        """Settle every actor's actions by name, and which of them can be available at all."""
        self.actions: dict[str, list[str]] = {}
        self.guarded: dict[str, dict[str, Any]] = {}
        self.strategies: dict[str, Part] = {}
        for actor in self.actors:
            self.actions[actor] = [] if self.flip(5) else self.some(ACTIONS, 1, self.choose((4, 2, 4, 2)))

    def actor(self, actor: str) -> Part:
        """Return an actor: incentives, actions, strategies, and which of them it plays."""
        part: Part = {}
        if self.flip(92):
            names = self.some(INCENTIVES, 1, 3)
            part["incentives"] = {name: self.incentive() for name in names}
        actions = {action: self.action() for action in self.actions[actor]}
        self.guarded[actor] = {name: action.get("available") for name, action in actions.items()}
        if actions or self.flip(30):
            part["actions"] = actions
        self.strategies[actor] = {}
        if actions and self.flip(85):
            for name in self.some(STRATEGIES, 1, 4):
                self.strategies[actor][name] = self.strategy(actor)
            if self.flip(15):
                same = self.choose(self.actions[actor])
                self.strategies[actor][same] = same
            part["strategies"] = self.strategies[actor]
        if actions and self.flip(50):
            part["plays"] = self.choose(self.playable(actor))
        return self.labelled(part)

    def incentive(self) -> Any:
        """Return a flow of payoffs."""
        return self.valued(self.bounded(self.scope, -20, 20, self.choose((2, 2, 2, 3, 5))).text)

    def action(self) -> Part:
        """Return an action with any of its keys."""
        part: Part = {}
        if self.flip(35):
            part["available"] = self.available()
        if self.flip(50):
            part["cost"] = self.bounded(self.scope, 0, 1.5).text
        if self.flip(40):
            part["chance"] = self.bounded(self.scope, 0, 1).text
        if self.flip(55):
            part["after"] = self.after()
        part |= self.effects(85)
        if self.flip(30):
            part["now"] = self.effects(100)
        return self.labelled(part)

    def available(self) -> Any:
        """Return when an action may be taken: never, always, or by some expression."""
        if self.flip(30):
            return self.choose(("0", "0", True, "1"))
        return self.condition(self.scope, 2).text

    def after(self) -> Any:
        """Return a lead time of any kind, over parameters and state, some longer than the game."""
        kind = self.whole(0, 9)
        if kind <= 1:
            return self.choose(("0", "1", "2"))
        if kind == 2:
            return self.choose(("0.5", "0.75", "1.5"))
        if kind == 3:
            return self.choose(("50", "2", f"{self.choose(list(self.leads))} * 0 + 40" if self.leads else "40"))
        if kind == 4:
            return self._lead(0, 2.5)
        if kind <= 6:
            return [self._lead(0, 1), self._lead(1, 3)]
        if kind == 7:
            return {"mean": self._lead(0.25, 3)}
        return {"low": self._lead(0, 1), "mode": self._lead(1, 1.5), "high": self._lead(1.6, 4)}

    def _lead(self, low: float, high: float) -> str:
        # A lead rounds down when it is weighed and may meet a turn's end exactly, so no rough parts.
        return self.bounded(self.leads, low, high, 1, exact=True).text

    def effects(self, percent: int) -> Part:
        """Return ``set`` and ``add``; small ones where nothing bounds a variable."""
        part: Part = {}
        if not self.flip(percent):
            return part
        if self.flip(40):
            part["set"] = {name: self.set_to(name) for name in self.some(list(self.bounds), 1, 2)}
        if not part or self.flip(50):
            part["add"] = {name: self.added(name) for name in self.some(list(self.bounds), 1, 2)}
        return part

    def set_to(self, name: str) -> str:
        """Return what a variable may be set to, its bounds overshot now and then."""
        low, high = self.bounds[name]
        if low is None or high is None:
            return self.bounded(self.scope, -20, 20).text
        return self.bounded(self.scope, low - 1, high + 1).text

    def added(self, name: str) -> str:
        """Return what may be added to a variable."""
        most = 1.0 if None in self.bounds[name] else 5.0
        return self.bounded(self.scope, -most, most).text

    # ------------------------------------------------------------ strategies

    def playable(self, actor: str) -> list[str]:
        """Return everything an actor may play: its strategies and its actions."""
        return [*self.strategies[actor], *(name for name in self.actions[actor] if name not in self.strategies[actor])]

    def strategy(self, actor: str) -> Any:
        """Return a strategy of any kind, in any of its forms."""
        actions = self.actions[actor]
        kind = self.whole(0, 9)
        if kind == 0:
            action = self.choose(actions)
            return self.labelled({"action": action}) if self.flip(40) else action
        if kind <= 3:
            rules = self.rules(actor)
            return self.labelled({"rules": rules}) if self.flip(25) else rules
        if kind == 4:
            return self.labelled({"script": [self.choose(actions) for _ in range(self.whole(1, self.max_turns))]})
        if kind <= 6:
            return self.labelled({"mix": self.mix(actor)})
        return self.labelled({"weigh": self.weigh(actor)})

    def mix(self, actor: str) -> Part:
        """Return weights of strategies written before this one (no mix among them) and of actions."""
        plain = [name for name in self.playable(actor) if "mix" not in self._parts(actor, name)]
        names = self.some(plain, 1, 3)
        weights = [self.bounded(self.fixed, 0, 3, 1).text for _ in names]
        weights[self.whole(0, len(weights) - 1)] = self.literal(0.2, 2).text
        return dict(zip(names, weights, strict=True))

    def _parts(self, actor: str, name: str) -> Part:
        strategy = self.strategies[actor].get(name)
        return strategy if isinstance(strategy, dict) else {}

    def rules(self, actor: str) -> list[Part]:
        """Return rules none of which can never be reached."""
        rules: list[Part] = []
        for _ in range(self.whole(1, 4)):
            rule: Part = {}
            if self.flip(75):
                rule["when"] = self.condition(self.scope, 2).text
            never = [name for name, when in self.guarded[actor].items() if when == "0"]
            rule["do"] = self.choose(never if never and self.flip(25) else self.actions[actor])
            if self.flip(35):
                rule["do"] = {action: self._weight() for action in self.some(self.actions[actor], 1, 4)}
            rules.append(rule)
            done = [rule["do"]] if isinstance(rule["do"], str) else rule["do"]
            if "when" not in rule and any(self.open(actor, action) for action in done):
                break
        return rules

    def _weight(self) -> str:
        return "0" if self.flip(10) else self.bounded(self.scope, 0, 4).text

    def open(self, actor: str, action: str) -> bool:
        """Return whether nothing can ever keep an actor from an action."""
        shut = any(action in here.get(actor, ()) for here in self.forbidden.values())
        return action in self.guarded[actor] and self.guarded[actor][action] is None and not shut

    def weigh(self, actor: str) -> Part:
        """Return an incentive model; levels above 0 only between two, and high ones only among few options."""
        part: Part = {"rationality": self.bounded(self.fixed, 0, 12, 1).text}
        if self.flip(15):
            part["rationality"] = self.choose(("0", "60", "0.5"))
        if self.flip(65):
            part["foresight"] = self.choose(("0", "1", "3", "8"))
            if self.flip(25):
                part["foresight"] = self._whole_number(6)
        if len(self.actors) == 2 and self.flip(75):
            options = max(len(self.actions[one]) for one in self.actors)
            part["level"] = self.choose("0121234" if options <= 2 else "012" if options == 3 else "01")
            if self.flip(15):
                part["level"] = self._whole_number(1)
        elif self.flip(10):
            part["level"] = "0"
        if self.limits and self.flip(45):
            names = self.some(list(self.limits), 1, 2)
            part["believes"] = {name: self.bounded(self.fixed, *self.limits[name], 1).text for name in names}
        return part

    def _whole_number(self, most: int) -> str:
        held = self.bounded(self.fixed, 0, most, 1, exact=True)
        return held.text if held.fixed and held.whole else terms.call("floor", [held], [0, most], True).text
