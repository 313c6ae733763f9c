"""Many steps with step sizes 1/sqrt(t + 1), enclosed in balls: w(t + 1) = w(t) - eta_t grad log L(w(t))."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flint import arb, fmpq

from refutable.theorems.exact import Computed
from refutable.theorems.exact.precision import working_precision

Row = Sequence[fmpq]


@dataclass(frozen=True)
class Reached:
    """What a run has reached after its steps, in balls.

    Attributes:
        least_margin: min_n x_n.w.
        norm: |w|.
        decrease: sum of eta g^2 (1 - eta/2) over the steps, g = |grad log L|.
        length: sum of eta g: no shorter than the way from the start.
    """

    least_margin: arb
    norm: arb
    decrease: arb
    length: arb


@dataclass(eq=False)
class Run:
    """A run: rows [n][d], start [d], number of steps. Each precision is enclosed once."""

    rows: Sequence[Row]
    start: Row
    steps: int
    _known: dict[int, Reached] = field(default_factory=dict)

    def number(self, read: Callable[[Reached], arb]) -> Computed:
        """One of the numbers reached, at any precision."""
        return Computed(lambda bits: read(self.reached(bits)))

    def reached(self, bits: int) -> Reached:
        """All numbers, at a working precision of ``bits`` beyond what the steps lose."""
        if bits not in self._known:
            with working_precision(bits + 8 * self.steps):
                self._known[bits] = _reach(self.rows, self.start, self.steps)
        return self._known[bits]


def _dot(a: Sequence[arb], b: Sequence[arb]) -> arb:
    return sum((p * q for p, q in zip(a, b, strict=True)), arb(0))


def _reach(rows: Sequence[Row], start: Row, steps: int) -> Reached:
    data, w = [[arb(q) for q in row] for row in rows], [arb(q) for q in start]
    decrease, length = arb(0), arb(0)
    for t in range(steps):
        weights = [(-_dot(row, w)).exp() for row in data]
        total = sum(weights, arb(0))
        descent = [_dot(weights, [row[i] for row in data]) / total for i in range(len(w))]
        square, eta = _dot(descent, descent), 1 / arb(t + 1).sqrt()
        decrease += eta * square * (1 - eta / 2)
        length += eta * square.nonnegative_part().sqrt()
        w = [a + eta * b for a, b in zip(w, descent, strict=True)]
    least = _dot(data[0], w)
    for row in data[1:]:
        least = least.min(_dot(row, w))
    return Reached(least, _dot(w, w).nonnegative_part().sqrt(), decrease, length)
