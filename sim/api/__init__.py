"""The Python interface: load a scenario, ask a question, get a frozen value with ``.to_dict()``.

The same questions as on the command line, with the same names. ``sim.api.runs`` has those that play regimes as they
stand, ``sim.api.parameters`` those that move parameters.
"""

from __future__ import annotations

from sim.api.parameters import breakeven, sensitivity, sweep
from sim.api.runs import claims, compare, load, matrix, run, trace
from sim.engine.record import Run
from sim.experiment.breakeven import BreakEven
from sim.experiment.claims import Claims
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble
from sim.experiment.matrix import Matrix
from sim.experiment.sensitivity import Sensitivity
from sim.experiment.sweep import Sweep
from sim.experiment.trace import Trace
from sim.report import display
from sim.scenario.schema import Scenario

display.introduce()

__all__ = [
    "BreakEven",
    "Claims",
    "Comparison",
    "Ensemble",
    "Matrix",
    "Run",
    "Scenario",
    "Sensitivity",
    "Sweep",
    "Trace",
    "breakeven",
    "claims",
    "compare",
    "load",
    "matrix",
    "run",
    "sensitivity",
    "sweep",
    "trace",
]
