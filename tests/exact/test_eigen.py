"""Largest eigenvalues: ties, hairs on either side of ties, and enclosures against mpmath."""

import random

import mpmath
import pytest
from flint import fmpq, fmpq_mat

from refutable.theorems.exact import Surd, TopEigenvalue, compare, rational, rayleigh_vector, sign
from refutable.theorems.exact.spectrum import multiple_of_identity, top_eigenvalue_ball

TINY = fmpq(1, 10**30)
GOLDEN = fmpq_mat([[1, 1], [1, 2]])
GOLDEN_TOP = (3 + Surd.root(5)) / 2


def reflected(diagonal: list[fmpq], generator: random.Random) -> fmpq_mat:
    """A dense symmetric matrix with the given rational eigenvalues: conjugated by a rational reflection."""
    n = len(diagonal)
    v = fmpq_mat(n, 1, [generator.choice([-3, -2, -1, 1, 2, 3]) for _ in range(n)])
    reflection = multiple_of_identity(n, fmpq(1)) - v * v.transpose() * (2 / (v.transpose() * v)[0, 0])
    spectrum = fmpq_mat(n, n)
    for i, value in enumerate(diagonal):
        spectrum[i, i] = value
    return reflection * spectrum * reflection


def gram(n: int, rank: int, seed: int) -> fmpq_mat:
    """A Gram matrix of float64 entries: large denominators."""
    generator = random.Random(seed)
    factor = fmpq_mat(n, rank, [rational(generator.gauss(0, 1)) for _ in range(n * rank)])
    return factor * factor.transpose()


@pytest.mark.parametrize(
    "spectrum",
    [
        [fmpq(7, 3)],
        [fmpq(0)] * 4,
        [fmpq(-1), fmpq(-2)],
        [fmpq(5), fmpq(5), fmpq(1)],
        [fmpq(5), fmpq(0), fmpq(0), fmpq(0)],
        [fmpq(9, 7)] * 3 + [fmpq(k, 40) for k in range(29)],
        [fmpq(2), fmpq(2) - TINY, fmpq(-8)],
    ],
    ids=["1x1", "zero", "negative", "repeated", "rank-one", "triple-n32", "cluster"],
)
def test_rational_ties_and_hairs(spectrum: list[fmpq]) -> None:
    top = TopEigenvalue(reflected(spectrum, random.Random(2)))
    level = max(spectrum)
    assert compare(top, level) == 0
    assert compare(top, level + TINY) == -1
    assert compare(top, level - TINY) == 1
    assert compare(level, top) == 0
    assert compare(level + TINY, top) == 1
    assert top.exact() == level
    assert sign(top) == (level > 0) - (level < 0)


def test_ties_with_irrational_surds() -> None:
    top = TopEigenvalue(GOLDEN)
    assert compare(top, GOLDEN_TOP) == 0
    assert compare(GOLDEN_TOP, top) == 0
    assert compare(top, GOLDEN_TOP + TINY) == -1
    assert compare(top, GOLDEN_TOP - TINY) == 1
    assert compare(top, (3 - Surd.root(5)) / 2) == 1  # an eigenvalue, but not the largest
    assert top.exact() is None


def test_a_lower_eigenvalue_next_to_the_top_is_told_apart() -> None:
    matrix = fmpq_mat([[1, 1, 0], [1, 2, 0], [0, 0, 0]])
    matrix[2, 2] = fmpq(0) + rational("2.618033988749894848204586834365638117720309179805763")
    order = compare(TopEigenvalue(matrix), GOLDEN_TOP)
    assert order == compare(matrix[2, 2], GOLDEN_TOP) == 1


def test_arithmetic_keeps_comparisons_decided() -> None:
    top = TopEigenvalue(GOLDEN)
    assert compare(3 * top - fmpq(1, 2), 3 * GOLDEN_TOP - fmpq(1, 2)) == 0
    assert compare(1 - top / 2, 1 - GOLDEN_TOP / 2) == 0
    assert compare(1 - top / 2 + TINY, 1 - GOLDEN_TOP / 2) == 1
    assert compare(top + Surd.root(5), GOLDEN_TOP + Surd.root(5)) == 0
    assert compare(top - Surd.root(5) / 2, fmpq(3, 2)) == 0
    assert compare(top - top, fmpq(0)) == 0
    assert compare(2 * top, top + TINY) == 1
    assert compare(0 * top, fmpq(0)) == 0
    assert abs(-top).key == top.key
    assert float(top.sqrt()) == pytest.approx(1.618033988749895, rel=1e-15)
    assert float(top * top) == pytest.approx(6.854101966249685, rel=1e-15)


def test_equal_eigenvalues_of_different_matrices() -> None:
    bordered = fmpq_mat([[1, 1, 0], [1, 2, 0], [0, 0, 2]])
    assert compare(TopEigenvalue(GOLDEN), TopEigenvalue(bordered)) == 0
    assert compare(TopEigenvalue(GOLDEN), TopEigenvalue(bordered) + TINY) == -1
    assert (
        compare(TopEigenvalue(GOLDEN, scale=4, shift=1), TopEigenvalue(bordered * 2, scale=2, shift=1)) == 0
    )
    assert compare(-TopEigenvalue(GOLDEN), -TopEigenvalue(bordered)) == 0
    assert compare(-TopEigenvalue(GOLDEN), -TopEigenvalue(bordered * 2)) == 1
    assert compare(TopEigenvalue(GOLDEN), TopEigenvalue(multiple_of_identity(2, fmpq(3)))) == -1


@pytest.mark.parametrize(("n", "rank"), [(2, 2), (5, 5), (7, 3), (12, 12)])
@pytest.mark.parametrize("bits", [64, 190])
def test_balls_contain_the_eigenvalue_of_mpmath(n: int, rank: int, bits: int) -> None:
    matrix = gram(n, rank, seed=n)
    ball = TopEigenvalue(matrix).ball(bits)
    assert ball.rel_accuracy_bits() >= bits
    with mpmath.workdps(90):
        entries = [[mpmath.mpf(int(q.p)) / int(q.q) for q in row] for row in matrix.tolist()]
        expected = max(mpmath.eigsy(mpmath.matrix(entries), eigvals_only=True))
        middle, radius = ball.mid().fmpq(), ball.rad().fmpq()
        distance = abs(expected - mpmath.mpf(int(middle.p)) / int(middle.q))
        assert distance <= mpmath.mpf(int(radius.p)) / int(radius.q) + mpmath.mpf(10) ** -80


@pytest.mark.parametrize("sign_of_scale", [1, -1])
def test_orders_of_float_products_at_n_64(sign_of_scale: int) -> None:
    top = TopEigenvalue(gram(64, 61, seed=1), scale=sign_of_scale)
    lower, upper = top.ball(120).lower().fmpq(), top.ball(120).upper().fmpq()
    assert compare(top, lower) == 1
    assert compare(top, upper) == -1


def test_scales_far_from_one() -> None:
    matrix = gram(4, 4, seed=9)
    for factor in (fmpq(2) ** 2000, fmpq(2) ** -2000):
        scaled = TopEigenvalue(matrix * factor)
        assert compare(scaled, factor * TopEigenvalue(matrix)) == 0
        assert scaled.ball(100).rel_accuracy_bits() >= 100


def test_ball_of_a_repeated_top_and_of_a_zero() -> None:
    repeated = reflected([fmpq(3)] * 3 + [fmpq(1)], random.Random(5))
    ball = top_eigenvalue_ball(repeated, 200)
    assert ball.contains(3)
    assert ball.rel_accuracy_bits() >= 190
    nothing = TopEigenvalue(reflected([fmpq(0), fmpq(0), fmpq(-2)], random.Random(6))).ball(100)
    assert nothing.contains(0)
    assert nothing.rad().fmpq() < fmpq(1, 2**90)


def test_rayleigh_quotient_is_a_lower_bound_and_a_good_one() -> None:
    matrix = gram(9, 9, seed=3)
    v = fmpq_mat(9, 1, rayleigh_vector(matrix))
    quotient = (v.transpose() * matrix * v)[0, 0] / (v.transpose() * v)[0, 0]
    top = TopEigenvalue(matrix)
    assert compare(top, quotient) >= 0
    assert compare(top, quotient * (1 + fmpq(1, 2**40))) == -1


def test_keys_name_the_number() -> None:
    assert TopEigenvalue(GOLDEN).key == TopEigenvalue(GOLDEN * 1).key
    assert TopEigenvalue(GOLDEN).key != TopEigenvalue(GOLDEN, shift=1).key


@pytest.mark.parametrize("matrix", [fmpq_mat(0, 0), fmpq_mat(1, 2), fmpq_mat([[0, 1], [2, 0]])])
def test_refuses_matrices_without_a_top_eigenvalue(matrix: fmpq_mat) -> None:
    with pytest.raises(ValueError):
        TopEigenvalue(matrix)


def test_refuses_a_zero_scale() -> None:
    with pytest.raises(ValueError, match="scale"):
        TopEigenvalue(GOLDEN, scale=0)
