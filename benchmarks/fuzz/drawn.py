"""Cases that Hypothesis draws.

    python -m benchmarks.fuzz.drawn AIM CASES SEED CORPUS TOLD

AIM is ``file`` or ``expression``; CORPUS a folder with more files to spoil; TOLD the file for the counts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from benchmarks.fuzz import aims, cases

Drawn = TypeVar("Drawn")


def files(count: int, number: int, more: Sequence[bytes] = ()) -> aims.Found:
    """Read so many spoiled files, by the luck of a number. Raises ``Escaped``, with the smallest case that does."""
    found = aims.Found()
    _each(cases.files(cases.seeds(), more), count, number, lambda data: aims.file(data, found))
    return found


def expressions(count: int, number: int) -> aims.Found:
    """Read so many texts as expressions. Raises ``Escaped``."""
    found = aims.Found()
    _each(cases.expressions(), count, number, lambda text: aims.expression(text, found))
    return found


def _each(strategy: st.SearchStrategy[Drawn], count: int, number: int, aim: Callable[[Drawn], None]) -> None:
    @seed(number)
    @settings(max_examples=count, database=None, derandomize=False, deadline=None,
              suppress_health_check=list(HealthCheck), report_multiple_bugs=False)  # fmt: skip
    @given(strategy)
    def each(case: Drawn) -> None:
        aim(case)

    each()


def main(aim: str, count: int, number: int, corpus: Path, told: Path) -> None:
    """Fuzz and write the counts."""
    more = [path.read_bytes() for path in sorted(corpus.glob("suite-*"))]
    found = files(count, number, more) if aim == "file" else expressions(count, number)
    told.write_text(json.dumps(found.told()), encoding="utf-8")


if __name__ == "__main__":
    _, aim, count, number, corpus, told = sys.argv
    main(aim, int(count), int(number), Path(corpus), Path(told))
