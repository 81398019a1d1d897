"""The bet before the result: who will end with more than the model predicts for the game they are in?"""

from __future__ import annotations

from collections.abc import Mapping

from sim.classroom.room.plan import Half
from sim.report import numbers
from sim.report.labels import Labels, inside, joined

QUESTION = "Who will end with more than the model predicts?"
ALL, NOBODY = "all", "nobody"
"""Bets beside the names of the actors. (``nobody`` and ``all`` are never names of actors here: see ``bets_of``.)"""


def bets_of(half: Half) -> dict[str, str]:
    """Return what can be bet on, and in which words."""
    scenario = half.loaded
    acting = list(half.computers)
    told = {f"actor:{name}": scenario.actors[name].label or name.replace("_", " ") for name in acting}
    everybody = {ALL: "Both" if len(acting) == 2 else "All of them"} if len(acting) > 1 else {}
    return {**told, **everybody, NOBODY: "Nobody" if len(acting) != 2 else "Neither"}


def predicted_in_words(half: Half, means: Mapping[str, float]) -> str:
    """Return what the model predicts for each who can be bet on: of many games the mean."""
    labels = Labels(half.loaded)
    told = [f"{inside(labels.actor(name))} {numbers.number(means[name], 2, sign=True)}" for name in half.computers]
    return f"The model predicts, on average, {joined(told)}."


def came_true(payoffs: Mapping[str, float], predicted: Mapping[str, float], acting: list[str]) -> str:
    """Return the bet that a game has proved right: who gained, or of several but not all whoever gained most."""
    gains = {name: payoffs[name] - predicted[name] for name in acting}
    gained = [name for name in acting if gains[name] > 0.0]
    if not gained:
        return NOBODY
    if len(gained) == len(acting) > 1:
        return ALL
    return f"actor:{max(gained, key=gains.__getitem__)}"
