"""Where an answer came from, and how to make it again."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sim.archive.asked import Text
from sim.archive.manifest import Manifest
from sim.errors import ScenarioError, one_line
from sim.experiment.environment import machine, versions
from sim.report.document.content import Origin
from sim.report.document.subject import Subject


@dataclass(frozen=True)
class Made:
    """How an answer was made: the command line as given, when it began, with what, and where it is kept."""

    command: Sequence[str]
    began: datetime
    engine: str
    versions: Mapping[str, str]
    machine: Mapping[str, str]
    folder: str = ""
    """The folder of its results, if it is kept."""

    @classmethod
    def now(cls, command: Sequence[str], began: datetime, engine: str, folder: str = "") -> Made:
        """Return how an answer was made that was just made here."""
        return cls(tuple(command), began.astimezone(UTC), engine, versions(), machine(), folder)

    @classmethod
    def kept(cls, manifest: Manifest, folder: str) -> Made:
        """Return how an answer was made that is kept in a folder."""
        began = datetime.fromisoformat(manifest.when)
        return cls(manifest.command, began, manifest.engine, manifest.versions, manifest.machine, folder)

    @property
    def date(self) -> str:
        """Return when it began, for people."""
        return f"{self.began.day} {self.began:%B %Y, %H:%M} UTC"


def origin_of(subject: Subject, made: Made) -> Origin:
    """Return where an answer came from."""
    commands = [one_line(shlex.join(made.command))] if made.command else []
    if made.folder:
        commands += [
            one_line(shlex.join(["detente", verb, _word(made.folder)])) for verb in ("rerun", "verify", "report")
        ]
    facts = [("Runs", f"{subject.runs:,}"), ("Seed", str(subject.seed)), ("Engine", made.engine)]
    for scenario in subject.scenarios:
        facts.append(("Scenario", f"{scenario.scenario}, from {one_line(scenario.file)}"))
        try:
            text = Text.of(scenario).data
            facts.append((f"SHA-256 of the text of {scenario.scenario}", hashlib.sha256(text).hexdigest()))
        except ScenarioError:
            # It was made in Python: there is no text to be known again by.
            facts.append((f"Text of {scenario.scenario}", "none: it was made in Python"))
    if made.folder:
        facts.append(("Results in", one_line(made.folder)))
    system = ", ".join(one_line(each) for each in made.machine.values() if each)
    facts += [("Begun", made.date), *([("Machine", system)] if system else [])]
    return Origin(
        tuple(commands),
        tuple(facts),
        tuple((one_line(name), one_line(version)) for name, version in made.versions.items()),
        tuple((one_line(label), digest) for label, digest in subject.digests.items()),
    )


def _word(folder: str) -> str:
    return f"./{folder}" if folder.startswith("-") else folder
