"""What lies in the results folder, newest first: what each result answered, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.archive.folder import FOLDER_NAME as _NAME
from sim.archive.folder import LOCK, is_stillborn, resume_words
from sim.archive.load import read_summary
from sim.archive.manifest import JOURNAL, NAME, Asked, Manifest, read_manifest
from sim.archive.trouble import damaged
from sim.errors import ArchiveError, one_line
from sim.experiment.lock import held_by


@dataclass(frozen=True)
class Entry:
    """One results folder; of a damaged one, what it no longer says is empty or 0."""

    path: Path
    when: str
    """When the work began: UTC, such as ``2026-11-23T20:12:08Z``."""
    scenario: str
    question: str
    regimes: tuple[str, ...]
    runs: int
    seed: int
    answer: str
    """One line: the mean payoffs, regime by regime."""
    settings: str = ""
    """One line: what was set on the command line, such as ``watch = 0.05; north plays wary``."""
    fault: str = ""
    """What is wrong with the folder; empty when it is sound."""
    unfinished: str = ""
    """How far the work has come, and how it goes on; empty when it is done."""

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in JSON."""
        return {
            "path": str(self.path), "when": self.when, "scenario": self.scenario, "question": self.question,
            "regimes": list(self.regimes), "runs": self.runs or None, "seed": self.seed if self.runs else None,
            "answer": self.answer, "settings": self.settings or None, "fault": self.fault or None,
            "unfinished": self.unfinished or None,
        }  # fmt: skip


def listing(root: str | Path = "results") -> list[Entry]:
    """Return what lies under ``root``, newest first; damaged and unfinished results too.

    Files are checked to be there and as long as they were; ``load_results`` checks what they hold.

    Raises:
        ArchiveError: ``root`` is no folder or cannot be read.
    """
    root = Path(root)
    entries = [(_age(folder, when), entry) for folder in _folders(root) for when, entry in [_entry(folder)]]
    return [entry for _, entry in sorted(entries, key=lambda one: one[0], reverse=True)]


def _age(folder: Path, when: str) -> tuple[str, int, str]:
    named = _NAME.match(folder.name)
    return when, int(named[7] or 1) if named else 0, str(folder)


def _folders(root: Path) -> Iterator[Path]:
    try:
        scenarios = _subfolders(root)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        problem = f"this folder cannot be read ({reason.lower()})"
        raise damaged(root, "UNREADABLE", problem, "name a results folder with --out") from None
    for folder in scenarios:
        try:
            below = [] if _NAME.match(folder.name) else _subfolders(folder)
        except OSError:
            yield folder
            continue
        yield from (one for one in (folder, *below) if _holds_results(one))


def _subfolders(folder: Path) -> list[Path]:
    with os.scandir(folder) as found:
        paths = [folder / one.name for one in found if not one.name.startswith(".")]
    return [path for path in paths if path.is_dir()]


def _holds_results(folder: Path) -> bool:
    named = bool(_NAME.match(folder.name)) and not is_stillborn(folder)
    return named or any(os.path.lexists(folder / name) for name in (NAME, JOURNAL))


def _entry(folder: Path) -> tuple[str, Entry]:
    """Return when the work of a folder began, to the microsecond where that is known, and its entry."""
    try:
        if not os.path.lexists(folder / NAME) and os.path.lexists(folder / JOURNAL):
            return _unfinished(folder)
        manifest = read_manifest(folder)
    except ArchiveError as error:
        when = _time_of(folder.name)
        return when, Entry(folder, when, one_line(folder.parent.name), "", (), 0, 0, "", fault=_told(error))
    answer, fault = "", _misfit(folder, manifest)
    try:
        answer = _answer(read_summary(folder, manifest), manifest)
    except ArchiveError as error:
        fault = _told(error)
    except (KeyError, TypeError, AttributeError, ValueError):
        fault = "summary.json: this is not the answer to what was asked"
    asked = manifest.asked
    return manifest.when, Entry(
        path=folder,
        when=f"{manifest.when[:19]}Z",
        scenario=one_line(manifest.scenarios[0].scenario),
        question=asked.question,
        regimes=tuple(one_line(side.name) for side in asked.regimes),
        runs=asked.runs,
        seed=asked.seed,
        answer=one_line(answer),
        settings=one_line(_settings(asked)),
        fault=fault,
    )


def _unfinished(folder: Path) -> tuple[str, Entry]:
    """Return the entry of a folder that was interrupted, or in which another process is at work."""
    from sim.archive.journal import read_journal

    journal = read_journal(folder)
    begun, holder = journal.begun, held_by(folder / LOCK)
    far = f"{journal.runs:,} of {journal.runs_asked:,} runs are done"
    then = f"{holder} is at work" if holder else f"go on with: {resume_words(folder)}"
    return begun.when, Entry(
        path=folder,
        when=f"{begun.when[:19]}Z",
        scenario=one_line(begun.scenarios[0].scenario),
        question=begun.asked.question,
        regimes=tuple(one_line(side.name) for side in begun.asked.regimes),
        runs=begun.asked.runs,
        seed=begun.asked.seed,
        answer="",
        settings=one_line(_settings(begun.asked)),
        unfinished=one_line(f"unfinished: {far}; {then}"),
    )


def _settings(asked: Asked) -> str:
    told: dict[str, None] = {}
    for side in asked.regimes:
        told |= dict.fromkeys(f"{name} = {value:g}" for name, value in side.set.items())
        told |= dict.fromkeys(f"{actor} plays {strategy}" for actor, strategy in side.plays.items())
    return "; ".join(told)


def _time_of(name: str) -> str:
    named = _NAME.match(name)
    return "{}-{}-{}T{}:{}:{}Z".format(*named.groups()[:6]) if named else ""


def _told(error: ArchiveError) -> str:
    return "; ".join(one_line(f"{Path(fault.place.file).name}: {fault.problem}") for fault in error.faults)


def _misfit(folder: Path, manifest: Manifest) -> str:
    """Return what is wrong with the first file that is missing or of another length, nothing when all are there."""
    for file in manifest.files:
        try:
            size = (folder / file.name).stat().st_size
        except (OSError, ValueError):
            return f"{file.name}: there is no such file"
        if size != file.size:
            return f"{file.name}: the file has {size} bytes, {file.size} were written"
    return ""


def _answer(summary: dict[str, Any], manifest: Manifest) -> str:
    if manifest.asked.question == "run":
        return _payoffs(summary)
    return "; ".join(f"{side.name}: {_payoffs(summary['regimes'][side.name])}" for side in manifest.asked.regimes)


def _payoffs(answer: dict[str, Any]) -> str:
    means = {actor: told["payoff"]["mean"] for actor, told in answer["actors"].items()}
    return ", ".join(f"{actor} {'?' if mean is None else format(mean, '.4g')}" for actor, mean in means.items())
