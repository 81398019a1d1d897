"""A report put together: the answer as a subject, its assumptions moved, its runs told, its pictures drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeAlias

from sim.errors import RunError, one_line
from sim.experiment.claims import Claims
from sim.experiment.compare import Comparison
from sim.experiment.ends import Ends, at_ends, movable, runs_at_points
from sim.experiment.ensemble import Ensemble
from sim.experiment.matrix import Matrices, Matrix
from sim.experiment.playing import Progress
from sim.model.game import Setting
from sim.report.charts import theme
from sim.report.charts import trace as tracing
from sim.report.charts.figures import Figure
from sim.report.contrast import label_of
from sim.report.document import assumptions, sentences
from sim.report.document.chronicle import SIDES, chronicle_of, common_actors, traces_of
from sim.report.document.content import Chronicle, Deciding, Document, Picture
from sim.report.document.of_claims import subject_of_claims
from sim.report.document.of_matrices import subject_of_matrices
from sim.report.document.of_runs import subject_of_comparison, subject_of_run
from sim.report.document.origin import Made, origin_of
from sim.report.document.pictures import pictures_of
from sim.report.document.questions import questions_of
from sim.report.document.subject import Subject
from sim.report.document.telling import Told, worth_telling
from sim.report.labels import Labels, quoted_label
from sim.report.page import reflowed
from sim.scenario.schema import Scenario

Answer: TypeAlias = Ensemble | Comparison | Matrix | Matrices | Claims

MOST = 24
"""Most pictures of an answer; the tables have everything."""

_MEASURED = 4
"""Results of which it is drawn what the assumptions make of them."""

_FIXED = "No assumption has a range over which it is uncertain, so none was moved."


def subject_of(answer: Answer, scenario: Scenario | None = None, setting: Setting | None = None) -> Subject:
    """Return an answer as the page of a report asks for it; claims are those of ``scenario`` in ``setting``."""
    if isinstance(answer, Ensemble):
        return subject_of_run(answer)
    if isinstance(answer, Comparison):
        return subject_of_comparison(answer)
    if isinstance(answer, Matrix):
        answer = Matrices({answer.regime: answer}, answer.plan, {})
    if isinstance(answer, Matrices):
        return subject_of_matrices(answer)
    if scenario is None:
        raise AssertionError("claims of no scenario")
    return subject_of_claims(answer, scenario, setting or Setting())


def runs_to_play(subject: Subject) -> int:
    """Return how many runs a report plays beside its answer, to see which assumptions decide."""
    if not subject.measured or not movable(subject.sides):
        return 0
    return len(subject.sides) * (1 + 2 * len(movable(subject.sides))) * runs_at_points(subject.sides, subject.runs)


def document_of(subject: Subject, made: Made, progress: Progress | None = None) -> Document:
    """Return a whole report. Raises ``RunError``, ``ResourceError``."""
    lacking = theme.missing()
    ends, unmoved = _ends(subject, progress)
    drawing = _Drawing(bool(lacking))
    pictures = drawing.pictures(subject.figures, subject.known)
    deciding = _deciding(subject, ends, unmoved, drawing)
    chronicles = _chronicles(subject, drawing)
    return Document(
        title=subject.title,
        question=subject.question,
        about=_texts(subject, lambda scenario: scenario.summary),
        circumstances=subject.circumstances,
        answer=(
            subject.follows,
            subject.because,
            sentences.deciding(ends, subject.measured, subject.parameter, unmoved),
        ),
        cautions=subject.cautions,
        pictures=pictures,
        tables=subject.tables,
        deciding=deciding,
        assumptions=assumptions.assumptions_of(subject, ends),
        sources=tuple(dict.fromkeys(one_line(source) for scenario in subject.scenarios for source in scenario.sources)),
        chronicles=chronicles,
        questions=questions_of(subject, ends, chronicles),
        notes=_texts(subject, lambda scenario: scenario.teaching.notes if scenario.teaching is not None else None),
        origin=origin_of(subject, made),
        date=made.date,
        unpictured=f"There are no pictures: altair and vl-convert are not installed; {lacking}." if lacking else "",
    )


def _texts(subject: Subject, of: Callable[[Scenario], str | None]) -> tuple[str, ...]:
    told: dict[str, None] = {}
    for scenario in subject.scenarios:
        told |= dict.fromkeys(one_line(line) for line in reflowed(of(scenario) or "") if line)
    return tuple(told)


class _Drawing:
    """Draws figures, and numbers what it drew through the page; draws nothing where nothing can be drawn."""

    def __init__(self, unable: bool) -> None:
        self._unable, self._groups = unable, 0

    def pictures(self, figures: Callable[[], Sequence[Figure]], known: str = "") -> tuple[Picture, ...]:
        if self._unable:
            return ()
        self._groups += 1
        return pictures_of(figures()[:MOST], f"p{self._groups}-", known)


def _ends(subject: Subject, progress: Progress | None) -> tuple[Ends | None, str]:
    if not subject.measured:
        return None, subject.unmoved or _FIXED
    if not movable(subject.sides):
        return None, _FIXED
    runs = max(2, runs_at_points(subject.sides, subject.runs))
    quantities = {name: each.quantity for name, each in subject.measured.items()}
    return at_ends(subject.sides, quantities, runs, subject.seed, progress), ""


def _deciding(subject: Subject, ends: Ends | None, unmoved: str, drawing: _Drawing) -> Deciding:
    if ends is None:
        return Deciding(unmoved, ())
    moved = [name for name, result in ends.results.items() if any(swing.size for swing in result.swings)]
    return Deciding(
        assumptions.how_found(ends),
        assumptions.told_of_ends(ends, subject),
        tuple(assumptions.table_of(name, subject, ends) for name in moved),
        drawing.pictures(lambda: [assumptions.figure_of(name, subject, ends) for name in moved[:_MEASURED]]),
    )


def _chronicles(subject: Subject, drawing: _Drawing) -> tuple[Chronicle, ...]:
    ensembles = dict(list(subject.told.items())[:SIDES])
    worth = worth_telling(ensembles, common_actors(ensembles))
    found: list[Chronicle] = []
    for told in (worth.typical, worth.extreme):
        if told is None:
            continue
        with suppress(RunError):
            pictures = drawing.pictures(partial(_timelines, ensembles, told))
            found.append(chronicle_of(ensembles, told, worth, pictures))
    return tuple(found)


def _timelines(ensembles: Mapping[str, Ensemble], told: Told) -> list[Figure]:
    names = [f", under {quoted_label(label_of(name, ensemble))}" for name, ensemble in ensembles.items()]
    names = names if len(names) > 1 else [""]
    return [
        Figure(
            f"run-{told.run}",
            f"Run {told.run:,}, event by event{name}",
            "A line leads from a decision to when it takes effect.",
            tracing.alternative(trace, Labels(trace.game.scenario)),
            tracing.timeline(trace),
        )
        for trace, name in zip(traces_of(ensembles, told.run), names, strict=True)
    ]
