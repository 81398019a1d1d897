"""Random expressions over the names at hand, with every operator and function of the language.

They are shaped to stay finite: divisors and roots are bounded away from trouble, or stand behind a guard that
must be read lazily (``1 / x if x > 0.1 else 0``, ``x > 0.1 and 1 / x > 2``, the values ``pick`` does not choose).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tests.generated import terms
from tests.generated.draws import Draws
from tests.generated.terms import Term, constant, fitted

LONGEST = 300
"""Longer trees are dropped for a leaf, which leaves room for what is wrapped around them (400 are allowed)."""

Scope = Mapping[str, Term]
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
ODD = (0.2837, 0.61803, 1.2837, 0.0917, 2.71345, -0.3717)
"""Numbers that no other value meets exactly, so that comparing a rough value with them is safe."""


class Trees(Draws):
    """Draws expressions as terms."""

    def literal(self, low: float = -2.0, high: float = 4.0) -> Term:
        """Return a number between two bounds, now and then in another spelling."""
        value = self.number(low, high)
        if value > 0 and self.flip(6):
            spelled = constant(value, f"{terms.number_text(round(value * 10, 6))}e-1")
            return spelled if low <= spelled.low <= high else constant(value)
        return constant(value)

    def leaf(self, scope: Scope, exact: bool = False) -> Term:
        """Return a name, or a number where there is none."""
        names = [term for term in scope.values() if not (exact and term.rough)]
        return self.choose(names) if names and self.flip(75) else self.literal()

    def tree(self, scope: Scope, depth: int = 2, exact: bool = False) -> Term:
        """Return any expression of about this depth; an exact one has no rough part."""
        if depth <= 0 or self.flip(15):
            return self.leaf(scope, exact)
        makers: Sequence[Callable[[Scope, int, bool], Term]] = (
            self._sum, self._product, self._sum, self._conditional, self._extreme, self._quotient, self._clip,
            self._guarded, self._condition_as_number, self._steps, self._negative, self._pick, self._root,
            self._power, self._exponential, self._logarithm, self._logistic,
        )  # fmt: skip
        made = self.choose(makers[:13] if exact else makers)(scope, depth - 1, exact)
        if len(made.text) > LONGEST:
            return self.leaf(scope, exact)
        if made.rank < terms.ATOM and self.flip(3):
            made = replace(made, text=f"({made.text})", rank=terms.ATOM)
        return terms.tamed(made)

    def bounded(self, scope: Scope, low: float, high: float, depth: int = 2, exact: bool = False) -> Term:
        """Return an expression sure to lie in ``[low, high]``, as a rate, a chance or a weight must."""
        if self.flip(25):
            return self.literal(low, high)
        term = self.tree(scope, depth, exact)
        if term.within(low, high):
            return term
        ways = [self._squeezed, lambda t, a, b: terms.clipped(t, a, b), self._between, self._stepped]
        held = self.choose(ways[1:] if exact or term.rough else ways)(term, low, high)
        return held if held.within(low, high) else terms.clipped(term, low, high)

    def _squeezed(self, term: Term, low: float, high: float) -> Term:
        part = terms.smooth("logistic", terms.logistic, term)
        scaled = part if high - low == 1 else terms.times(constant(round(high - low, 6)), part)
        return scaled if low == 0 else terms.plus(constant(low), scaled)

    def _between(self, term: Term, low: float, high: float) -> Term:
        above = terms.call("max", [constant(low), term], [max(term.low, low), max(term.high, low)])
        return terms.call("min", [above, constant(high)], [min(above.low, high), min(above.high, high)])

    def _stepped(self, term: Term, low: float, high: float) -> Term:
        step = terms.times(self.literal(high / 4, high), terms.compared(term, ">", constant(self.choose(ODD))))
        return step if low == 0 else terms.plus(constant(low), step)

    # ------------------------------------------------------------ arithmetic

    def _sum(self, scope: Scope, depth: int, exact: bool) -> Term:
        left, right = self.tree(scope, depth, exact), self.tree(scope, depth, exact)
        return self.choose((terms.plus, terms.minus))(left, right)

    def _product(self, scope: Scope, depth: int, exact: bool) -> Term:
        return terms.times(self.tree(scope, depth, exact), self.tree(scope, depth, exact))

    def _negative(self, scope: Scope, depth: int, exact: bool) -> Term:
        return terms.negative(self.tree(scope, depth, exact))

    def _quotient(self, scope: Scope, depth: int, exact: bool) -> Term:
        """Return ``/``, ``//`` or ``%`` by a divisor bounded away from zero; the last two jump, so take exact parts."""
        way = self.choose((terms.over, terms.over, terms.floor_over, terms.modulo))
        exact = exact or way is not terms.over
        return way(self.tree(scope, depth, exact), self._divisor(scope, depth, exact))

    def _divisor(self, scope: Scope, depth: int, exact: bool) -> Term:
        term = self.tree(scope, depth - 1, exact)
        if term.low >= 0.05 or term.high <= -0.05:
            return term
        kind = self.whole(0, 3)
        if kind == 0:
            return self.choose((constant(2), constant(0.4), constant(-1.5), constant(3)))
        if kind == 1:
            return terms.plus(constant(1), terms.call("abs", [term], [0, term.size]))
        if kind == 2:
            return terms.call("max", [term, constant(0.5)], [0.5, max(term.high, 0.5)])
        return terms.clipped(term, 0.25, 4)

    def _power(self, scope: Scope, depth: int, exact: bool) -> Term:
        base = self.tree(scope, depth - 1)
        kind = self.whole(0, 3)
        if kind == 0:
            return terms.whole_power(base if base.size <= 12 else terms.clipped(base, -3, 3), self.whole(0, 3))
        if kind == 1:
            root = terms.call("abs", [base], [0, base.size])
            return terms.power(root if base.low < 0 else base, constant(self.choose((0.5, 1.5))))
        if kind == 2:
            grown = base if base.within(0.1, 9) else terms.call("clip", [base, constant(0.2), constant(2)], [0.2, 2])
            return terms.power(grown, self._small(scope, depth))
        return terms.power(constant(self.choose((0.9, 2, 0.5, 1.1))), self._small(scope, depth))

    def _small(self, scope: Scope, depth: int) -> Term:
        exponent = self.tree(scope, depth - 1)
        return exponent if exponent.within(-4, 4) else terms.clipped(exponent, -2, 3)

    # ------------------------------------------------------------ choices and truth

    def _conditional(self, scope: Scope, depth: int, exact: bool) -> Term:
        condition = self.condition(scope, depth)
        return terms.choice(self.tree(scope, depth, exact), condition, self.tree(scope, depth, exact))

    def _condition_as_number(self, scope: Scope, depth: int, exact: bool) -> Term:
        return self.condition(scope, depth)

    def condition(self, scope: Scope, depth: int = 2) -> Term:
        """Return something asked: comparisons, chains, ``and or not``, guards, the turn, or any number's truth."""
        kind = self.whole(0, 11) if depth > 0 else self.whole(0, 2)
        if kind <= 2:
            made = self._turn_condition(scope) if kind == 2 and "turn" in scope else self._comparison(scope, depth - 1)
        elif kind == 3:
            middle, rest = self.leaf(scope, True), self.tree(scope, depth - 1, True)
            ways = self.choose((("<", "<="), ("<=", "<"), ("!=", ">"), (">", ">="), ("==", "<=")))
            made = terms.compared(self.literal(), ways[0], middle, ways[1], rest)
        elif kind <= 7:
            join = terms.both if kind <= 5 else terms.either
            made = join(self.condition(scope, depth - 1), self.condition(scope, depth - 1))
        elif kind == 8:
            made = terms.denied(self.condition(scope, depth - 1))
        elif kind == 9:
            made = self.tree(scope, depth, True)
        else:
            made = self._guarded_condition(scope, depth)
        return made if len(made.text) <= LONGEST else self._comparison(scope, 0)

    def _comparison(self, scope: Scope, depth: int) -> Term:
        left = self.tree(scope, depth)
        way = self.choose(COMPARISONS[:4] if left.rough else COMPARISONS)
        right = constant(self.choose(ODD)) if left.rough else self.tree(scope, min(depth, 1), True)
        return terms.compared(left, way, right)

    def _turn_condition(self, scope: Scope) -> Term:
        turn = scope["turn"]
        at = constant(self.whole(1, max(1, int(turn.high))))
        if self.flip(25):
            return terms.compared(terms.modulo(turn, constant(self.whole(2, 3))), "==", constant(self.whole(0, 1)))
        return terms.compared(turn, self.choose((">", "<=", "==", "!=", ">=")), at)

    # ------------------------------------------------------------ guards

    def _guard(self, scope: Scope, depth: int, exact: bool) -> tuple[Term, Term, Term]:
        """Return a condition, its opposite, and an expression that may only be read where the condition holds."""
        names = [term for term in scope.values() if not term.rough] or [self.literal(0, 2)]
        name = self.choose(names)
        top = self.tree(scope, depth - 1, exact)
        if "turn" in scope and self.flip(25):
            name, at = scope["turn"], constant(self.whole(1, 3))
            gap = replace(terms.minus(name, at), low=1.0, high=max(1.0, name.high - 1))
            return terms.compared(name, ">", at), terms.compared(name, "<=", at), terms.over(top, gap)
        kind = self.whole(0, 5)
        if kind == 0:
            rounded = replace(terms.call("floor", [name], [1.0, max(1.0, name.size + 1)], True))
            quotient = replace(terms.over(top, rounded), low=-top.size, high=top.size)
            return rounded, terms.denied(rounded), quotient
        if kind == 1 and not exact:
            small = terms.call("log", [name], [-750.0, max(0.0, math.log(max(name.high, 1.0)))])
            limits = constant(0)
            fine = replace(small, rough=True)
            return terms.compared(name, ">", limits), terms.compared(name, "<=", limits), fine
        if kind == 2:
            at = constant(self.choose((0.0, 0.25)))
            gap = terms.minus(name, at)
            root = terms.call("sqrt", [gap], [0.0, math.sqrt(max(0.0, gap.high))])
            return terms.compared(name, ">=", at), terms.compared(name, "<", at), root
        if kind == 3 and not exact:
            steep = terms.times(constant(900), name)
            grown = replace(terms.call("exp", [steep], [0.0, math.exp(4.5)]), rough=True)
            at = constant(0.005)
            return terms.compared(name, "<", at), terms.compared(name, ">=", at), grown
        at = constant(self.choose((0.1, 0.2, 0.5)))
        safe = name.bounded(at.low, max(name.high, at.low))
        way = self.choose((terms.over, terms.over, terms.floor_over, terms.modulo)) if not top.rough else terms.over
        return terms.compared(name, ">", at), terms.compared(name, "<=", at), way(top, safe)

    def _guarded(self, scope: Scope, depth: int, exact: bool) -> Term:
        holds, fails, value = self._guard(scope, depth, exact)
        value = terms.tamed(value)
        other = self.leaf(scope, exact)
        kind = self.whole(0, 2)
        if kind == 0:
            return terms.choice(value, holds, other)
        if kind == 1:
            return terms.choice(other, fails, value)
        index = holds if holds.rank == terms.COMPARE else terms.compared(holds, "!=", constant(0))
        return terms.call("pick", [index, other, value], [other.low, other.high, value.low, value.high])

    def _guarded_condition(self, scope: Scope, depth: int) -> Term:
        holds, fails, value = self._guard(scope, depth, False)
        odd = constant(self.choose(ODD))
        asked = terms.compared(value, self.choose((">", "<")), odd)
        kind = self.whole(0, 3)
        if kind == 0:
            return terms.both(holds, asked)
        if kind == 1:
            return terms.either(fails, asked)
        if kind == 2 and holds.rank == terms.COMPARE:
            # A chain stops like `and`: where the first comparison fails, the last value is not read;
            # only a bound between 0 and 1 can stop it.
            return terms.truth(
                f"{self.choose(('0', '0.5'))} < ({holds.text}) < {fitted(value, terms.SUM)}", terms.COMPARE
            )
        return terms.both(holds, terms.denied(asked))

    # ------------------------------------------------------------ functions

    def _extreme(self, scope: Scope, depth: int, exact: bool) -> Term:
        function = self.choose(("min", "max", "abs"))
        if function == "abs":
            part = self.tree(scope, depth, exact)
            low = 0.0 if part.low <= 0 <= part.high else min(abs(part.low), abs(part.high))
            return terms.call("abs", [part], [low, part.size])
        parts = [self.tree(scope, depth - 1, exact) for _ in range(self.whole(2, 4))]
        of = min if function == "min" else max
        return terms.call(function, parts, [of(part.low for part in parts), of(part.high for part in parts)])

    def _steps(self, scope: Scope, depth: int, exact: bool) -> Term:
        part = self.tree(scope, depth, True)
        if self.flip(50):
            return terms.call("floor", [part], [math.floor(part.low), math.floor(part.high)], True)
        return terms.call("ceil", [part], [math.ceil(part.low), math.ceil(part.high)], True)

    def _clip(self, scope: Scope, depth: int, exact: bool) -> Term:
        part, low = self.tree(scope, depth, exact), self.literal(-3, 1)
        high = self.literal(low.high, low.high + 4)
        above = [name for name in scope.values() if name.low >= low.high and not (exact and name.rough)]
        if above and self.flip(40):
            high = self.choose(above)
        return terms.call("clip", [part, low, high], [low.low, high.high])

    def _pick(self, scope: Scope, depth: int, exact: bool) -> Term:
        parts = [self.tree(scope, depth - 1, exact) for _ in range(self.whole(1, 4))]
        values = [part.low for part in parts] + [part.high for part in parts]
        return terms.call("pick", [self.tree(scope, depth - 1, True), *parts], values)

    def _root(self, scope: Scope, depth: int, exact: bool) -> Term:
        part = self.tree(scope, depth, exact)
        if part.low < 0:
            part = terms.call("abs", [part], [0, part.size])
        return terms.call("sqrt", [part], [math.sqrt(part.low), math.sqrt(part.high)])

    def _exponential(self, scope: Scope, depth: int, exact: bool) -> Term:
        part = self.tree(scope, depth)
        return terms.smooth("exp", math.exp, part if part.high <= 4 else terms.clipped(part, -20, 3))

    def _logarithm(self, scope: Scope, depth: int, exact: bool) -> Term:
        part = self.tree(scope, depth)
        if part.low < 0.01:
            part = terms.call("max", [part, constant(0.1)], [0.1, max(part.high, 0.1)])
        return terms.smooth("log", math.log, part)

    def _logistic(self, scope: Scope, depth: int, exact: bool) -> Term:
        return terms.smooth("logistic", terms.logistic, self.tree(scope, depth))
