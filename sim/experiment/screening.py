"""Ways to tell which inputs a result depends on: what points to play, and what to make of the results.

Points lie in the unit cube, one row an input. Sobol's indices are scipy's (Saltelli and others, Computer Physics
Communications 181, 2010); the other methods are SALib's, by their names there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import CommandError, Fault, Place, expected_one_of, quoted
from sim.experiment.indices import intervals, sobol_of
from sim.scenario.arithmetic import Floats

LEAST = 8
"""Fewest points of a sample."""

_MOST_SEED = 2**32

_CHANCE = 3.29
"""Standard errors that a correlation of independent things exceeds, to either side, in one of 1,000 samples."""

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Measured:
    """A measure of an input: its value, its 95 % interval, and the least and the most it was with other luck.

    What a method does not give is None.
    """

    value: float
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None

    def spread(self, again: Sequence[Measured]) -> Measured:
        """Return the measure with what it was with other luck."""
        values = [one.value for one in again]
        return replace(self, least=min(values), most=max(values)) if values else self

    def to_dict(self) -> dict[str, Any]:
        """Return the measure as it stands in JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "least": self.least, "most": self.most}


Measures = Mapping[str, list[Measured]]
"""By name of the measure, one for each input."""


Steps = Callable[[int, int], tuple[Places, Places]]
"""Before and after, each (inputs, points), by inputs and points of the sample."""


@dataclass(frozen=True)
class Method:
    """A way to find out what a result depends on; ``rank`` is the measure that says which input comes first."""

    name: str
    measures: tuple[str, ...]
    rank: str
    least: int
    powers: bool
    """Whether the number of points has to be a power of two."""
    evaluations: Callable[[int, int], int]
    """Points that are played, by inputs and points of the sample."""
    sample: Callable[[int, int, int], Floats]
    """Points (inputs, evaluations), by inputs, points of the sample and seed. Raises ``CommandError``."""
    analyse: Callable[[Floats, Floats, int, int, bool], Measures]
    """Measures by points, results, points of the sample, seed, and whether intervals are wanted."""
    even: bool = True
    """Whether any point of the sample lies anywhere in the cube with the same chance."""
    steps: Steps | None = None
    """Pairs of points between which one input alone changes, if the sample has them."""

    def check(self, points: int, inputs: int) -> None:
        """Raise ``CommandError`` for a number of points that the method cannot work with."""
        least = max(self.least, LEAST)
        if points < least:
            problem = f"--points is {points}, and {self.name} needs at least {least}"
            raise _refused("POINTS", problem, "ask for more, such as --points 256")
        if self.powers and points & (points - 1):
            problem = f"--points is {points}, and {self.name} needs a power of two"
            near = 1 << (points.bit_length() - 1)
            raise _refused("POINTS", problem, f"write {near} or {2 * near}")

    def measure(self, unit: Floats, results: Floats, points: int, seed: int) -> Measures:
        """Return what each input does to results at points, with intervals."""
        return self.analyse(unit, results, points, seed, True)

    def directions(self, unit: Floats, results: Floats, points: int) -> list[int]:
        """Return for each input whether results rise (1) or fall (-1) with it on the whole.

        Told by a correlation: 0 where it is no further from zero than chance would bring it in one of 1,000 samples.
        """
        if self.steps is None:
            return [_sign(row, results, points) for row in unit]
        before, after = self.steps(len(unit), points)
        return [
            _sign(row[last] - row[first], results[last] - results[first], points)
            for row, first, last in zip(unit, before, after, strict=True)
        ]

    def values(self, unit: Floats, results: Floats, points: int, seed: int) -> Measures:
        """Return what each input does to results at points, without intervals where they take time."""
        return self.analyse(unit, results, points, seed, False)


def _sign(inputs: Floats, results: Floats, points: int) -> int:
    # A correlation with what hardly varies is one with its roundings.
    if inputs.std() == 0.0 or results.std() <= 1e-9 * np.abs(results).max():
        return 0
    along = float(np.corrcoef(inputs, results)[0, 1])
    return 0 if abs(along) * np.sqrt(points) < _CHANCE else 1 if along > 0 else -1


def method_of(name: str) -> Method:
    """Return the method of a name. Raises ``CommandError``."""
    if name not in METHODS:
        problem = f"unknown method {quoted(name)}"
        raise _refused("METHOD", problem, expected_one_of(name, METHODS, "method"))
    return METHODS[name]


def _sobol_points(inputs: int, points: int, seed: int) -> Floats:
    """Return the points A, then B, then for each input A with that input's column of B."""
    from scipy.stats import qmc

    luck = np.random.default_rng(seed)
    both = np.asarray(qmc.Sobol(d=2 * inputs, scramble=True, seed=luck).random(points)).T
    first, second = both[:inputs], both[inputs:]
    pages = [first, second]
    for row in range(inputs):
        mixed = first.copy()
        mixed[row] = second[row]
        pages.append(mixed)
    return np.concatenate(pages, axis=1)


def _sobol_steps(inputs: int, points: int) -> tuple[Places, Places]:
    """Return the steps from A to A with one column of B."""
    first = np.arange(points) + np.zeros((inputs, 1), dtype=np.int64)
    return first, first + points * (2 + np.arange(inputs)[:, np.newaxis])


def _saltelli_steps(inputs: int, points: int) -> tuple[Places, Places]:
    """Return the same steps where the points of a sample stand together: of A, each with one column of B, of B."""
    first = (inputs + 2) * np.arange(points) + np.zeros((inputs, 1), dtype=np.int64)
    return first, first + 1 + np.arange(inputs)[:, np.newaxis]


def _sobol(unit: Floats, results: Floats, points: int, seed: int, wanted: bool) -> Measures:
    pages = results.reshape(-1, points)
    values = sobol_of(pages[0], pages[1], pages[2:])
    bounds: Sequence[tuple[Floats, Floats]] = ()
    if wanted:
        bounds = intervals(pages[0], pages[1], pages[2:], np.random.default_rng(seed))
    return {
        name: [
            Measured(float(value), *((float(bounds[order][end][place]) for end in (0, 1)) if wanted else ()))
            for place, value in enumerate(values[order])
        ]
        for order, name in enumerate(("first", "total"))
    }


def _problem(inputs: int) -> dict[str, Any]:
    return {"num_vars": inputs, "names": [f"x{row}" for row in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}


def _library(name: str) -> Any:
    try:
        return import_module(f"SALib.{name}")
    except ImportError:
        problem = "this method needs SALib, which is not installed"
        remedy = 'install it: python3 -m pip install "detente[analysis]", or use --method sobol'
        raise _refused("METHOD", problem, remedy) from None


def _salib_points(module: str, options: Mapping[str, Any], inputs: int, points: int, seed: int) -> Floats:
    sample = _library(f"sample.{module}").sample
    drawn = np.asarray(sample(_problem(inputs), points, seed=seed % _MOST_SEED, **options), dtype=float)
    inside: Floats = np.clip(drawn.T, 0.0, 1.0)
    return inside


def _salib(
    module: str,
    keys: Mapping[str, tuple[str, str | None]],
    options: Mapping[str, Any],
    takes_points: bool,
    unit: Floats,
    results: Floats,
    points: int,
    seed: int,
    wanted: bool,
) -> Measures:
    """Return SALib's measures; ``keys`` are, by our name, its names of a measure and of its interval's half."""
    analyse = _library(f"analyze.{module}").analyze
    given = (unit.T, results) if takes_points else (results,)
    form = warnings.formatwarning
    # It warns, through filters of its own, of what an interval shows too; such words belong to no answer of ours.
    with np.errstate(all="ignore"), warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        found = analyse(_problem(len(unit)), *given, seed=seed % _MOST_SEED, **options)
    warnings.formatwarning = form
    return {name: _with_reach(found, *key) for name, key in keys.items()}


def _with_reach(found: Mapping[str, Any], key: str, half: str | None) -> list[Measured]:
    if key == "delta" and key not in found:
        # From SALib 1.6 on there are two kinds of it.
        key, half = "delta_balanced", "delta_balanced_conf"
    values: Floats = np.nan_to_num(np.ma.filled(np.ma.asarray(found[key], dtype=float), 0.0))
    if half is None:
        return [Measured(float(value)) for value in values]
    reach = np.nan_to_num(np.asarray(found[half], dtype=float))
    return [Measured(float(v), float(v - r), float(v + r)) for v, r in zip(values, reach, strict=True)]


def _each(inputs: int, points: int) -> int:
    return points


_FIRST, _TOTAL = ("S1", "S1_conf"), ("ST", "ST_conf")
_DELTA = ("delta", "delta_conf")

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("sobol", ("first", "total"), "total", 16, True, lambda d, n: n * (d + 2), _sobol_points, _sobol,
               steps=_sobol_steps),
        Method(
            "saltelli", ("first", "total"), "total", 16, True, lambda d, n: n * (d + 2),
            partial(_salib_points, "sobol", {"calc_second_order": False}),
            partial(_salib, "sobol", {"first": _FIRST, "total": _TOTAL}, {"calc_second_order": False}, False),
            steps=_saltelli_steps,
        ),
        Method(
            "fast", ("first", "total"), "total", 65, False, lambda d, n: n * d,
            partial(_salib_points, "fast_sampler", {}),
            # Its intervals are known to be far too narrow.
            partial(_salib, "fast", {"first": ("S1", None), "total": ("ST", None)}, {}, False),
        ),
        Method(
            "rbd_fast", ("first",), "first", 64, False, _each,
            partial(_salib_points, "latin", {}), partial(_salib, "rbd_fast", {"first": _FIRST}, {}, True),
        ),
        Method(
            "morris", ("effect", "bend"), "effect", LEAST, False, lambda d, n: n * (d + 1),
            partial(_salib_points, "morris", {"num_levels": 4}),
            partial(
                _salib, "morris", {"effect": ("mu_star", "mu_star_conf"), "bend": ("sigma", None)},
                {"num_levels": 4}, True,
            ),
            even=False,
        ),
        Method(
            "delta", ("delta", "first"), "delta", 64, False, _each,
            partial(_salib_points, "latin", {}),
            partial(_salib, "delta", {"delta": _DELTA, "first": _FIRST}, {"num_resamples": 25}, True),
        ),
        Method(
            "pawn", ("pawn",), "pawn", 64, False, _each,
            partial(_salib_points, "latin", {}), partial(_salib, "pawn", {"pawn": ("median", None)}, {}, True),
        ),
    )
}  # fmt: skip
"""Methods by name; the first needs scipy alone, the others SALib."""


def _refused(code: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), code, problem, remedy))
