"""Every operation of certified floats against rationals: the exact value lies within the radius, near-ties included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.exact import as_real, compare, computed
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps, certified
from refutable.theorems.ops.error_free import in_range, product_error, sum_error
from refutable.theorems.ops.exact import ExactOps

EXACT = ExactOps()


def rational(value: Any) -> fmpq:
    return fmpq(*float(value).as_integer_ratio())


def rationals(values: Any) -> Any:
    flat = np.array([rational(v) for v in np.ravel(values)], dtype=object)
    return flat.reshape(np.shape(values))


def floats(rng: np.random.Generator, *shape: int) -> Any:
    """Numbers of many sizes: zeros, ones, neighbours of one another, subnormal and large ones."""
    value = rng.normal(size=shape) * 2.0 ** rng.integers(-30, 31, size=shape)
    value = np.where(rng.uniform(size=shape) < 0.15, rng.integers(-2, 3, size=shape), value)
    value = np.where(rng.uniform(size=shape) < 0.1, 1 + 2.0**-52 * rng.integers(-4, 5, size=shape), value)
    value = np.where(rng.uniform(size=shape) < 0.05, rng.normal(size=shape) * 2.0**-1060, value)
    return np.where(rng.uniform(size=shape) < 0.03, rng.normal(size=shape) * 2.0**400, value)


def enclosures(rng: np.random.Generator, *shape: int) -> tuple[CertifiedArray, Any]:
    """An array with radii on some of its entries, and exact numbers within them: at the ends or in between."""
    mid = floats(rng, *shape)
    rad = np.where(rng.uniform(size=shape) < 0.5, 0.0, np.abs(floats(rng, *shape)) * 2.0**-45)
    place = rng.choice([-1, 0, 1], size=shape)
    truth = rationals(mid) + rationals(rad) * np.vectorize(fmpq, otypes=[object])(place)
    return CertifiedArray(mid, rad), truth


def exact_ones(rng: np.random.Generator, *shape: int) -> tuple[CertifiedArray, Any]:
    mid = floats(rng, *shape)
    return CertifiedArray(mid), rationals(mid)


def gates(rng: np.random.Generator, *shape: int) -> tuple[CertifiedArray, Any]:
    mid = rng.integers(0, 2, size=shape).astype(float)
    return CertifiedArray(mid, gate=True), rationals(mid)


KINDS: dict[str, Callable[..., tuple[CertifiedArray, Any]]] = {
    "enclosed": enclosures,
    "exact": exact_ones,
    "gate": gates,
}


def assert_encloses(found: CertifiedArray, truth: Any, name: str) -> None:
    """|mid - truth| <= rad wherever the radius is finite; few are not."""
    mid, rad = (np.atleast_1d(part) for part in (found.mid, found.rad))
    known = np.isfinite(mid) & np.isfinite(rad)
    truth = np.broadcast_to(truth, mid.shape)
    for at in zip(*np.nonzero(known), strict=True):
        middle, radius = rational(mid[at]), rational(rad[at])
        above, below = compare(as_real(truth[at]), middle + radius), compare(as_real(truth[at]), middle - radius)
        assert above in (0, -1), (name, at, float(mid[at]), float(rad[at]))
        assert below in (0, 1), (name, at, float(mid[at]), float(rad[at]))


ELEMENTWISE: dict[str, Callable[[Any, Any, Any], Any]] = {
    "sum": lambda ops, a, b: a + b,
    "difference": lambda ops, a, b: a - b,
    "negative": lambda ops, a, b: -a,
    "product": lambda ops, a, b: a * b,
    "square": lambda ops, a, b: a * a,
    "times 1/8": lambda ops, a, b: a * ops.ratio(1, 8),
    "times -4": lambda ops, a, b: a * -4,
    "times 1/3": lambda ops, a, b: a * ops.ratio(1, 3),
    "times 0": lambda ops, a, b: a * 0,
    "divided by 2": lambda ops, a, b: a / 2,
    "modulus": lambda ops, a, b: ops.abs(a),
    "minimum": lambda ops, a, b: ops.minimum(a, b),
    "maximum": lambda ops, a, b: ops.maximum(a, b),
    "minimum with 1": lambda ops, a, b: ops.minimum(a, ops.ratio(1)),
    "maximum of near ties": lambda ops, a, b: ops.maximum(a, a + b * ops.ratio(1, 2**50)),
    "sum of both axes": lambda ops, a, b: ops.sum(ops.sum(a * b, -2)),
    "largest": lambda ops, a, b: ops.max(a),
    "mean": lambda ops, a, b: ops.mean(a + b),
    "matrix product": lambda ops, a, b: ops.matmul(a, ops.transpose(b)),
    "outer product": lambda ops, a, b: ops.matmul(a[..., :1], ops.transpose(b)[..., :1, :]),
    "matrix and vector": lambda ops, a, b: ops.matvec(a, b[..., 0, :]),
    "rows side by side": lambda ops, a, b: ops.concat([a, b]),
    "one minus": lambda ops, a, b: ops.ones_like(a) - a,
    "zeros": lambda ops, a, b: ops.zeros_like(a) + b,
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", sorted(ELEMENTWISE))
@pytest.mark.parametrize("second", sorted(KINDS))
@pytest.mark.parametrize("first", sorted(KINDS))
def test_an_operation_encloses_the_exact_value(name: str, first: str, second: str) -> None:
    function = ELEMENTWISE[name]
    rng = np.random.default_rng([sorted(ELEMENTWISE).index(name), len(first), len(second)])
    for shape in ((3, 3), (4, 4), (2, 2)):
        (a, true_a), (b, true_b) = KINDS[first](rng, 6, *shape), KINDS[second](rng, 6, *shape)
        found = function(CertifiedOps(6), a, b)
        for row in range(6):
            assert_encloses(found[row], function(EXACT, true_a[row], true_b[row]), name)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("first", ["enclosed", "exact"])
@pytest.mark.parametrize("second", ["enclosed", "exact"])
def test_a_quotient_encloses_the_exact_one(first: str, second: str) -> None:
    rng = np.random.default_rng(9)
    (a, true_a), (b, true_b) = KINDS[first](rng, 300), KINDS[second](rng, 300)
    found = a / b
    assert np.isinf(found.rad[b.possibly_zero()]).all()
    usable = np.array([t != 0 for t in true_b])
    assert_encloses(found[usable], true_a[usable] / true_b[usable], "quotient")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("kind", ["enclosed", "exact", "gate"])
def test_a_square_root_encloses_the_exact_one(kind: str) -> None:
    a, truth = KINDS[kind](np.random.default_rng(10), 200)
    usable = np.array([t >= 0 for t in truth])
    roots = np.array([computed.sqrt(t) for t in truth[usable]], dtype=object)
    assert_encloses(CertifiedOps(1).sqrt(a[usable]), roots, "square root")


def test_products_and_sums_report_their_errors() -> None:
    rng = np.random.default_rng(11)
    a, b = floats(rng, 2000), floats(rng, 2000)
    total, product = a + b, a * b
    for x, y, s, error in zip(a, b, total, sum_error(a, b, total), strict=True):
        assert rational(x) + rational(y) == rational(s) + rational(error)
    usable = in_range(a) & in_range(b)
    assert usable.sum() > 1000
    errors = product_error(a, b, product)
    for x, y, p, error in zip(a[usable], b[usable], product[usable], errors[usable], strict=True):
        assert rational(x) * rational(y) == rational(p) + rational(error)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_overflows_is_not_known() -> None:
    large = CertifiedArray([1.5 * 2.0**1023])
    matrix = CertifiedArray([[[1.5 * 2.0**1023] * 2] * 2])
    for value in (large + large, large * large, large * 2, CertifiedOps(1).matmul(matrix, matrix)):
        assert not np.isfinite(value.rad).any() or not np.isfinite(value.mid).any()
        assert not (value.mid > value.rad).any()


def test_nothing_that_is_unknown_becomes_known_by_a_zero() -> None:
    with np.errstate(invalid="ignore"):
        unknown = certified(1) / CertifiedArray([[0.0, 0.0]])
        zero = CertifiedArray.zeros((1, 2))
        ops = CertifiedOps(1)
        for value in (unknown * zero, unknown * 0, ops.matmul(unknown, ops.transpose(zero))):
            assert not np.isfinite(value.rad).any()


def test_writing_into_an_array_leaves_those_it_came_from() -> None:
    ops = CertifiedOps(1)
    source = CertifiedArray(np.array([[1.0, 2.0]]))
    sum_ = source + CertifiedArray.zeros((1, 2))
    sum_[..., 0] = CertifiedArray(np.array([5.0]), [0.5])
    assert source.mid.tolist() == [[1.0, 2.0]]
    assert (sum_.mid.tolist(), sum_.rad.tolist()) == ([[5.0, 2.0]], [[0.5, 0.0]])
    zeros = ops.zeros_like(source)
    zeros[..., 1] = CertifiedArray(np.array([3.0]))
    assert zeros.mid.tolist() == [[0.0, 3.0]]
    assert not zeros.null


@pytest.mark.parametrize("d", [1, 2, 3])
def test_hyperplanes_are_grouped_as_rationals_group_them(d: int) -> None:
    rng = np.random.default_rng(12 + d)
    decided = shared = 0
    for _ in range(300):
        w, b = planted_hyperplanes(rng, d, 4)
        ops = CertifiedOps(1)
        segments, ratio = ops.parallel(CertifiedArray(w[None]), CertifiedArray(b[None]))
        exact_segments, exact_ratio = EXACT.parallel(rationals(w), rationals(b))
        if ops.unsafe[0]:
            continue
        decided += 1
        shared += bool((exact_segments != np.arange(4)).any())
        assert segments[0].tolist() == exact_segments.tolist(), (w, b)
        assert_encloses(ratio[0], exact_ratio, "ratio")
        values = floats(rng, 1, 4)
        sums = ops.segment_sum(CertifiedArray(values), segments)
        assert_encloses(sums[0], EXACT.segment_sum(rationals(values[0]), exact_segments), "segment sum")
    assert decided > 250
    assert shared > 80


def planted_hyperplanes(rng: np.random.Generator, d: int, k: int) -> tuple[Any, Any]:
    """Hyperplanes, some of them multiples of one another, some an ulp off that, some with w = 0."""
    w, b = rng.normal(size=(k, d)), rng.normal(size=k)
    b[0] = rng.choice([b[0], 0.0])
    w[0] = np.round(w[0] * 2**20) / 2**20  # small enough for multiples by integers to be exact
    b[0] = np.round(b[0] * 2**20) / 2**20
    for i in range(1, k):
        kind = rng.integers(0, 5)
        factor = float(rng.choice([1, -1, 2, -0.5, 3, -7, 2.0**-40, 1 / 3]))
        if kind in (0, 1):
            w[i], b[i] = factor * w[0], factor * b[0]
        if kind == 1:
            w[i, -1] = np.nextafter(w[i, -1], np.inf)
        if kind == 2:
            w[i] = 0
    return w, b


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-530, 2.0**530])
def test_hyperplanes_beyond_the_range_of_exact_products_are_flagged(scale: float) -> None:
    ops = CertifiedOps(1)
    w, b = np.array([[[1.0], [3.0]]]) * scale, np.array([[1.0, 3.0]]) * scale
    ops.parallel(CertifiedArray(w), CertifiedArray(b))
    assert ops.unsafe.tolist() == [True]


def test_hyperplanes_with_errors_that_may_coincide_are_flagged() -> None:
    ops = CertifiedOps(2)
    w = CertifiedArray(np.array([[[1.0], [3.0]], [[1.0], [3.0]]]), 2.0**-60)
    ops.parallel(w, CertifiedArray(np.array([[1.0, 3.0], [1.0, 4.0]])))
    assert ops.unsafe.tolist() == [True, False]
