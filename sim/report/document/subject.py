"""An answer as the page asks for it: the question, what it came to, and what has to be played or drawn beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.experiment.ends import Side
from sim.experiment.ensemble import Ensemble
from sim.experiment.points import Quantity
from sim.report.document.content import Table
from sim.report.labels import Labels, joined, sentence_case
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.report.charts.figures import Figure


@dataclass(frozen=True)
class Measured:
    """A number of which it is asked what the assumptions make of it."""

    quantity: Quantity
    label: str
    """What it is, within a sentence: ``what NATO gains from "Post-treaty"``."""
    who: str
    """In a word or two: ``NATO``, or the name of a claim."""
    signed: bool = True
    """Whether its sign is the answer, so that an assumption can turn it around."""


@dataclass(frozen=True)
class Subject:
    """An answer, whatever it was that was asked."""

    scenarios: tuple[Scenario, ...]
    question: str
    circumstances: tuple[str, ...]
    follows: str
    """First sentence: what follows, with numbers and intervals."""
    because: str
    """Second sentence: what brings it."""
    cautions: tuple[str, ...]
    tables: tuple[Table, ...]
    figures: Callable[[], Sequence[Figure]]
    """Makes its pictures, where they can be drawn."""
    sides: Mapping[str, Side]
    """What is played where assumptions are moved."""
    measured: Mapping[str, Measured]
    told: Mapping[str, Ensemble]
    """The runs that chronicles are told of, side by side."""
    runs: int
    seed: int
    known: str = ""
    """A sentence that captions of pictures need not repeat."""
    questions: tuple[str, ...] = ()
    """Questions for a class that follow from the answer itself."""
    unmoved: str = ""
    """Why assumptions are not moved where they are not."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """The digest of the runs of each side, by its label."""

    @property
    def title(self) -> str:
        """Return the title of the scenario, or of the several."""
        return " / ".join(dict.fromkeys(Labels(each).title for each in self.scenarios))

    def parameter(self, name: str) -> str:
        """Return the label of a parameter, of the first scenario that has it."""
        having = (each for each in self.scenarios if name in each.parameters)
        return Labels(next(having, self.scenarios[0])).parameter(name)


def given(scenario: Scenario, sides: Mapping[str, Side]) -> tuple[str, ...]:
    """Return what was set on the command line, as sentences."""
    labels, told = Labels(scenario), dict[str, None]()
    for side in sides.values():
        told |= dict.fromkeys(
            f"{labels.parameter(name)} = {value:g}" for name, value in side.setting.parameters.items()
        )
        told |= dict.fromkeys(
            f"{labels.actor(actor)} plays {labels.strategy(actor, name)}" for actor, name in side.setting.plays.items()
        )
    return (f"With {joined(list(told))}, as the command line asks.",) if told else ()


def shown(answer: object) -> Sequence[Figure]:
    """Return the pictures of an answer, but for those of single runs, which are told elsewhere on the page."""
    from sim.report.charts.figures import figures_of

    having = [figure for figure in figures_of(answer) if not figure.name.startswith("one-run")]
    return [replace(figure, title=_untitled(figure.title, answer)) for figure in having]


def _untitled(title: str, answer: object) -> str:
    """Return the title of a picture without that of the scenario, which the page has above it already."""
    games = [getattr(each, "game", None) for each in (answer, *getattr(answer, "ensembles", {}).values())]
    for game in filter(None, games):
        before = f"{Labels(game.scenario).title}: "
        if title.startswith(before):
            return sentence_case(title.removeprefix(before))
    return title


def shown_each(answers: Sequence[object]) -> Sequence[Figure]:
    """Return the pictures of several answers."""
    return [figure for answer in answers for figure in shown(answer)]
