"""A matrix in words: strategies, equilibria, how sure they are, which is selected, what is dominated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.errors import one_line
from sim.experiment.dominance import Dominated
from sim.experiment.equilibria import Equilibrium
from sim.experiment.matrix import Matrix
from sim.experiment.selection import ONLY, PAYOFFS, REPLIES
from sim.experiment.summary import Stat
from sim.experiment.vertices import MOST
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, quoted_label

_LISTED = 6
"""Things of a kind that are told one by one."""


class Words:
    """The words for one matrix."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.labels = Labels(matrix.game.scenario)

    @property
    def regime(self) -> str:
        """Return the regime's label, with its name where that differs."""
        label = self.labels.regime(self.matrix.regime)
        return label if label == self.matrix.regime else f"{label} ({self.matrix.regime})"

    def actor(self, side: int) -> str:
        """Return an actor's label."""
        return self.labels.actor(self.matrix.actors[side])

    def strategy(self, side: int, place: int) -> str:
        """Return the label of a strategy."""
        return self.labels.strategy(self.matrix.actors[side], self.matrix.strategies[side][place])

    def entry(self, side: int, name: str) -> str:
        """Return the label of a ledger entry."""
        return self.labels.entry(self.matrix.actors[side], name)

    def name(self, side: int, place: int) -> str:
        """Return the name of a strategy, as commands take it."""
        return one_line(self.matrix.strategies[side][place])

    def mix(self, side: int, probabilities: NDArray[np.float64]) -> str:
        """Return what a side plays: a strategy's name, or several with their probabilities."""
        played = [place for place, share in enumerate(probabilities) if share > 1e-8]
        if len(played) == 1:
            return self.name(side, played[0])
        return joined([f"{self.name(side, each)} {numbers.percent(float(probabilities[each]), 1)}" for each in played])

    def profile(self, each: Equilibrium) -> str:
        """Return what both sides play in an equilibrium."""
        parts = [f"{self.actor(side)}: {self.mix(side, each.probabilities[side])}" for side in (0, 1)]
        return "; ".join(parts)

    def worth(self, each: Equilibrium) -> str:
        """Return what both sides get in an equilibrium."""
        got = [f"{self._number(side, each.payoffs[side])} to {inside(self.actor(side))}" for side in (0, 1)]
        kind = "Pure" if each.pure else "Mixed"
        corner = "" if each.isolated else ", a corner of infinitely many"
        return f"{kind}{corner}: brings {joined(got)}"

    def sureness(self, each: Equilibrium) -> str:
        """Return how sure an equilibrium is; nothing where it cannot be told."""
        if each.support is None:
            return ""
        share = numbers.percent(each.support)
        if each.settled:
            return f"It stays one in {share} of resamples of the runs."
        return f"Uncertain: it stays one in {share} of resamples of the runs. {_more(each.more_runs)}"

    def base(self) -> str:
        """Return from what changes are told."""
        place = self.matrix.selected.place
        if place is not None:
            return f"equilibrium {place + 1}"
        profile = [self.mix(side, self.matrix.base[side]) for side in (0, 1)]
        return f"{joined(profile, 'against')}"

    def sentences(self) -> list[str]:
        """Return what there is to say about the game as a whole."""
        return [*self._trust(), self.selection(), *self._possible(), *self._alike(), *self._dominated()]

    def selection(self) -> str:
        """Return which equilibrium the regime selects, and why."""
        chosen = self.matrix.selected
        regime = quoted_label(self.labels.regime(self.matrix.regime))
        number = (chosen.place or 0) + 1
        if chosen.why == ONLY:
            return "There is one equilibrium, so this is what both would choose if both choose well."
        if chosen.why == REPLIES and len(chosen.path) == 1:
            return f"What {regime} has both play is equilibrium {number}: neither gains by leaving it alone."
        if chosen.why == REPLIES:
            way = ", then ".join(f"{self.name(0, row)} against {self.name(1, column)}" for row, column in chosen.path)
            return f"From what {regime} has both play, best replies lead to equilibrium {number}: {way}."
        if chosen.why == PAYOFFS:
            return f"Best replies lead nowhere; equilibrium {number} is better for both than every other one."
        return "Nothing selects one of the equilibria: best replies from what is played lead to none of them."

    def _trust(self) -> list[str]:
        found, told = self.matrix.found, []
        if found.too_large:
            sizes = joined([f"{len(kept)} of {inside(self.actor(side))}" for side, kept in enumerate(found.kept)])
            told.append(
                f"Only equilibria of pure strategies were sought: when strictly dominated strategies are gone, {sizes} "
                f"are left, and mixed ones are found for up to {MOST} in all. Name fewer with --play."
            )
        elif not found.complete:
            told.append(
                "Not all equilibria may be listed: some answers of the solver failed the check and were dropped."
            )
        unsure = [str(place + 1) for place, each in enumerate(found.equilibria) if each.settled is False]
        if unsure:
            which = "Equilibrium" if len(unsure) == 1 else "Equilibria"
            told.append(f"{which} {joined(unsure)} may be the doing of luck: too few runs to tell.")
        if found.degenerate:
            told.append(self._degenerate())
        return told

    def _degenerate(self) -> str:
        found, why = self.matrix.found, []
        if any(len(group) > 1 for groups in found.alike for group in groups):
            why.append("some strategies come to the same")
        if found.ties:
            side, other, replies = found.ties[0]
            names = joined([self.name(side, each) for each in replies])
            more = f", and {len(found.ties) - 1} more such ties" if len(found.ties) > 1 else ""
            why.append(
                f"{names} are equally good to {inside(self.actor(side))} against {self.name(1 - side, other)}{more}"
            )
        if not why:
            why.append("a mixed strategy leaves more best replies than it mixes")
        words = f"The game is degenerate: {joined(why)}. "
        if all(each.isolated for each in found.equilibria):
            return words + "No equilibrium listed is touched by it."
        return words + "There are infinitely many equilibria; those listed are the corners between which they lie."

    def _possible(self) -> list[str]:
        told = []
        for each in self.matrix.found.possible[:_LISTED]:
            row, column = each.cell
            told.append(
                f"{self.name(0, row)} against {self.name(1, column)} is no equilibrium as estimated, but is one in "
                f"{numbers.percent(each.support)} of resamples. {_more(each.more_runs)}"
            )
        return told

    def _alike(self) -> list[str]:
        told = []
        for side, groups in enumerate(self.matrix.found.alike):
            for group in groups:
                if len(group) > 1:
                    names = joined([self.name(side, each) for each in group])
                    who, stands = inside(self.actor(side)), self.name(side, group[0])
                    told.append(f"For {who} {names} come to the same: {stands} stands for them.")
        return told

    def _dominated(self) -> list[str]:
        told = []
        for side in (0, 1):
            copies = {each for group in self.matrix.found.alike[side] for each in group[1:]}
            mine = [each for each in self.matrix.found.dominated if each.side == side and each.strategy not in copies]
            for strictly, how in ((True, "does better"), (False, "does never worse and at times better")):
                if some := self._by_dominator([each for each in mine if each.strictly == strictly], how):
                    told.append(f"For {inside(self.actor(side))}, whatever the other does, {'; '.join(some)}.")
        return told

    def _by_dominator(self, some: list[Dominated], how: str) -> list[str]:
        below: dict[str, list[str]] = {}
        for each in some:
            by = self.mix(each.side, np.array(each.by))
            by = by if max(each.by) == 1.0 else f"a mix of {by}"
            below.setdefault(by, []).append(self.name(each.side, each.strategy))
        return [f"{by} {how} than {joined(names, 'or')}" for by, names in below.items()]

    def _number(self, side: int, value: float) -> str:
        error = None if self.matrix.se is None else float(self.matrix.se[side].max())
        return numbers.number(value, numbers.common_decimals([Stat(value, error, None, None)]))


def _more(runs: int | None) -> str:
    if runs is None:
        return "No number of runs is likely to settle it: it hangs on a tie."
    if runs == 0:
        return "That is as good as settled."
    digits = 10 ** max(len(str(runs)) - 2, 0)
    return f"About {-(-runs // digits) * digits:,} more runs would settle it."
