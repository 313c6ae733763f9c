"""Largest eigenvalues: ties, hairs on either side of ties, and enclosures against mpmath."""

import random

import mpmath
import pytest
from flint import arb, fmpq, fmpq_mat, fmpq_poly

from refutable.theorems.exact import Surd, TopEigenvalue, compare, rational, rayleigh_vector, sign
from refutable.theorems.exact.eigen import may_have_rational_root
from refutable.theorems.exact.rationals import ball_bounds
from refutable.theorems.exact.spectrum import _by_bisection, multiple_of_identity, top_eigenvalue_ball

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


def two_by_two(generator: random.Random) -> tuple[fmpq_mat, Surd]:
    """A random symmetric matrix [2, 2] and its largest eigenvalue by the quadratic formula."""
    a, b, d = (fmpq(generator.randint(-9, 9), generator.randint(1, 4)) for _ in range(3))
    half = (a - d) / 2
    return fmpq_mat([[a, b], [b, d]]), Surd.total([(a + d) / 2, Surd.root(half * half + b * b)])


def kronecker_sum(a: fmpq_mat, b: fmpq_mat) -> fmpq_mat:
    """The matrix [4, 4] whose eigenvalues are the sums of those of a and b."""
    rows = [(i, j) for i in range(2) for j in range(2)]
    return fmpq_mat([[a[i, k] * (j == m) + b[j, m] * (i == k) for k, m in rows] for i, j in rows])


def test_quadratic_formula_and_kronecker_sums() -> None:
    generator = random.Random(8)
    for _ in range(25):
        (a, top_a), (b, top_b) = two_by_two(generator), two_by_two(generator)
        assert compare(TopEigenvalue(a), top_a) == 0
        assert compare(TopEigenvalue(a), TopEigenvalue(b)) == compare(top_a, top_b)
        both = TopEigenvalue(kronecker_sum(a, b))
        assert compare(both, top_a + top_b) == 0
        assert compare(both, top_a + top_b + TINY) == -1
        assert compare(both, top_a + top_b - TINY * Surd.root(3)) == 1


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
    assert compare(TopEigenvalue(GOLDEN, scale=4, shift=1), TopEigenvalue(bordered * 2, scale=2, shift=1)) == 0
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


def test_a_rational_top_hidden_by_rounding_is_recognised() -> None:
    deficient = TopEigenvalue(-gram(40, 38, seed=2))
    assert compare(deficient, fmpq(0)) == 0
    assert deficient.exact() == 0


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


@pytest.mark.parametrize("seed", range(4))
def test_ball_is_of_the_top_of_a_cluster_that_floats_cannot_see(seed: int) -> None:
    cluster = reflected([fmpq(2), fmpq(2) - TINY, fmpq(-8)], random.Random(seed))
    ball = top_eigenvalue_ball(cluster, 300)
    assert ball.contains(2)
    assert ball.rad().fmpq() < TINY * TINY


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


def test_balls_of_a_matrix_with_zero_rows_are_narrow() -> None:
    """The top eigenvector has zero entries, first among them, and zero is a triple eigenvalue."""
    matrix = fmpq_mat(5, 5)
    for (i, j), value in {(1, 1): 2, (1, 3): 1, (3, 1): 1, (3, 3): 1}.items():
        matrix[i, j] = value
    golden = (3 + Surd.root(fmpq(5))) / 2
    for bits in (64, 128, 400):
        ball = TopEigenvalue(matrix).ball(bits)
        assert ball.overlaps(golden.ball(bits))
        assert ball.rel_accuracy_bits() >= bits


def test_bisection_encloses_a_repeated_eigenvalue() -> None:
    matrix = fmpq_mat(2, 2, [fmpq(7, 3), 0, 0, fmpq(7, 3)])
    ball = _by_bisection(matrix, arb(0, 10), fmpq(1, 2**90))
    low, high = ball_bounds(ball)
    assert low <= fmpq(7, 3) <= high
    assert high - low <= fmpq(1, 2**89)


def test_the_modular_test_never_denies_a_rational_eigenvalue() -> None:
    rng = random.Random(5)
    for _ in range(40):
        n = rng.randint(1, 5)
        roots = [fmpq(rng.randint(-9, 9), rng.randint(1, 9)) for _ in range(n)]
        polynomial = fmpq_poly([1])
        for root in roots:
            polynomial *= fmpq_poly([-root, 1])
        assert may_have_rational_root(polynomial) == any(roots)
    assert not may_have_rational_root(fmpq_poly([-2, 0, 1]))


def test_eigenvalues_of_two_matrices_of_wild_scale_are_ordered() -> None:
    big = fmpq(10) ** 50
    one = fmpq_mat(3, 3, [big**4, big, 1, big, 1, 0, 1, 0, fmpq(1, 3)])
    other = fmpq_mat(3, 3, [big**4, big, 1, big, 1, 0, 1, 0, fmpq(1, 5)])
    assert compare(TopEigenvalue(one), TopEigenvalue(other)) == 1
