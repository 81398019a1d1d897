"""Numbers as people read them: as many decimals as the standard error warrants, intervals as ``a to b``.

Every number on a page goes through here. A minus is written '-', thousands are parted by commas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sim.experiment.summary import Stat

MOST = 3
"""Most decimals that are shown."""

SCIENTIFIC = -1
"""Instead of a count of decimals: the number is too large or too small to be written out."""

ALWAYS = "in every run"
"""Instead of an interval: the number is the same in every run."""

_LARGE, _SMALL = 1e7, 1e-3
_SMALLEST = 1e-6
"""Below it a number is written in powers of ten."""


def decimals_of(value: float, error: float | None = None) -> int:
    """Return how many decimals a number is shown with: two digits of its standard error, else three of its own."""
    if not math.isfinite(value) or (error is not None and not math.isfinite(error)):
        return SCIENTIFIC
    size = max(abs(value), error or 0.0)
    if size >= _LARGE or 0.0 < size < _SMALL:
        return SCIENTIFIC
    if error:
        return min(max(1 - math.floor(math.log10(error)), 0), MOST, max(0, 6 - math.floor(math.log10(size))))
    if not value:
        return 0
    needed = min(max(2 - math.floor(math.log10(abs(value))), 0), MOST)
    written = f"{value:.{needed}f}"
    return len(written.rstrip("0").partition(".")[2]) if "." in written else 0


def common_decimals(stats: Iterable[Stat]) -> int:
    """Return the decimals for numbers that are added up: those of the least certain one, but enough for small parts."""
    stats = list(stats)
    size = max((abs(stat.mean) for stat in stats), default=0.0)
    errors = [stat.se for stat in stats if stat.se is not None and math.isfinite(stat.se)]
    found = decimals_of(size, max(errors, default=None))
    if found == SCIENTIFIC or size >= 1000.0:
        return found
    return max(found, 2)


def row_decimals(left: float, right: float, change: Stat) -> int:
    """Return the decimals of two numbers and their difference in one row: the largest says how they are written."""
    if decimals_of(max(abs(left), abs(right), abs(change.mean))) == SCIENTIFIC:
        return SCIENTIFIC
    found = [decimals_of(left), decimals_of(right), decimals_of(change.mean, change.se)]
    one, other, own = (MOST if decimals == SCIENTIFIC else decimals for decimals in found)
    return max(own, min(2, one, other))


def exact_decimals(values: Iterable[float]) -> int:
    """Return the decimals for numbers without error that are added up: as many as there is room for."""
    size = max((abs(value) for value in values), default=0.0)
    if not math.isfinite(size) or size >= _LARGE or 0.0 < size < _SMALL:
        return SCIENTIFIC
    return min(MOST, max(0, 6 - math.floor(math.log10(size)))) if size else 0


def number(value: float, decimals: int | None = None, *, sign: bool = False) -> str:
    """Return a number with so many decimals (default: three digits); ``sign`` writes a plus too."""
    exact = decimals is None
    decimals = decimals_of(value) if decimals is None else decimals
    if not math.isfinite(value):
        return str(float(value))
    written = _in_powers(value) if decimals == SCIENTIFIC and value else f"{value:,.{max(decimals, 0)}f}"
    if exact and decimals == SCIENTIFIC and "e" not in written:
        written = written.rstrip("0")
    if not float(written.replace(",", "")):
        return written.lstrip("-")
    return f"+{written}" if sign and value > 0 else written


def _in_powers(value: float) -> str:
    """Return a very large or very small number; one that still can be read is written out, in three digits."""
    if _SMALLEST <= abs(value) < 1.0:
        return f"{value:.{2 - math.floor(math.log10(abs(value)))}f}"
    return f"{value:.2e}"


def interval(stat: Stat, decimals: int | None = None) -> str:
    """Return a statistic's 95 % interval as ``a to b``; nothing where it has none, ALWAYS where all runs agree."""
    if stat.low is None or stat.high is None:
        return ""
    if not stat.se and stat.low == stat.high:
        return ALWAYS
    decimals = decimals_of(stat.mean, stat.se) if decimals is None else decimals
    return f"{number(stat.low, decimals)} to {number(stat.high, decimals)}"


def mean(stat: Stat, decimals: int | None = None, *, sign: bool = False) -> str:
    """Return a statistic's mean."""
    return number(stat.mean, decimals_of(stat.mean, stat.se) if decimals is None else decimals, sign=sign)


def count(many: int, thing: str = "") -> str:
    """Return a count, with the thing that is counted: ``1 run``, ``10,000 runs``."""
    return f"{many:,}" if not thing else f"{many:,} {thing}" if many == 1 else f"{many:,} {thing}s"


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as a percentage; what is neither none nor all never looks like it."""
    least = 10.0**-decimals
    if 0.0 < 100.0 * share < least:
        return f"<{least:.{decimals}f} %"
    if 100.0 - least < 100.0 * share < 100.0:
        return f">{100.0 - least:.{decimals}f} %"
    return f"{100.0 * share:.{decimals}f} %"


def percent_interval(stat: Stat) -> str:
    """Return the interval of a share in percent."""
    if stat.low is None or stat.high is None:
        return ""
    return f"{100.0 * stat.low:.1f} to {100.0 * stat.high:.1f} %"


def standard_errors(stat: Stat) -> str:
    """Return how many standard errors a mean lies from zero, in words."""
    if not stat.se:
        return "without any spread"
    many = abs(stat.mean / stat.se)
    written = "more than 100" if many > 100 else f"{many:.0f}" if many >= 9.95 else f"{many:.1f}"
    return f"{written} standard errors from zero"


def aligned(written: Sequence[str]) -> list[str]:
    """Return numbers, or intervals, padded so that their points stand below each other."""
    if any(" to " in each for each in written):
        halves = [each.partition(" to ") if " to " in each else ("", "", "") for each in written]
        lows, highs = aligned([low for low, _, _ in halves]), aligned([high for _, _, high in halves])
        lined = [f"{low} to {high}" for low, high in zip(lows, highs, strict=True)]
        width = max(len(lined[0]), *map(len, written))
        return [
            line.rjust(width) if " to " in each else each.rjust(width)
            for line, each in zip(lined, written, strict=True)
        ]
    split = [_at_point(each) for each in written]
    before = max((len(whole) for whole, _ in split), default=0)
    after = max((len(rest) for _, rest in split), default=0)
    return [f"{whole:>{before}}{rest:<{after}}" for whole, rest in split]


def _at_point(written: str) -> tuple[str, str]:
    place = written.find(".")
    place = written.find(" %") if place < 0 else place
    return (written, "") if place < 0 else (written[:place], written[place:])
