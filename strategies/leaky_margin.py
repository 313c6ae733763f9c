"""Points of the max-margin problem of leaky ReLU networks. They shrink to one neuron, one datum, one input."""

from __future__ import annotations

from typing import Any

from flint import fmpq
from hypothesis.strategies import SearchStrategy

from refutable.strategies.coded_choices import Choices, choices
from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.leaky_margin import LEAKY_MARGIN
from refutable.theorems.domains.leaky_margin.kkt import agreeing_slopes, all_margins_one, own_slopes
from refutable.theorems.instances import Instance

ANY_SLOPE = "slope-up-to-one"
SOLVED = frozenset({"subgradient", ANY_SLOPE, "stationary", "feasible", "complementary"})
WEAKER = frozenset({"no-slope", "constant-1/25", "norms-alone", "weakly-correlated-without-slope"})
ORTHOGONAL = frozenset({"nearly-orthogonal", "weakly-correlated"}) | WEAKER
STRICT = frozenset({"nearly-orthogonal"})
KNOWN = SOLVED | ORTHOGONAL

PLUS, MINUS = fmpq(1), fmpq(-1)
SLOPES = (fmpq(1, 2), PLUS, fmpq(1, 4), fmpq(1, 8), fmpq(3, 4), fmpq(1, 3), fmpq(1, 100))
SMALL = tuple(fmpq(q) for q in (1, 0, -1, 2, -2, 3, -3, 4, -4))
LENGTHS = (fmpq(1), fmpq(1), fmpq(2), fmpq(1, 2), fmpq(5))
ROUNDS = 6
"""How often slopes are chosen anew from the weights before others are taken."""

DIVIDED = 3
"""Data, inputs and neurons of the least points of rank 3."""

Rows = list[list[fmpq]]


def _row(code: Choices, count: int) -> list[fmpq]:
    return [code.among(SMALL) for _ in range(count)]


def _signs(code: Choices, count: int) -> list[fmpq]:
    """Alternating, all alike, or any."""
    kind = code.below(4)
    if kind < 2:
        return [PLUS if k % 2 == 0 else MINUS for k in range(count)]
    return [PLUS if kind == 2 or code.below(2) else MINUS for _ in range(count)]


def _outputs(code: Choices, count: int) -> list[fmpq]:
    """Output weights 1 and -1, or of different sizes."""
    signs = _signs(code, count)
    return signs if code.below(2) == 0 else [q * fmpq(k + 1, 2) for k, q in enumerate(signs)]


def _count(code: Choices, most: int) -> int:
    return code.among([k for k in (2, 3, 2, 1, 4) if k <= most])


def far_enough(x: Rows, slope: fmpq, assumes: frozenset[str]) -> bool:
    """Whether no input is 0 and all are as nearly orthogonal as the assumptions want."""
    squares = [_dot(row, row) for row in x]
    low, high, n = min(squares), max(squares), len(x)
    if low == 0:
        return False
    p = max((abs(_dot(a, b)) for i, a in enumerate(x) for b in x[:i]), default=fmpq(0))
    weak = (n - 1) * p * (high + (slope + slope**2) * low)
    conditions = {
        "no-slope": 3 * high * n * p <= low**2,
        "constant-1/25": high * n * p <= 25 * low**2 * slope**3,
        "norms-alone": n * p <= low,
        "weakly-correlated-without-slope": weak < low**2,
        "weakly-correlated": weak < low**2 * slope**3,
    }
    return all(conditions.get(id, 3 * high * n * p <= low**2 * slope**3) for id in assumes & ORTHOGONAL)


def _dot(p: list[fmpq], q: list[fmpq]) -> fmpq:
    return sum((b * c for b, c in zip(p, q, strict=True)), fmpq(0))


def inputs(code: Choices, n: int, d: int, slope: fmpq, assumes: frozenset[str]) -> Rows:
    """Rows near multiples of the axes, the nearer the smaller the slope where they must be; or any."""
    x = [_row(code, d) for _ in range(n)]
    if not assumes & ORTHOGONAL and code.below(2):
        return [row if any(row) else [fmpq(1), *row[1:]] for row in x]
    if code.below(3) == 0:
        return evenly_apart(n, d, slope, assumes, code.below(3))
    lengths, far = [code.among(LENGTHS) for _ in range(n)], fmpq(code.among((1, 4, 16, 8)))
    while True:
        moved = [[c + far * lengths[i] * (k == i) for k, c in enumerate(row)] for i, row in enumerate(x)]
        if not assumes & ORTHOGONAL or far_enough(moved, slope, assumes):
            return moved
        far *= 2


def evenly_apart(n: int, d: int, slope: fmpq, assumes: frozenset[str], more: int) -> Rows:
    """far e_i - (1, ..., 1), with ``far`` a little above the least whole number that the assumptions allow."""

    def rows(far: int) -> Rows:
        return [[fmpq(far * (k == i) - 1) for k in range(d)] for i in range(n)]

    far = 2
    while assumes & ORTHOGONAL and not far_enough(rows(far), slope, assumes):
        far *= 2
    step = far // 4
    while step:
        if far_enough(rows(far - step), slope, assumes):
            far -= step
        step //= 2
    farther = rows(far + more)
    return farther if far_enough(farther, slope, assumes) else rows(far)


def divided(code: Choices, slope: fmpq, assumes: frozenset[str]) -> tuple[Rows, list[fmpq], list[fmpq], Rows]:
    """Three data of one label as far from orthogonal as may be; each neuron of their sign is inactive at one or none.

    Inputs, labels, output weights and slopes: where the multipliers let such neurons be, their weights have rank 3.
    """
    a = [PLUS, PLUS, code.among((MINUS, PLUS))]
    table = []
    for q in a:
        left_out = code.below(DIVIDED + 1)
        table.append([PLUS if q > 0 and i != left_out else slope for i in range(DIVIDED)])
    return evenly_apart(DIVIDED, DIVIDED, slope, assumes, code.below(3)), [PLUS] * DIVIDED, a, table


def solved_point(code: Choices, assumes: frozenset[str], size: Size) -> Instance:
    """A point that satisfies the assumptions by construction."""
    orthogonal, solved = bool(assumes & ORTHOGONAL), bool(assumes & SOLVED)
    d = code.among([k for k in (2, 3, 3, 4, 1) if k <= max(2, size.max_inputs + 1)])
    n = _count(code, d if orthogonal or solved else min(4, size.max_samples))
    m = _count(code, min(4, size.max_neurons))
    slope, y, a = code.among(SLOPES), _signs(code, n), _outputs(code, m)
    probe = _row(code, d)
    roomy = min(size.max_inputs, size.max_neurons, size.max_samples) >= DIVIDED
    if roomy and ANY_SLOPE in assumes and code.below(2):
        return _with_kinks(code, slope)
    if roomy and solved and code.below(2 if assumes & WEAKER else 4) == 0:
        x, y, a, table = divided(code, slope, assumes)
        probe = _row(code, DIVIDED)
    else:
        x = inputs(code, n, d, slope, assumes)
        table = [[code.among((PLUS, slope)) for _ in range(n)] for _ in range(m)]
    if solved:
        x, multipliers, w, table = _solved(x, y, a, slope, table)
    else:
        multipliers, w = _row(code, n), [_row(code, d) for _ in range(m)]
    point = LEAKY_MARGIN.instance(x=x, y=y, slope=slope, a=a, w=w, multipliers=multipliers, slopes=table, probe=probe)
    if solved and len(y) < size.max_samples and code.below(2):
        return with_slack(point, _row(code, len(probe)), code.among(LENGTHS), assumes)
    return point


def with_slack(point: Instance, towards: list[fmpq], length: fmpq, assumes: frozenset[str]) -> Instance:
    """The point with one datum more, of multiplier 0 and margin at least 1; itself where none fits the assumptions."""
    heights = [_dot(list(w), towards) for w in point["w"]]
    f = sum((q * max(h, point["slope"] * h) for q, h in zip(point["a"], heights, strict=True)), fmpq(0))
    if f == 0:
        return point
    factor = max(length, (1 / abs(f)).ceil())
    x = [*(list(row) for row in point["x"]), [factor * c for c in towards]]
    if not far_enough(x, point["slope"], assumes):
        return point
    own = own_slopes([towards], point["w"].tolist(), point["slope"])
    return LEAKY_MARGIN.instance(
        **{
            **point.values,
            "x": x,
            "y": [*point["y"], PLUS if f > 0 else MINUS],
            "multipliers": [*point["multipliers"], fmpq(0)],
            "slopes": [[*row, *more] for row, more in zip(point["slopes"], own, strict=True)],
        }
    )


def _with_kinks(code: Choices, slope: fmpq) -> Instance:
    """Three orthogonal data, some of them at the kink of some of three neurons, with slope 0 there."""
    y, a, lengths = _signs(code, DIVIDED), _outputs(code, DIVIDED), [code.among(LENGTHS) for _ in range(DIVIDED)]
    x = [[length * (k == i) for k in range(DIVIDED)] for i, length in enumerate(lengths)]
    agreeing = agreeing_slopes(y, a, slope)
    kinked = [[g * code.below(2) for g in row] for row in agreeing]
    table = kinked if all(any(column) for column in zip(*kinked, strict=True)) else agreeing
    multipliers, w = _certain(x, y, a, table)
    probe = _row(code, DIVIDED)
    return LEAKY_MARGIN.instance(x=x, y=y, slope=slope, a=a, w=w, multipliers=multipliers, slopes=table, probe=probe)


def _solved(x: Rows, y: list[fmpq], a: list[fmpq], slope: fmpq, table: Rows) -> tuple[Rows, list[fmpq], Rows, Rows]:
    """Inputs, multipliers, weights and slopes; the inputs are moved apart where these have no such point."""
    multipliers, w, slopes = _solution(x, y, a, slope, table)
    if multipliers is not None:
        return x, multipliers, w, slopes
    x = [[20 * fmpq(int(k == i)) / slope**2 + c / 100 for k, c in enumerate(row)] for i, row in enumerate(x)]
    x, agreeing = _apart(x, slope), agreeing_slopes(y, a, slope)
    return x, *_certain(x, y, a, agreeing), agreeing


def _apart(x: Rows, slope: fmpq) -> Rows:
    """The rows moved along the axes until they are nearly orthogonal."""
    while not far_enough(x, slope, STRICT):
        x = [[c * (4 if k == i else 1) for k, c in enumerate(row)] for i, row in enumerate(x)]
    return x


def _certain(x: Rows, y: list[fmpq], a: list[fmpq], table: Rows) -> tuple[list[fmpq], Rows]:
    found = all_margins_one(x, y, a, table)
    assert found is not None
    return found


def _solution(x: Rows, y: list[fmpq], a: list[fmpq], slope: fmpq, table: Rows) -> tuple[Any, Any, Rows]:
    """Multipliers, weights and slopes that belong together, from the slopes given or from those that fit the labels."""
    for start in (table, agreeing_slopes(y, a, slope)):
        slopes = start
        for _ in range(ROUNDS):
            found = all_margins_one(x, y, a, slopes)
            if found is None:
                break
            multipliers, w = found
            own = own_slopes(x, w, slope)
            if own == slopes:
                if min(multipliers) >= 0:
                    return multipliers, w, slopes
                break
            slopes = own
    return None, None, table


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> SearchStrategy[Instance]:
    """No family is drawn from."""
    refuse_unknown(assumes, KNOWN, "points of the max-margin problem")
    return choices().map(lambda code: solved_point(code, assumes, size))


SUPPLY = DrawnSupply(LEAKY_MARGIN, _drawn)
