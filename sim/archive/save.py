"""Keep the answer to a question: a folder of its own under ``root/<scenario>/``, whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.archive import manifest as kept
from sim.archive.environment import machine, processor_features, versions
from sim.archive.folder import NewFolder
from sim.archive.tables import block_bytes, file_names, payoffs_csv, stored_slices
from sim.archive.trouble import ELSEWHERE, damaged, refused
from sim.engine.record import payoff_columns
from sim.errors import CommandError, Fault, Place, ScenarioError, quoted
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble, Plan
from sim.scenario.flatten import flattened
from sim.scenario.nodes import Mapping as Document
from sim.scenario.nodes import Node, Scalar
from sim.scenario.schema import Scenario

RESULTS = Path("results")
"""Where results go unless told otherwise."""

_A_NUMBER = 24
"""Most bytes of a number in CSV."""

Question = Literal["run", "compare"]


def save_run(
    ensemble: Ensemble, root: Path = RESULTS, command: Sequence[str] = (), began: datetime | None = None
) -> Path:
    """Keep a run; return its folder.

    ``command`` is the command line as it was given, ``began`` when the work began (default: now).

    Raises:
        CommandError: ``root`` is the root of a file system.
        ArchiveError: nothing may be written there.
        ResourceError: the disk is full or fails; nothing is left of what was written.
    """
    scenarios = [ensemble.game.scenario]
    sides = {ensemble.game.regime: (ensemble, 0)}
    return _save("run", sides, scenarios, ensemble.plan, ensemble.to_dict(), root, command, began)


def save_comparison(
    comparison: Comparison, root: Path = RESULTS, command: Sequence[str] = (), began: datetime | None = None
) -> Path:
    """Keep a comparison; return its folder. What ``save_run`` says holds here.

    The sides of a comparison of several scenarios keep one each, in order: ``scenario.yaml``, ``scenario-2.yaml``.
    """
    ensembles = comparison.ensembles
    scenarios = [ensemble.game.scenario for ensemble in ensembles.values()]
    by_regime = all(name == ensemble.game.regime for name, ensemble in ensembles.items())
    if by_regime and all(scenario is scenarios[0] for scenario in scenarios):
        del scenarios[1:]
    sides = {name: (one, place % len(scenarios)) for place, (name, one) in enumerate(ensembles.items())}
    return _save("compare", sides, scenarios, comparison.plan, comparison.to_dict(), root, command, began)


def checked_root(path: str | Path) -> Path:
    """Return the folder that results may go to, before any work is done for it.

    Raises:
        CommandError: it is the root of a file system, or a file.
        ArchiveError: it stands below a file, or nothing may be written there.
    """
    root = _not_a_root(path)
    try:
        there = next(each for each in (root, *root.absolute().parents) if each.exists())
        if not there.is_dir() and there == root:
            raise refused(path, "this is no folder")
        if not there.is_dir():
            problem = f"no folder can be made here: '{there}' is none"
            raise damaged(root, "NOT-A-FOLDER", problem, f"check the path, {ELSEWHERE}")
    except OSError as error:
        raise refused(path, f"this cannot be a folder ({error.strerror})") from None
    if not os.access(there, os.W_OK | os.X_OK):
        raise damaged(root, "NOT-WRITABLE", "results cannot be written here", f"allow it, {ELSEWHERE}")
    return root


def _not_a_root(path: str | Path) -> Path:
    try:
        whole = Path(path).resolve()
    except (OSError, ValueError, RuntimeError):
        raise refused(path, "this cannot be a folder") from None
    if whole == whole.parent:
        raise refused(path, "results are not written at the root of a file system")
    return Path(path)


def _save(
    question: Question,
    sides: Mapping[str, tuple[Ensemble, int]],
    scenarios: Sequence[Scenario],
    plan: Plan,
    summary: dict[str, Any],
    root: Path,
    command: Sequence[str],
    began: datetime | None,
) -> Path:
    when = (began or datetime.now(UTC)).astimezone(UTC)
    documents = [_document(scenario) for scenario in scenarios]
    texts = [flattened(document).encode() for document in documents]
    ensembles = {name: ensemble for name, (ensemble, _) in sides.items()}
    asked = kept.Asked(
        question=question,
        scenarios=tuple(hashlib.sha256(text).hexdigest() for text in texts),
        regimes=tuple(_side(name, ensemble, place) for name, (ensemble, place) in sides.items()),
        runs=plan.runs,
        seed=plan.seed,
    )
    answer = kept.json_bytes(summary)
    home = _not_a_root(root) / scenarios[0].scenario
    needed = _needed(ensembles) + len(answer) + sum(len(text) for text in texts)
    with NewFolder(home, f"{when:%Y%m%dT%H%M%SZ}-{asked.id[:8]}", needed) as folder:
        manifest = kept.Manifest(
            id=asked.id,
            when=f"{when:%Y-%m-%dT%H:%M:%S.%fZ}",
            command=tuple(_plain(word) for word in command),
            asked=asked,
            engine=plan.engine,
            scenarios=tuple(
                kept.KeptScenario(
                    **folder.write(f"scenario-{place}.yaml" if place > 1 else "scenario.yaml", [text]).model_dump(),
                    scenario=scenario.scenario,
                    sources=_sources(document),
                )
                for place, (scenario, document, text) in enumerate(zip(scenarios, documents, texts, strict=True), 1)
            ),
            results=_results(ensembles, folder),
            payoffs=folder.write("payoffs.csv", payoffs_csv(ensembles)),
            summary=folder.write("summary.json", [answer]),
            versions=versions(),
            machine=machine(),
            processor_features=tuple(processor_features()),
        )
        folder.write(kept.NAME, [manifest.to_bytes()])
    return folder.path


def _side(name: str, ensemble: Ensemble, place: int) -> kept.AskedRegime:
    setting = ensemble.game.setting
    for parameter, value in setting.parameters.items():
        if np.ndim(value) or not np.isfinite(value):
            problem = f"the value of {quoted(parameter)} is not one finite number, so the results cannot be kept"
            raise CommandError(Fault(Place("command line"), "SET", problem, "set a number such as 0.25"))
    numbers = {parameter: float(value) for parameter, value in setting.parameters.items()}
    return kept.AskedRegime(
        name=_plain(name), regime=ensemble.game.regime, scenario=place, plays=dict(setting.plays), set=numbers
    )


def _results(ensembles: Mapping[str, Ensemble], folder: NewFolder) -> tuple[kept.Result, ...]:
    safe = file_names(ensembles)
    return tuple(
        kept.Result(
            name=_plain(name),
            strategies={actor.name: actor.strategy for actor in ensemble.game.actors},
            digest=ensemble.digest,
            columns=tuple(ensemble.columns),
            blocks=tuple(
                kept.Block(
                    **folder.write(
                        f"blocks/{safe[name]}-{number:05d}.npy", [block_bytes(ensemble.table, first, count)]
                    ).model_dump(),
                    first=first,
                    count=count,
                )
                for number, (first, count) in enumerate(stored_slices(ensemble.table.shape[1]))
            ),
        )
        for name, ensemble in ensembles.items()
    )


def _needed(ensembles: Mapping[str, Ensemble]) -> int:
    """Return about how many bytes the tables take, as blocks and as CSV."""
    cells: int = sum(
        len(list(payoff_columns(ensemble.game))) * ensemble.table.shape[1] for ensemble in ensembles.values()
    )
    return sum(int(ensemble.table.nbytes) for ensemble in ensembles.values()) + _A_NUMBER * cells + 2**16


def _document(scenario: Scenario) -> Document:
    if scenario.document is None:
        problem = "the scenario was not read from a text, so its results cannot be kept"
        raise ScenarioError(Fault(Place(scenario.file), "NO-TEXT", problem, "read it with sim.load"))
    return scenario.document


def _sources(document: Document) -> tuple[kept.Source, ...]:
    """Return the files a document was merged from, by the texts that were read, whatever the files hold by now."""
    texts: dict[str, str] = {}
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Scalar):
            waiting += reversed([part for entry in node for part in (entry if isinstance(entry, tuple) else (entry,))])
        elif node.source is not None:
            texts.setdefault(node.source.text.file, node.source.text.text)
    return tuple(
        kept.Source(file=_plain(file), sha256=hashlib.sha256(text.encode()).hexdigest()) for file, text in texts.items()
    )


def _plain(word: str) -> str:
    """Return a word without the halves of characters that stand for bytes of no encoding."""
    return word.encode("utf-8", "backslashreplace").decode()
