"""What was asked, as a results folder keeps it: known before anything is played."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.archive import manifest as kept
from sim.errors import CommandError, Fault, Place, ScenarioError, quoted
from sim.experiment.plan import Plan
from sim.model.game import Game
from sim.scenario.flatten import flattened
from sim.scenario.nodes import Mapping as Document
from sim.scenario.nodes import Node, Scalar
from sim.scenario.schema import Scenario

Question = Literal["run", "compare"]


@dataclass(frozen=True)
class Text:
    """A scenario of a question: its name, its text made self-contained, and the files it came from."""

    scenario: str
    data: bytes
    sources: tuple[kept.Source, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> Text:
        """Return the text of a scenario. Raises ``ScenarioError`` if it was not read from one."""
        if scenario.document is None:
            problem = "the scenario was not read from a text, so its results cannot be kept"
            raise ScenarioError(Fault(Place(scenario.file), "NO-TEXT", problem, "read it with sim.load"))
        return cls(scenario.scenario, flattened(scenario.document).encode(), _sources(scenario.document))


def question(asked: Question, sides: Mapping[str, Game], plan: Plan) -> tuple[kept.Asked, list[Text]]:
    """Return what is asked of some sides, and the scenarios it is asked about: one, or one for each side in order.

    Raises:
        CommandError: something is set that no command line can set.
        ScenarioError: a scenario was not read from a text.
    """
    scenarios = [game.scenario for game in sides.values()]
    by_regime = all(name == game.regime for name, game in sides.items())
    if by_regime and all(scenario is scenarios[0] for scenario in scenarios):
        del scenarios[1:]
    texts = [Text.of(scenario) for scenario in scenarios]
    regimes = [_side(name, game, place % len(scenarios)) for place, (name, game) in enumerate(sides.items())]
    hashes = tuple(hashlib.sha256(text.data).hexdigest() for text in texts)
    return kept.Asked(question=asked, scenarios=hashes, regimes=tuple(regimes), runs=plan.runs, seed=plan.seed), texts


def _side(name: str, game: Game, place: int) -> kept.AskedRegime:
    setting = game.setting
    for parameter, value in setting.parameters.items():
        if np.ndim(value) or not np.isfinite(value):
            problem = f"the value of {quoted(parameter)} is not one finite number, so the results cannot be kept"
            raise CommandError(Fault(Place("command line"), "SET", problem, "set a number such as 0.25"))
    numbers = {parameter: float(value) for parameter, value in setting.parameters.items()}
    return kept.AskedRegime(
        name=plain(name), regime=game.regime, scenario=place, plays=dict(setting.plays), set=numbers
    )


def _sources(document: Document) -> tuple[kept.Source, ...]:
    """Return the files a document was merged from, by the texts that were read, whatever the files hold by now."""
    texts: dict[str, str] = {}
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Scalar):
            waiting += reversed([part for entry in node for part in (entry if isinstance(entry, tuple) else (entry,))])
        elif node.source is not None:
            texts.setdefault(node.source.text.file, node.source.text.text)
    return tuple(
        kept.Source(file=plain(file), sha256=hashlib.sha256(text.encode()).hexdigest()) for file, text in texts.items()
    )


def plain(word: str) -> str:
    """Return a word without the halves of characters that stand for bytes of no encoding."""
    return word.encode("utf-8", "backslashreplace").decode()
