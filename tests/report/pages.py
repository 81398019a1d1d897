"""Pages as text, the scenarios they are about, and ensembles whose numbers a test chooses."""

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console

from sim.engine.record import columns_of
from sim.experiment.compare import Difference
from sim.experiment.ensemble import Ensemble, Plan
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped

SHIPPED = dict(shipped())

EXAMPLE = """\
scenario: example
title: An example
summary: One side has little reason to come back. What would change that?
clock: {turns: 6, turn: 1 year, start: 2018, discount: 0.95, note: A short one.}
parameters:
  arms_burden: 0.25
  commitment: {value: 0.1, range: [0, 1], label: Commitment to arms control, source: article, note: Small.}
state:
  missiles: {initial: 1, min: 0, max: 4, label: Ground-launched brigades, seen_as: {nato: missiles_known}}
  missiles_known: {initial: 0, min: 0, max: 4}
  defence: {initial: 0, min: 0}
  tension: {initial: {low: 0.1, high: 0.3}, max: 1, drift: -0.1 * tension}
  resolve: {initial: {1: 0.6, 0: 0.4}, label: The adversary's type, seen_as: {nato: guess}}
  guess: 0.5
derived:
  screen: {value: 1 - 0.2 * defence, label: What defence lets through}
actors:
  nato:
    label: NATO
    note: The alliance.
    incentives:
      security: {value: -missiles / 4 * screen, label: Safety from attack}
      burden: -0.05 * defence
    actions:
      hold: {label: Keep to the treaty}
      harden: {label: Build defences, available: missiles_known > 0, cost: 0.1, after: [1, 2], add: {defence: 1}}
      notify: {now: {set: {guess: 1}}, after: {low: 1, mode: 2, high: 3}, add: {tension: -0.1}}
    strategies:
      steady: hold
      prepare: [{when: missiles_known > 0 and defence < 2, do: harden}, {do: hold}]
      either: [{do: harden}, {do: {hold: 1, notify: missiles}, label: Fallback}]
      plan: {script: [hold, harden, hold], label: By plan}
      mixed: {mix: {steady: 1, prepare: 2 * commitment}}
    plays: prepare
  adversary:
    label: The adversary
    incentives:
      strike: (0.5 + 0.3 * resolve) * missiles / 4 * screen
      burden: -arms_burden * missiles / 4
      legacy: commitment * (missiles == 0)
    actions:
      comply: {}
      build: {cost: 0.1, chance: 0.9, after: {mean: 1.5}, add: {missiles: 1, tension: 0.1}}
    strategies:
      comply: comply
      cheat: [{when: missiles < 3, do: build}, {do: comply}]
      weigh: {weigh: {rationality: 6, foresight: 5, level: 1, believes: {commitment: 0.2}}}
    plays: weigh
hazards:
  detection: {rate: 0.4 * (missiles > missiles_known), set: {missiles_known: missiles}, add: {tension: 0.2}}
  crisis:
    chance: 0.4
    label: Crisis
    outcomes:
      settled: {weight: 2, payoffs: {nato: -0.2, adversary: -0.2}, add: {tension: -0.2}, label: Settlement, note: It passes.}
      war: {weight: 0.2, payoffs: {nato: -25, adversary: -25}, ends: true}
regimes:
  treaty: {label: Treaty-compliant, plays: {adversary: comply}, forbid: {adversary: [build]}}
  post_treaty: {label: Post-treaty, parameters: {arms_burden: 0.3}, initial: {missiles: 2}}
claims:
  nato_loses: {label: Nothing to gain, says: NATO does worse outside the treaty., holds: post_treaty.nato < treaty.nato}
  unsure: {says: Crises come as often., holds: post_treaty.count.crisis < treaty.count.crisis}
monte_carlo: {runs: 400, seed: 7}
sources: [An article.]
teaching: {questions: [Why?], notes: Think first.}
"""

HOSTILE = """\
scenario: hostile
title: "[bold red]T[/] @red \\U0001F680 [link=x]y[/link] :smile:"
summary: "[/] [not closed @ [red] :smile:"
clock: {turns: 3, turn: "[blink]year[/] @"}
parameters:
  p: {value: 1, range: [0, 2], label: "[p] :rocket: @", source: "[s] @", note: "[n] @"}
  q_with_a_very_long_name_that_no_column_of_a_table_can_hold_at_80: 123456789.125
state:
  x: {initial: 1, label: "[x][/x] @"}
  big: {initial: 12345678901, drift: 1}
actors:
  a:
    label: "[a] @ a label so long that it cannot stand in any column of any table whatever the width of the page"
    note: "[/a] @"
    incentives:
      i: {value: x * p, label: "[bold]i[/] @"}
      j: {value: -1234567.125 * x, label: unbrokenunbrokenunbrokenunbrokenunbrokenunbrokenunbrokenunbrokenunbrokenunbrokenunbroken}
    actions:
      go: {label: "[go] @", add: {x: 1}, chance: 0.5, after: {low: 0, mode: 0.5, high: 1}}
      stay: {}
    strategies:
      s: {rules: [{when: x > 0, do: {go: 1, stay: 1}, label: "[rule] @"}, {do: stay}], label: "[s] @"}
      w: {weigh: {rationality: 0}, label: "[w] @"}
hazards:
  h:
    chance: 0.5
    label: "[h] @"
    outcomes:
      o: {label: "[o] 日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語", payoffs: {a: 1}}
      w: {label: "[w] @", ends: true}
regimes:
  one: {label: "[one] @"}
  two: {label: "[/two] 日本語日本語日本語日本語", plays: {a: w}}
claims: {c: {says: "[says] @", holds: two.a < one.a, label: "[c] @"}}
sources: ["[source] @"]
teaching: {questions: ["[q] @"], notes: "[notes] @"}
"""
WEAPON = "\x1b[31m\x07\u202e"
"""What stands for ``@`` in the hostile scenario; the loader would refuse it, Python callers may bring it."""

Model = TypeVar("Model")


def text_of(show: Callable[[Any, Console], None], what: Any, width: int = 100, **console: Any) -> str:
    """What a page prints about something."""
    stream = io.StringIO()
    show(what, Console(file=stream, width=width, markup=False, highlight=False, emoji=False, **console))
    return stream.getvalue()


def flat(text: str) -> str:
    """A page on one line, so that wrapping does not hide what it says."""
    return " ".join(text.split())


def widest(text: str) -> int:
    """The cells of a page's widest line."""
    return max((cell_len(line) for line in text.splitlines()), default=0)


def scenario_of(text: str, folder: Path) -> Scenario:
    """The scenario a text writes."""
    path = folder / "written.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def armed(value: Model) -> Model:
    """The same with the weapon for every ``@`` in a text."""
    if isinstance(value, str):
        return value.replace("@", WEAPON)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(armed(each) for each in value)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {key: armed(each) for key, each in value.items()}  # type: ignore[return-value]
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: armed(getattr(value, name)) for name in type(value).model_fields})
    return value


def ensemble_of(scenario: Scenario, results: Mapping[str, Sequence[float]], regime: str | None = None) -> Ensemble:
    """An ensemble with these results and 0 elsewhere."""
    game = compiled(scenario, Setting(regime))
    runs = len(next(iter(results.values())))
    names = columns_of(game)
    table = np.zeros((len(names), runs))
    for name, values in results.items():
        table[names.index(name)] = values
    return Ensemble.of(game, Plan(runs, 1), table)


def difference_of(left: Ensemble, right: Ensemble) -> Difference:
    """The difference of two ensembles, called by their regimes."""
    return Difference(left.game.regime, right.game.regime, left, right)


__all__ = [
    "EXAMPLE",
    "HOSTILE",
    "SHIPPED",
    "WEAPON",
    "armed",
    "difference_of",
    "ensemble_of",
    "flat",
    "scenario_of",
    "text_of",
    "widest",
]
