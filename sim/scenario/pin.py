"""A scenario with some of its numbers and strategies fixed, as a text of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.errors import CommandError, Fault, Place, ScenarioError, one_line, quoted
from sim.scenario import nodes
from sim.scenario.flatten import flattened
from sim.scenario.merge import laid_over
from sim.scenario.schema import Scenario

_NAME = 64
"""Characters of the longest name of a scenario."""

_HERE = Place("command line")


def pinned(
    scenario: Scenario,
    called: str,
    parameters: Mapping[str, float],
    plays: Mapping[str, str],
    runs: int,
    seed: int,
    remarks: Iterable[str] = (),
) -> str:
    """Return the text of a scenario in which parameters have given values and actors given strategies in every regime.

    ``called`` is added to the scenario's name; ``remarks`` become comments at the top. The text needs no parents, and
    played with the runs and the seed it names it gives what the scenario gives with those parameters and plays.

    Raises:
        CommandError: a plug-in is played.
        ScenarioError: the scenario was not read from a text.
    """
    if scenario.document is None:
        problem = "the scenario was not read from a text, so it cannot be written as one"
        raise ScenarioError(Fault(Place(scenario.file), "NO-TEXT", problem, "read it with sim.load"))
    for actor, word in plays.items():
        part = scenario.actors[actor]
        if word not in part.strategies and word not in part.actions:
            problem = f"{quoted(word)} is a player from outside, which no scenario can name"
            raise CommandError(Fault(_HERE, "PLAY", problem, "save a point that is played without it"))
    over: dict[str, Any] = {
        "scenario": f"{scenario.scenario[: _NAME - len(called) - 1]}-{called}",
        "parameters": parameters,
        "monte_carlo": {"runs": runs, "seed": seed},
    }
    if scenario.regimes:
        # What a regime says for itself would win over what stands above it.
        over["regimes"] = {
            name: {
                "parameters": {each: value for each, value in parameters.items() if each in regime.parameters},
                "plays": plays,
            }
            for name, regime in scenario.regimes.items()
        }
    else:
        over["actors"] = {actor: {"plays": strategy} for actor, strategy in plays.items()}
    text = flattened(laid_over(scenario.document, _mapping(over)))
    return "".join(f"# {one_line(remark)}\n" for remark in remarks) + text.rstrip("\n") + "\n"


def _mapping(values: Mapping[str, Any]) -> nodes.Mapping:
    entries = [(_scalar(name), _node(value)) for name, value in values.items() if value != {}]
    return nodes.Mapping(tuple((key, value) for key, value in entries if value is not None), _HERE)


def _node(value: Any) -> nodes.Node | None:
    if not isinstance(value, Mapping):
        return _scalar(value if isinstance(value, str) else repr(value))
    below = _mapping(value)
    return below if below.entries else None


def _scalar(text: str) -> nodes.Scalar:
    return nodes.Scalar(text, True, _HERE)
