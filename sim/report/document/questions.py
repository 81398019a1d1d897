"""What to ask a class: the questions of the scenario, and those that follow from the answer itself."""

from __future__ import annotations

from sim.errors import one_line
from sim.experiment.ends import Ends
from sim.report.document.chronicle import parting
from sim.report.document.content import Chronicle
from sim.report.document.subject import Subject
from sim.report.labels import quoted_label


def questions_of(subject: Subject, ends: Ends | None, chronicles: tuple[Chronicle, ...]) -> tuple[str, ...]:
    """Return questions for a class, those of the scenario first."""
    written = [
        one_line(question)
        for scenario in subject.scenarios
        if scenario.teaching is not None
        for question in scenario.teaching.questions
    ]
    return tuple(dict.fromkeys([*written, *subject.questions, *_of_assumptions(subject, ends), *_of_runs(chronicles)]))


def _of_assumptions(subject: Subject, ends: Ends | None) -> list[str]:
    if ends is None:
        return []
    swings = [swing for result in ends.results.values() for swing in result.swings if swing.size]
    if not swings:
        return []
    most = quoted_label(subject.parameter(swings[0].parameter))
    return [
        f"Much hangs on {most}. What evidence would convince somebody who puts it at the other end of its range?",
        "Which one number would you change, and what do you expect to follow? Change it with `--set` and look.",
    ]


def _of_runs(chronicles: tuple[Chronicle, ...]) -> list[str]:
    if len(chronicles) < 2:
        return []
    words = parting(chronicles[0])
    asked = ["The extreme run has the same incentives as the typical one. How much of it is luck, and how much choice?"]
    return [f"{words} Could anybody have known then how it would end?", *asked] if words else asked
