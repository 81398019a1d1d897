"""Bits turned and files cut short, in finished and unfinished results: ``verify`` has to find each, and its place."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.torture.arena import QUESTION, Arena, Findings
from benchmarks.torture.kills import after_blocks
from sim.archive.manifest import JOURNAL
from sim.archive.verify import verify
from sim.errors import ArchiveError


def found(arena: Arena, times: int, seed: int = 3) -> Findings:
    """Turn random bits and cut files at random places, one at a time; half as many in unfinished results.

    The file is drawn first, so that small ones have their share.
    """
    findings = Findings("Bits turned and files cut short")
    luck = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    arena.fresh()
    arena.ask()
    (whole,) = arena.folders()
    kept = Path(shutil.copytree(whole, arena.folder / "whole", dirs_exist_ok=True))
    arena.fresh()
    arena.ask(QUESTION, lambda: after_blocks(4))
    (part,) = arena.folders()
    _turned_and_cut(kept, times, luck, findings, counts, "finished")
    _turned_and_cut(part, times // 2, luck, findings, counts, "unfinished")
    total = counts["found"] + counts["missed"]
    findings.figures = {
        "damages": f"{total:,}: {counts['turned']:,} bits turned, {counts['cut']:,} files cut short",
        "found by verify, in the right file": f"{counts['found']:,}",
        "place named to the byte": f"{counts['exact']:,}; to a stretch that holds it: {counts['within']:,}",
        "missed": f"{counts['missed']:,}",
        "besides: journals cut short, as a killed process leaves them": f"{counts['journal']:,}; what is left counts",
    }
    shutil.rmtree(kept)
    return findings


def _turned_and_cut(
    folder: Path, times: int, luck: np.random.Generator, findings: Findings, counts: Counter[str], state: str
) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "in-use.lock")
    for _ in range(times):
        file = files[int(luck.integers(len(files)))]
        data = file.read_bytes()
        at, bit, cuts = int(luck.integers(len(data))), int(luck.integers(8)), bool(luck.integers(4) == 0)
        name = file.relative_to(folder).as_posix()
        what = f"{state}, {name}, {'cut at' if cuts else f'bit {bit} of'} byte {at} of {len(data)}"
        # What is there already is changed and put back: a copy of everything for each damage would take an hour.
        with file.open("r+b") as stream:
            if cuts:
                stream.truncate(at)
            else:
                stream.seek(at)
                stream.write(bytes([data[at] ^ 1 << bit]))
        before = verify_or_error(folder)
        file.write_bytes(data)
        if cuts and name == JOURNAL:
            # What is cut off is what a killed process had not written: the blocks before it still count.
            counts["journal"] += 1
            findings.check(before is None or all(part[0] == JOURNAL for part in before), f"{what}: {before}")
            continue
        counts["cut" if cuts else "turned"] += 1
        if before is None or all(part[0] != name for part in before):
            counts["missed"] += 1
            findings.check(False, f"{what}: not found: {before}")
            continue
        counts["found"] += 1
        offset, length = next((part[1], part[2]) for part in before if part[0] == name)
        if offset is None or length is None:
            counts["unplaced"] += 1
            findings.check(False, f"{what}: its place is not named")
        elif cuts or (offset == at and length == 1):
            counts["exact"] += 1
            findings.check(offset <= at, f"{what}: place {offset}")
        else:
            counts["within"] += 1
            findings.check(offset <= at < offset + max(length, 1), f"{what}: place {offset}, {length} bytes")
    findings.check(verify(folder).sound, f"{state}: not as it was at the end")


def verify_or_error(folder: Path) -> list[tuple[str, int | None, int | None]] | None:
    """Return what is damaged, by file and place; none where nothing is said to be."""
    try:
        checked = verify(folder)
    except ArchiveError as error:
        return [(Path(fault.place.file).name, 0, 2**62) for fault in error.faults]
    return [(each.file, each.offset, each.length) for each in checked.damage] or None
