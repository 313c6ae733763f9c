"""States, identities and Q against an ODE solver that knows the network alone, and quadrature that knows Q alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from refutable.strategies.decomposable_flow_solutions import SOLUTIONS, problem, solved
from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.states import growths, reached
from refutable.theorems.exact import as_real
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.yun_2021.regression_cases import compared, flowing, framed, opposite_pair, resting
from refutable.verify.decide import decide
from tests.tensor_network.numbers import floats

REGRESSION, CLASSIFICATION = theorem("tensor-regression"), theorem("tensor-classification")


def tensor_flow(net: Any, start: list[Any], x: Any, y: Any, end: float) -> list[Any]:
    """Layers v_l(T) of the flow of 1/2 sum (f - y)^2, f by einsum over the data tensor [n, k_1, k_2, k_3]."""
    sizes = [len(v) for v in start]

    def field(t: float, flat: np.ndarray) -> np.ndarray:
        v = np.split(flat, np.cumsum(sizes)[:-1])
        f = np.einsum("nabc,a,b,c->n", net, *v)
        drive = np.einsum("n,nabc->abc", y - f, net)
        parts = [
            np.einsum("abc,b,c->a", drive, v[1], v[2]),
            np.einsum("abc,a,c->b", drive, v[0], v[2]),
            np.einsum("abc,a,b->c", drive, v[0], v[1]),
        ]
        return np.concatenate(parts)

    run = solve_ivp(field, (0, end), np.concatenate(start), rtol=1e-11, atol=1e-12, method="DOP853")
    return list(np.split(run.y[:, -1], np.cumsum(sizes)[:-1]))


def arc(t: float, depth: int) -> float:
    """h_L^{-1}(t) by a root and a quadrature, from the definition."""
    if t == 0:
        return 0.0
    theta = brentq(lambda x: (depth - 1) * np.log(np.cosh(x)) + np.log(np.sinh(x)) - np.log(abs(t)), 1e-12, 60)
    return float(np.sign(t) * quad(lambda x: np.cosh(x) ** (2.0 - depth), 0, theta, epsabs=1e-13)[0])


@pytest.mark.parametrize("seed", range(3))
def test_a_network_with_frames_satisfies_the_identity(seed: int) -> None:
    """Three layers of three weights, two coordinates, random frames; g(T) = S X^T nu, nu from its definition."""
    source = np.random.default_rng(seed)
    m, k, d = 2, 3, 3
    frames = [np.linalg.qr(source.standard_normal((k, k)))[0] for _ in range(3)]
    s, x, y = source.standard_normal((m, d)), source.standard_normal((1, d)), source.standard_normal(1)
    eta, alpha = np.array([0.8, -1.3]), 0.7
    rests = [frame[:, m] * source.standard_normal() for frame in frames]
    bases = [frame[:, :m] for frame in frames]
    start = [bases[0] @ (alpha * eta) + rests[0], bases[1] @ (alpha * eta) + rests[1], rests[2]]
    net = np.einsum("nj,aj,bj,cj->nabc", x @ s.T, *bases)
    layers = tensor_flow(net, start, x, y, 2.0)
    for layer, basis, rest in zip(layers, bases, rests, strict=True):
        np.testing.assert_allclose(layer - basis @ (basis.T @ layer), rest, atol=1e-9)
    rho = np.prod([basis.T @ layer for basis, layer in zip(bases, layers, strict=True)], axis=0)
    sizes = alpha * np.abs(eta)
    g = np.array([arc(t, 3) for t in rho / sizes**3]) / sizes
    features = (x @ s.T)[0]
    # one datum: g must be a multiple of S x, and not 0
    assert abs(g[0] * features[1] - g[1] * features[0]) < 1e-8
    assert np.abs(g).max() > 1e-2
    kept = [(basis.T @ layer) ** 2 for basis, layer in zip(bases, layers, strict=True)]
    np.testing.assert_allclose(kept[0] - kept[2], sizes**2, atol=1e-9)


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("eta", [fmpq(3, 2), fmpq(-1, 2)])
def test_states_are_on_solutions(depth: int, eta: fmpq) -> None:
    """Under a constant pull, s grows linearly in time: the state at e^theta = 3 is where the solver is then."""
    alpha, r = fmpq(1, 2), fmpq(3)
    size = float(alpha.p) / float(alpha.q) * abs(int(eta.p) / int(eta.q))
    theta = float(np.log(3))
    end = arc(np.cosh(theta) ** (depth - 1) * np.sinh(theta), depth) * size ** (2 - depth)
    start = floats(reached(alpha, [eta], [fmpq(1)], depth))[:, 0]

    def field(t: float, c: np.ndarray) -> list[float]:
        return [float(np.prod(np.delete(c, i))) for i in range(depth)]

    run = solve_ivp(field, (0, end), start, rtol=1e-11, atol=1e-13, method="DOP853")
    np.testing.assert_allclose(run.y[:, -1], floats(reached(alpha, [eta], [r], depth))[:, 0], rtol=1e-8)


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 6])
def test_quantities_at_a_state(depth: int) -> None:
    """g, Q and the identity's derivative against quadrature and difference quotients."""
    one = flowing(depth, [fmpq(3, 2), fmpq(1, 3)], fmpq(1, 2), [fmpq(2), fmpq(-3)], x=[[1, 2], [3, -1]], y=[1, 2])
    view = DECOMPOSABLE_FLOW.view(one)
    sizes, rho = np.array([1.0, 1.5]), floats(view["coordinates"])
    np.testing.assert_allclose(rho, np.prod(floats(one["weights"]), axis=0), rtol=1e-14)

    def gradient(values: np.ndarray) -> np.ndarray:
        return np.array([arc(t, depth) for t in values / sizes**depth]) * sizes ** (2.0 - depth)

    np.testing.assert_allclose([float(as_real(g)) for g in view["mirror"]], gradient(rho), rtol=1e-10)
    areas = [quad(lambda q, j=j: gradient(np.where(np.arange(2) == j, q, 0.0))[j], 0, rho[j])[0] for j in range(2)]
    assert float(as_real(view["potential"])) == pytest.approx(sum(areas), rel=1e-8)
    weights, pull = floats(one["weights"]), floats(view["residual_pull"])
    speed = np.array([pull * np.prod(np.delete(weights, i, 0), axis=0) for i in range(depth)])
    step = 1e-4 / np.abs(speed).max()
    ahead, behind = (gradient(np.prod(weights + side * step * speed, axis=0)) for side in (1, -1))
    np.testing.assert_allclose((ahead - behind) / (2 * step), pull, rtol=1e-5)


def spanned(g: np.ndarray, features: np.ndarray) -> float:
    """How far g is from the span of the rows, relative to its size."""
    best = np.linalg.lstsq(features.T, g, rcond=None)[0]
    return float(np.linalg.norm(features.T @ best - g) / np.linalg.norm(g))


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_only_the_right_gradient_lies_in_the_span(depth: int) -> None:
    """Ends of solver runs; false variants miss by 10^-3 at least, the statement by less than 10^-8."""
    for seed in range(2):
        made = problem(np.random.default_rng([depth, seed]), depth, margin=False)
        found = solved(made, 3.0, (1e-10, 1e-12), margin=False)
        rho, sizes = np.prod(found["weights"], axis=0), made["alpha"] * np.abs(made["eta"])
        features = made["x"] @ made["s"].T
        arcs = np.array([arc(t, depth) for t in rho / sizes**depth])
        shallow = np.array([arc(t, depth) for t in rho / sizes**2])
        assert spanned(arcs * sizes ** (2.0 - depth), features) < 1e-8
        for false in (arcs, shallow * sizes ** (2.0 - depth), rho):
            assert spanned(false, features) > 1e-3


def test_solutions_are_the_same_for_the_same_seed() -> None:
    first, again = (list(SOLUTIONS.solutions("reaches-labels", frozenset(), 2, 7)) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert a.origin == b.origin
        np.testing.assert_array_equal(a.fine["weights"], b.fine["weights"])
        np.testing.assert_allclose(a.fine["x"] @ a.fine["s"].T @ np.prod(a.fine["weights"], 0), a.fine["y"], atol=1e-9)


@pytest.mark.parametrize("depth", [3, 4, 5, 6])
def test_the_bounds_tend_to_equality(depth: int) -> None:
    """Far out Q nears the weighted l1 norm less the l_{2/L} term, near the start the weighted l2 norm."""
    far, near = (DECOMPOSABLE_FLOW.view(flowing(depth, [r])) for r in (fmpq(10**4), fmpq(10**4 + 1, 10**4)))
    q, l1 = (float(as_real(far[name])) for name in ("potential", "weighted_l1"))
    assert 1 - 1e-2 < q / l1 < 1
    assert float(as_real(near["potential"])) / float(as_real(near["weighted_l2"])) == pytest.approx(1, abs=1e-6)
    claim = CLASSIFICATION.claim("remainder")
    assert decide(claim, flowing(depth, [100])).verdict == "holds"
    check = next(iter(claim.concludes(DECOMPOSABLE_FLOW.view(flowing(depth, [100])))))
    assert 0.99 < float(as_real(check.left[0])) / float(as_real(check.right[0])) < 1


def test_least_q_by_a_solver_that_knows_q_alone() -> None:
    """Two coordinates, one datum: Q on the line of equal outputs has its minimum where the claim says."""
    one = opposite_pair(3, fmpq(2), fmpq(0))
    view = DECOMPOSABLE_FLOW.view(one)
    rho = floats(view["coordinates"])
    assert view["stationary"] is True

    def slope(step: float) -> float:
        return sum(arc(t, 3) for t in rho + step)

    assert brentq(slope, -1.0, 1.0) == pytest.approx(0, abs=1e-10)
    moved = DECOMPOSABLE_FLOW.view(flowing(3, [2, 3], x=[[1, -1]]))
    assert moved["stationary"] is False


def test_paired_parts_cancel_exactly_at_irrational_growths() -> None:
    """Coordinates at +-t with irrational e^theta: stationarity is decided, not only enclosed."""
    one = resting([[1], [0]], x=[[1]])
    pair = DECOMPOSABLE_FLOW.instance(
        x=[[1, -1]], y=[0], s=[[1, 0], [0, 1]], alpha=1, eta=[1, 1], start=[[1, 1], [0, 0]], weights=[[1, 1], [1, -1]]
    )
    view = DECOMPOSABLE_FLOW.view(pair)
    assert view["stationary"] is True
    assert growths(pair) is None
    assert growths(one) == [fmpq(1)]


@pytest.mark.parametrize("seed", range(4))
def test_rough_states_are_decided(seed: int) -> None:
    """States and other coordinates with no common structure: Q is enclosed, and convex."""
    source = np.random.default_rng(seed)
    weights = [[f"{p}/8" for p in row] for row in source.integers(-16, 17, (2 + seed, 2))]
    rough = resting([["1"]] * 2)
    rough = DECOMPOSABLE_FLOW.instance(
        x=[[1, 2]], y=[0], s=[[1, 0], [0, 1]], alpha="3/7", eta=["5/3", "-2/9"], start=weights, weights=weights
    )
    claim = REGRESSION.claim("convex")
    assert decide(claim, compared(rough, fmpq(3, 7), fmpq(-5, 11))).verdict == "holds"
    touching = decide(claim, compared(rough, 0, 0))
    assert touching.verdict == "holds"
    assert touching.touching


def test_finite_steps_drift() -> None:
    """One step of gradient descent of size 1/10 from e^theta = 2, two layers: 1 becomes (1 - 1/100 (33/16)^2)."""
    mutant = next(m for m in REGRESSION.mutants if m.id == "descent-conserves")
    check = next(iter(mutant.claim.concludes(DECOMPOSABLE_FLOW.view(mutant.witness()))))
    assert check.left[0, 0] == 1 - (fmpq(33, 16) / 10) ** 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"eta": [0]}, "drop the coordinate"),
        ({"start": [[1]], "weights": [[1]]}, "1 layers"),
        ({"start": [[1]] * 9, "weights": [[1]] * 9}, "9 layers"),
        ({"frames": [[[1]], [[1]]]}, "together"),
        ({"frames": [[[1]]], "rests": [[[0]]]}, "one matrix for each of the 2 layers"),
        ({"frames": [[[1, 0]], [[1]]], "rests": [[[0]], [[0]]]}, "layer 1: the frame"),
        ({"frames": [[[1]] * 80, [[1]] * 80], "rests": [[[0]] * 80, [[0]] * 80]}, "data tensor"),
        ({"alpha": "1e100"}, "more than 200 bits"),
        ({"x": [[1] * 7], "s": [[1] * 7]}, "too many"),
    ],
)
def test_hostile_instances_are_refused(changes: dict[str, Any], message: str) -> None:
    sane: dict[str, Any] = {"x": [[1]], "y": [1], "s": [[1]], "alpha": 1, "eta": [1]}
    sane |= {"start": [[1], [0]], "weights": [["5/4"], ["3/4"]]}
    assert DECOMPOSABLE_FLOW.instance(**sane)
    with pytest.raises(InstanceError, match=message):
        DECOMPOSABLE_FLOW.instance(**(sane | changes))


@pytest.mark.parametrize("record", [REGRESSION, CLASSIFICATION], ids=lambda record: record.id)
def test_reductions_stay_on_the_flow(record: Any) -> None:
    """What a state of the flow is reduced to is a state of the flow."""
    one = record.equality[0].last()
    seen = 0
    for move in DECOMPOSABLE_FLOW.moves:
        for smaller in move.reductions(one):
            assert growths(smaller) is not None, move.id
            seen += 1
    assert seen > 10


def test_frames_that_are_not_orthonormal_are_vacuous() -> None:
    claim = REGRESSION.claim("frozen-outside-frames")
    assert decide(claim, framed()).verdict == "holds"
    assert decide(claim, framed(2)).verdict == "vacuous"
