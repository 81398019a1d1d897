"""Cases that atheris makes up, guided by which lines of the program they reach; a process in an environment of its own.

    python -m benchmarks.fuzz.guided AIM CASES SEED CORPUS TOLD

AIM is ``file`` or ``expression``; CORPUS a folder with cases to begin from; TOLD the file for the counts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found,unused-ignore]

with atheris.instrument_imports(include=["sim.scenario"], exclude=["sim.scenario.syntax"]):
    from benchmarks.fuzz import aims

_EACH = 500
"""Cases between two writings of the counts: the process is ended from within atheris."""
LONGEST = 4_000


def main(aim: str, cases: int, seed: int, corpus: Path, told: Path) -> None:
    """Fuzz; what may not escape does, as an ``Escaped``, and ends the process."""
    found = aims.Found()

    def one(data: bytes) -> None:
        if aim == "file":
            aims.file(data, found)
        else:
            aims.expression(data.decode("utf-8", "replace"), found)
        if found.cases % _EACH == 0 or found.cases >= cases:
            told.write_text(json.dumps(found.told()), encoding="utf-8")

    limits = [f"-runs={cases}", f"-seed={seed}", f"-max_len={LONGEST}", "-timeout=20", "-rss_limit_mb=4096"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={told.parent}/", str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    _, aim, cases, seed, corpus, told = sys.argv
    main(aim, int(cases), int(seed), Path(corpus), Path(told))
