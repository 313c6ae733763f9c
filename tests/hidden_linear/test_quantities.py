"""The domain's formulas against torch's derivatives, mpmath at 50 digits and plain linear algebra."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
import torch
from flint import fmpq
from hypothesis import given, settings

from refutable.strategies.hidden_linear import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.network import velocity
from refutable.theorems.domains.hidden_linear.potential import potential
from refutable.theorems.domains.hidden_linear.reaching import reached
from refutable.theorems.domains.hidden_linear.rows import least_solution, off_rows
from refutable.theorems.exact import as_real
from refutable.theorems.flows import derivative_along
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.azulay_2021.neuron_cases import MOVED, ONE, numbers, rival, start
from refutable.theorems.papers.azulay_2021.neuron_mutants import WIDE

FLOW = frozenset({"one-hidden-unit", "imbalance-conserved", "moved-in-row-span", "direction-kept"})


def floats(values: Any) -> Any:
    return np.array([float(as_real(q)) for q in np.ravel(values)]).reshape(np.shape(values))


def loss(instance: Instance, a: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """The network's loss, written apart from the package."""
    x, y = torch.tensor(floats(instance["inputs"])), torch.tensor(floats(instance["labels"]))
    slope = 1.0 if instance["slope"] is None else float(as_real(instance["slope"]))
    return 0.5 * ((a * torch.nn.functional.leaky_relu(x @ w.T, slope)).sum(-1) - y).square().sum()


@settings(max_examples=25, deadline=None, database=None)
@given(SUPPLY.drawn(frozenset({"step-size-given"}), Size()))
def test_the_velocity_is_minus_the_gradient_of_the_loss(instance: Instance) -> None:
    view = HIDDEN_LINEAR.view(instance)
    if (view["features"] == 0).any():
        return
    a, w = (torch.tensor(floats(instance[name]), requires_grad=True) for name in ("output", "hidden"))
    da, dw = (g.numpy() for g in torch.autograd.grad(loss(instance, a, w), (a, w)))
    assert floats(view["output_rate"]) == pytest.approx(-da, rel=1e-9, abs=1e-9)
    assert floats(view["hidden_rate"]) == pytest.approx(-dw, rel=1e-9, abs=1e-9)
    step = float(as_real(instance["step_size"]))
    assert floats(view["next_hidden"]) == pytest.approx(w.detach().numpy() - step * dw, rel=1e-9, abs=1e-9)


def papers_q(v: Any, start: Any, delta: Any) -> Any:
    """q as the paper's code writes it, at 50 digits."""
    n, half = mpmath.sqrt(sum(c * c for c in v)), delta / 2
    root = mpmath.sqrt(n**2 + half**2)
    size = mpmath.sqrt(sum(c * c for c in start))
    pull = mpmath.sqrt(mpmath.sqrt(size**2 + half**2) - half) * sum(p * q for p, q in zip(start, v, strict=True)) / size
    return (n**2 - half * (half + root)) * mpmath.sqrt(root - half) / n - mpmath.mpf(3) / 2 * pull


def digits(values: Any) -> list[Any]:
    return [mpmath.mpf(int(q.p)) / int(q.q) for q in np.ravel(values)]


@settings(max_examples=25, deadline=None, database=None)
@given(SUPPLY.drawn(FLOW | {"another-predictor"}, Size()))
def test_q_is_the_papers_up_to_its_value_at_the_start(instance: Instance) -> None:
    view = HIDDEN_LINEAR.view(instance)
    begin, v, (delta,) = digits(view["start_predictor"]), digits(view["rival"]), digits([view["delta"]])
    if not any(begin) or not any(v):
        return
    with mpmath.workdps(50):
        wanted = papers_q(v, begin, delta) - papers_q(begin, begin, delta)
        assert abs(float(as_real(potential(view, view["rival"]))) - float(wanted)) <= 1e-12 * (1 + abs(float(wanted)))
        theta = digits(view["predictor"])
        if not any(theta):
            return
        for i, slope in enumerate(view["gradient"]):

            def along(t: Any, i: int = i) -> Any:
                return papers_q([c + t * (i == j) for j, c in enumerate(theta)], begin, delta)

            found = float(mpmath.diff(along, 0))
            assert float(as_real(slope)) == pytest.approx(found, rel=1e-12, abs=1e-12)


def test_the_derivative_along_the_flow_is_that_of_a_small_step() -> None:
    view = HIDDEN_LINEAR.view(WIDE.replace(labels=numbers([1])))
    moving = floats(derivative_along(view, lambda v: v["gradient"], velocity(view)))
    after: list[float] = []
    before: list[float] = []
    for sign, out in ((1, after), (-1, before)):
        step = fmpq(sign, 10**6)
        moved = WIDE.replace(
            labels=numbers([1]),
            output=WIDE["output"] + view["output_rate"] * step,
            hidden=WIDE["hidden"] + view["hidden_rate"] * step,
        )
        out.extend(floats(HIDDEN_LINEAR.view(moved)["gradient"]))
    assert moving == pytest.approx((np.array(after) - np.array(before)) / 2e-6, rel=1e-6, abs=1e-8)
    assert abs(moving[0]) > 1


def test_the_written_state() -> None:
    view = HIDDEN_LINEAR.view(MOVED)
    assert list(view["predictor"]) == [fmpq(20, 9), fmpq(5, 3)]
    assert (view["potential"], view["delta"]) == (fmpq(115, 54) + fmpq(1, 2), 0)
    assert list(view["gradient"]) == [2, 0]
    assert list(view["rows_moved"]) == [fmpq(4, 3), 0]


@pytest.mark.parametrize("seed", range(6))
def test_spans_of_data(seed: int) -> None:
    source = np.random.default_rng(seed)
    x = source.integers(-2, 3, (2 + seed % 2, 3))
    if seed == 3:
        x[1] = 2 * x[0]
    v = source.integers(-3, 4, 3)
    exact = numbers(x.tolist())
    matrix = sympy.Matrix(x.tolist())
    kernel = [np.array(list(k), dtype=float) for k in matrix.nullspace()]
    reference = np.zeros(3)
    if kernel:
        basis = np.linalg.qr(np.stack(kernel, 1))[0]
        reference = basis @ (basis.T @ v)
    assert floats(off_rows(exact, numbers([v.tolist()]))[0]) == pytest.approx(reference, abs=1e-12)
    fit = least_solution(exact, numbers((x @ v).tolist()))
    assert fit is not None
    assert floats(fit) == pytest.approx(np.linalg.pinv(x) @ (x @ v), abs=1e-12)


def test_no_solution_is_said() -> None:
    assert least_solution(numbers([[1, 0], [2, 0]]), numbers([1, 1])) is None
    assert least_solution(numbers([[0, 0]]), numbers([1])) is None


@pytest.mark.parametrize(("output", "nu"), [("1/2", 1), ("1/3", -2), ("3/2", 1), ("-3", 1)])
def test_a_line_from_the_start_meets_the_quadric_again(output: str, nu: int) -> None:
    state = reached(ONE, numbers([output]), numbers([[nu]]))
    assert state is not None
    (a,), (w,) = state["output"], state["hidden"]
    assert a * a == w @ w
    assert w[1] == 1
    assert (a > 0) == (abs(float(as_real(numbers([output])[0]))) < abs(nu))


def test_a_line_on_the_quadric_has_no_other_point() -> None:
    assert reached(ONE, numbers([1]), numbers([[1]])) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slope": -1}, "at least 0"),
        ({"step_size": 0}, "must be > 0"),
        ({"rival": [1, 2, 3]}, "d = 2"),
        ({"rival": ["1/" + "7" * 4200, "1/" + "9" * 4200]}, "bits"),
        ({"multipliers": [[0, 0]]}, "n = 1"),
        ({"inputs": [[1] * 40], "start_hidden": [[1] * 40], "hidden": [[1] * 40]}, "at most 12"),
    ],
)
def test_hostile_instances_are_refused(change: dict[str, Any], said: str) -> None:
    raw = {name: value for name, value in ONE.values.items() if value is not None}
    with pytest.raises(InstanceError, match=said):
        HIDDEN_LINEAR.instance(**{**raw, **change})


def test_documents_come_back_and_read_well() -> None:
    instance = rival(start([1, 2], [[0, 1], ["1/2", 0]], labels=[1], slope="1/2", step_size=1), 1, "2/3")
    assert HIDDEN_LINEAR.load(HIDDEN_LINEAR.dump(instance)) == instance
    assert HIDDEN_LINEAR.describe is not None
    lines = HIDDEN_LINEAR.describe(instance)
    assert "start: a = 2, w = (1/2, 0)" in lines
    assert "rival v = (1, 2/3)" in lines


def test_moves_keep_states_on_the_quadric() -> None:
    instance = rival(WIDE, "15/4", 3)
    kept = []
    for move in HIDDEN_LINEAR.moves:
        for i, candidate in enumerate(move.reductions(instance)):
            if i == 12:
                break
            view = HIDDEN_LINEAR.view(candidate)
            kept.append(bool((view["imbalance"] == view["start_imbalance"]).all()))
    assert sum(kept) > 20
