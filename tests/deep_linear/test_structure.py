"""Inside flattest factorisations: exact top spaces, near balance and gains against float linear algebra."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from flint import fmpq, fmpq_mat
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.deep_linear import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.domains.deep_linear.top_space import nullspace
from refutable.theorems.exact import as_real, working_precision
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.papers.mulayoff_michaeli_2020.assumptions import FLATTEST
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import diagonal, network, unbalanced
from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_structure import FLATTEST_STRUCTURE as THEOREM
from refutable.theorems.papers.mulayoff_michaeli_2020.structure_cases import (
    SUMS_OF_FOUR_SQUARES,
    SUMS_OF_TWO_SQUARES,
    amplified,
    between,
)
from refutable.theorems.records import Family, all_mutants
from refutable.verify.decide import decide

ALL = (*THEOREM.claims, *THEOREM.links)
BLOCK = fmpq_mat([[2, 1], [1, 1]])  # its singular values are powers of the golden ratio


def floats(array: Any) -> np.ndarray:
    return np.array([[float(as_real(q)) for q in row] for row in array])


def any_network(seed: int, widths: tuple[int, ...]) -> Instance:
    source = np.random.default_rng(seed)
    shapes = zip(widths[1:], widths[:-1], strict=True)
    return DEEP_LINEAR.instance(layers=[source.integers(-3, 4, size=s).tolist() for s in shapes], loss_scale=1)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("widths", [(3, 3, 3), (2, 4, 2), (4, 2, 3)])
def test_top_space_agrees_with_floats(seed: int, widths: tuple[int, ...]) -> None:
    view = DEEP_LINEAR.view(any_network(seed, widths))
    space, top = view["top_space"], np.linalg.svd(floats(view["product"]))
    reference = np.outer(top[2][0], top[2][0])
    with working_precision(160):
        projection = space.projection(160)
    found = np.array([[float(projection[i, j].mid()) for j in range(widths[0])] for i in range(widths[0])])
    assert found == pytest.approx(reference, abs=1e-9)
    square = float(top[1][0] ** 2)
    for vector in space.vectors():
        at_sigma = np.array([sum(float(c) * square**i for i, c in enumerate(p.coeffs())) for p in vector])
        assert abs(at_sigma @ top[2][0]) == pytest.approx(np.linalg.norm(at_sigma), rel=1e-6)


def test_conjugates_are_a_rational_invariant_space() -> None:
    view = DEEP_LINEAR.view(network([BLOCK]))
    space = view["top_space"]
    assert (space.factor.degree(), space.conjugates.ncols()) == (2, 2)
    rational = DEEP_LINEAR.view(network([diagonal([2, 2, 1])]))["top_space"]
    assert (rational.factor.degree(), rational.conjugates.ncols(), len(rational.vectors())) == (1, 2, 3)
    assert nullspace(fmpq_mat([[1, 2], [2, 4]])) == fmpq_mat([[-2], [1]])


@pytest.mark.parametrize("family", THEOREM.equality, ids=lambda family: family.id)
def test_families_are_flattest_and_fulfil_every_claim(family: Family) -> None:
    for instance in [*family.instances(20), family.last()]:
        view = DEEP_LINEAR.view(instance)
        assert {decide(claim, view).verdict for claim in ALL} == {"holds"}
        assert decide(THEOREM.headline, view).touching or family.attains == "interior"


@pytest.mark.parametrize("depth", sorted(SUMS_OF_TWO_SQUARES))
def test_the_factor_is_attained_at_every_sum_of_two_squares(depth: int) -> None:
    gains = np.linalg.svd(floats(amplified(depth)["layers"][0]), compute_uv=False)
    assert max(gains) == pytest.approx((depth - 1) ** 0.5, abs=1e-12) or depth == 2
    assert decide(THEOREM.headline, amplified(depth)).touching


@pytest.mark.parametrize("depth", sorted(SUMS_OF_FOUR_SQUARES))
def test_the_factor_is_attained_at_sums_of_four_squares(depth: int) -> None:
    first = floats(amplified(depth)["layers"][0])
    assert np.linalg.svd(first, compute_uv=False)[:4] == pytest.approx([(depth - 1) ** 0.5] * 4, abs=1e-12)
    assert decide(THEOREM.headline, amplified(depth, 1, 1)).touching


def doubled(size: int, seed: int) -> list[list[int]]:
    """S + S^T for integers S: its powers have irrational singular values."""
    entries = np.random.default_rng(seed).integers(-4, 5, size=(size, size))
    return (entries + entries.T).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("size", "depth"), [(8, 3), (4, 5), (2, 64)])
def test_balanced_integer_layers_are_flattest_whatever_sigma_is(size: int, depth: int) -> None:
    view = DEEP_LINEAR.view(DEEP_LINEAR.instance(layers=[doubled(size, 1)] * depth, loss_scale=1))
    (check,) = FLATTEST.checks(view)
    assert check.decide().truth is True
    assert [decide(claim, view).verdict for claim in ALL] == ["holds"] * len(ALL)


def test_flatness_of_other_layers_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    view = DEEP_LINEAR.view(amplified(5, 1, 1))
    assert decide(THEOREM.headline, view).verdict == "holds"
    monkeypatch.setattr("refutable.theorems.domains.deep_linear.curvature.Check", None)
    assert {decide(claim, view).verdict for claim in ALL} == {"holds"}


@pytest.mark.parametrize("layer", [[[2, 1], [0, 3]], [[1, 1], [0, 1]], [[2, 1]], [[3]]])
def test_a_single_layer_fulfils_every_claim_whatever_sigma_is(layer: list[list[int]]) -> None:
    view = DEEP_LINEAR.view(DEEP_LINEAR.instance(layers=[layer], loss_scale=1))
    assert [decide(claim, view).verdict for claim in ALL] == ["holds"] * len(ALL)


@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize("rational", [True, False])
def test_exact_identities_fail_off_flattest_layers(depth: int, rational: bool) -> None:
    """Steep layers gain 4 sigma^{1/m}, then lose it: every statement about the top path alone is false."""
    core = diagonal([1, 0]) if rational else BLOCK
    view = DEEP_LINEAR.view(network([core * 4, *[core] * (depth - 2), core / 4]))
    for id in ("top-path-gain", "coupling", "equal-terms"):
        claim = next(claim for claim in ALL if claim.id == id)
        assert False in [check.decide().truth for check in claim.concludes(view)]


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([[[3]]] * 400, "400 layers; at most 64"),
        ([[[1] * 9] * 9] * 2, "81, the rows of the Hessian kernel; at most 64"),
        ([[[1] * 8] * 8] * 5, "320 weights; at most 256"),
        ([[[fmpq(2**200 + 1, 3)]]] * 20, "take 4020 bits together, at most 2048"),
        ([[[fmpq(1, 2**60 - k) for k in range(1, 99, 2)]]], "bits together, at most 2048"),
    ],
)
def test_networks_too_large_for_exact_answers_are_refused(layers: list[Any], said: str) -> None:
    with pytest.raises(InstanceError, match=said):
        DEEP_LINEAR.instance(layers=layers, loss_scale=1)


def test_powers_in_the_field_are_those_of_repeated_products() -> None:
    space = DEEP_LINEAR.view(network([BLOCK, BLOCK]))["top_space"]
    value = reached = space.sigma_power(1) + 1
    for exponent in range(1, 12):
        assert space.power(value, exponent) == reached
        reached = (reached * value) % space.factor
    assert space.power(value, 0) == 1


def test_a_hundredth_more_is_no_longer_flattest() -> None:
    for depth, low, high in ((5, 1.01, 1.02), (10, 1.01, 1.02)):
        at, beyond = fmpq(SUMS_OF_TWO_SQUARES[depth][0]), fmpq(SUMS_OF_TWO_SQUARES[depth][0] * 101, 100)
        assert decide(THEOREM.headline, unbalanced((depth, at))).verdict == "holds"
        view = DEEP_LINEAR.view(unbalanced((depth, beyond)))
        assert decide(THEOREM.headline, view).verdict == "vacuous"
        assert low < float(as_real(view["sharpness"])) / depth < high


def beside(first: fmpq | int, second: fmpq | int = 0) -> Instance:
    """Golden layers on two coordinates, and gains first, second on a third: sigma irrational for three layers."""

    def layer(gain: fmpq | int) -> fmpq_mat:
        out = fmpq_mat(3, 3)
        out[0, 0], out[0, 1], out[1, 0], out[1, 1], out[2, 2] = (fmpq(q) for q in (2, 1, 1, 1, gain))
        return out

    return network([layer(first), layer(second)])


@pytest.mark.parametrize(("gain", "kept"), [(0, True), (1, True), (fmpq(26, 10), True), (fmpq(27, 10), False)])
def test_near_balance_with_an_irrational_gain(gain: fmpq | int, kept: bool) -> None:
    """|A_1 e_3|^2 = gain^2 against sigma, the square of phi^2 = 2.618...: on both sides of that."""
    view = DEEP_LINEAR.view(beside(gain))
    assert view["top_singular_square"].exact() is None
    (check,) = THEOREM.claim("near-balance").concludes(view)
    assert check.decide().truth is kept
    a = floats(view["prefixes"][0])
    sigma = np.linalg.norm(floats(view["product"]), 2)
    assert (np.linalg.eigvalsh(2 * np.eye(3) - np.eye(3) - a.T @ a / sigma)[0] > -1e-9) is np.bool_(kept)


def test_near_balance_without_coupling_stays_open_where_sigma_is_irrational() -> None:
    outcome = decide(THEOREM.claim("near-balance").without("flattest"), network([BLOCK, diagonal([1, 1])]))
    assert outcome.verdict == "undecided"
    assert "not coupled" in outcome.reason


@pytest.mark.parametrize("seed", range(8))
def test_near_balance_and_coupling_agree_with_floats_off_flattest_points(seed: int) -> None:
    source = np.random.default_rng(seed)
    layers = [diagonal([2, *source.integers(-3, 4, size=2).tolist()]) for _ in range(3)]
    view = DEEP_LINEAR.view(network(layers))
    sigma = np.linalg.norm(floats(view["product"]), 2)
    total = np.eye(3)
    for j, prefix in enumerate(view["prefixes"][:-1], 1):
        total = total + floats(prefix).T @ floats(prefix) / sigma ** (2 * j / 3)
    if sigma == pytest.approx(8):
        (check,) = THEOREM.claim("near-balance").concludes(view)
        assert check.decide().truth is bool(np.linalg.eigvalsh(3 * np.eye(3) - total)[0] > -1e-9)
    tops = [i for i in range(3) if abs(float(as_real(view["product"][i, i]))) == pytest.approx(sigma)]
    coupled = all(abs(abs(floats(w)[i, i]) - sigma ** (1 / 3)) < 1e-9 for w in view["layers"] for i in tops)
    assert all(c.decide().truth for c in THEOREM.claim("coupling").concludes(view)) is coupled
    assert all(c.decide().truth for c in THEOREM.claim("top-path-gain").concludes(view)) is coupled


def largest_eigenvalue(layers: list[np.ndarray]) -> float:
    """Of sum_i (B_i B_i^T) kron (A_{i-1}^T A_{i-1}), in floats."""
    size, m = len(layers[0]), len(layers)
    a = [np.eye(size)]
    for w in layers:
        a.append(w @ a[-1])
    b = [np.eye(size)]
    for w in reversed(layers):
        b.append(b[-1] @ w)
    terms = [np.kron(b[m - i] @ b[m - i].T, a[i - 1].T @ a[i - 1]) for i in range(1, m + 1)]
    return float(np.linalg.eigvalsh(sum(terms))[-1])


@pytest.mark.parametrize("seed", range(12))
def test_flattest_minima_found_by_bisection_obey_the_bounds(seed: int) -> None:
    """Gauges expm(t S) of the complement, t as large as the sharpness allows: C1, C3 and C4 in floats alone."""
    source = np.random.default_rng(seed)
    m, d, gain = int(source.integers(2, 6)), int(source.integers(2, 5)), 1.3
    others = source.uniform(0.1, 0.9, size=d - 1) * gain
    generators = [source.standard_normal((d - 1, d - 1)) for _ in range(m - 1)]

    def layers(t: float) -> list[np.ndarray]:
        gauges = [np.eye(d - 1), *(scipy.linalg.expm(t * s) for s in generators), np.eye(d - 1)]
        inner = [gauges[i + 1] @ np.diag(others) @ np.linalg.inv(gauges[i]) for i in range(m)]
        return [scipy.linalg.block_diag(gain, w) for w in inner]

    least = m * gain ** (2 * (m - 1))
    low, high = 0.0, 8.0
    for _ in range(60):
        t = (low + high) / 2
        low, high = (t, high) if largest_eigenvalue(layers(t)) <= least * (1 + 1e-12) else (low, t)
    a, total = np.eye(d), np.zeros((d, d))
    for j, w in enumerate(layers(low)):
        total = total + a.T @ a / gain ** (2 * j)
        a = w @ a
        if j + 1 < m:
            assert gain ** (j + 1) <= np.linalg.norm(a, 2) * (1 + 1e-9)
            assert np.linalg.norm(a, 2) <= (m - 1) ** 0.5 * gain ** (j + 1) * (1 + 1e-6)
    assert np.linalg.eigvalsh(total)[-1] <= m * (1 + 1e-9)


def test_single_layers_may_have_any_gain() -> None:
    for gain in (27, 1000):
        view = DEEP_LINEAR.view(between(gain))
        assert {decide(claim, view).verdict for claim in ALL} == {"holds"}
        assert largest_eigenvalue([floats(w) for w in between(gain)["layers"]]) == pytest.approx(3)


def test_mutants_spare_the_theorem() -> None:
    for mutant in all_mutants(THEOREM):
        witness = mutant.witness()
        assert decide(mutant.claim, witness).verdict == "violated", mutant.id
        assert {decide(claim, witness).verdict for claim in ALL} <= {"holds", "vacuous"}


def test_constants_can_be_changed() -> None:
    assert THEOREM.adjustable is not None
    claim = THEOREM.adjustable.at({"offset": fmpq(3, 2)})
    assert decide(claim, unbalanced()).verdict == "violated"
    assert "m - 3/2" in claim.statement


@pytest.mark.parametrize("known", [True, False])
@seed(4)
@settings(max_examples=40, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(data=st.data())
def test_drawn_factorisations_are_flattest(known: bool, data: st.DataObject) -> None:
    assumes = frozenset(a.id for a in THEOREM.headline.assumes)
    view = DEEP_LINEAR.view(data.draw(SUPPLY.drawn(assumes, Size(), known)))
    assert {decide(claim, view).verdict for claim in ALL} == {"holds"}


def test_simplest_amplification_is_small() -> None:
    strategy = SUPPLY.drawn(frozenset({"white-data", "flattest", "nonzero-map"}), Size())
    found = find(
        strategy,
        lambda i: decide(FLATTEST_AND_UNBALANCED, i).verdict == "violated",
        settings=settings(database=None, deadline=None, max_examples=300),
        random=Random(0),
    )
    assert sum(layer.size for layer in found["layers"]) <= 45


FLATTEST_AND_UNBALANCED = Claim(
    "balanced",
    DEEP_LINEAR,
    "a flattest factorisation is balanced",
    (FLATTEST,),
    next(m for m in THEOREM.mutants if m.id == "balanced").claim.concludes,
)


def test_wide_maps_are_left_open() -> None:
    wide = DEEP_LINEAR.instance(layers=[[[1] * 17], [[1]]], loss_scale=1)
    outcome = decide(THEOREM.claim("coupling").without("flattest"), wide)
    assert (outcome.verdict, "at most 16 inputs" in outcome.reason) == ("undecided", True)
    assert to_matrix(wide["layers"][0]).ncols() == 17
