"""Steps and batch sequences against brute force, and networks against torch."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from torch.func import functional_call, hessian

from refutable.strategies.quadratic import from_network
from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, fraction
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View


def drawn(n: int, p: int, batch_size: int | None, steps: int, seed: int = 0) -> Instance:
    source = np.random.default_rng(seed)
    a = source.integers(-2, 3, size=(n, p, p))
    return QUADRATIC.instance(
        hessians=(a + a.transpose(0, 2, 1)).tolist(),
        displacement=source.integers(-2, 3, size=p).tolist(),
        step_size="1/3",
        batch_size=batch_size,
        steps=steps,
    )


Vector = list[Fraction]


def one_step(instance: Instance, batch: tuple[int, ...], state: Vector) -> Vector:
    """theta - eta/B sum_{i in batch} H_i theta, in Python fractions."""
    eta = fraction(instance["step_size"])
    slope = [
        sum((fraction(instance["hessians"][i][a][b]) * state[b] for i in batch for b in range(len(state))), Fraction(0))
        for a in range(len(state))
    ]
    return [x - eta * s / len(batch) for x, s in zip(state, slope, strict=True)]


def end_points(instance: Instance) -> list[Vector]:
    """The end point of every sequence of batches, one sequence at a time."""
    n = len(instance["hessians"])
    batches = list(combinations(range(n), instance["batch_size"] or n))
    ends = []
    for sequence in product(batches, repeat=instance["steps"]):
        state = [fraction(c) for c in instance["displacement"]]
        for batch in sequence:
            state = one_step(instance, batch, state)
        ends.append(state)
    return ends


def as_fractions(array: Any) -> Vector:
    return [fraction(c) for c in array]


@pytest.mark.parametrize(("n", "batch_size", "steps"), [(1, None, 3), (3, 1, 2), (4, 2, 2), (3, None, 2), (2, 1, 5)])
def test_the_law_of_sgd_agrees_with_brute_force(n: int, batch_size: int | None, steps: int) -> None:
    instance = drawn(n, 2, batch_size, steps, seed=n)
    ends = end_points(instance)
    view = QUADRATIC.view(instance)
    assert view["sequence_count"] == len(ends)
    mean = [sum(column) / len(ends) for column in zip(*ends, strict=True)]
    assert as_fractions(view["sgd_mean"]) == mean == as_fractions(view["orbit"][steps])
    squares = [sum(x * x for x in end) for end in ends]
    assert fraction(view["sgd_mean_square"]) == sum(squares) / len(ends)
    norms = sum(float(s) ** 0.5 for s in squares) / len(ends)
    assert float(as_real(view["sgd_mean_norm"])) == pytest.approx(norms)


def test_gradient_descent_agrees_with_brute_force() -> None:
    instance = drawn(3, 3, None, 4, seed=5)
    view = QUADRATIC.view(instance)
    state = [fraction(c) for c in instance["displacement"]]
    for exact in view["orbit"]:
        assert as_fractions(exact) == state
        state = one_step(instance, (0, 1, 2), state)
    assert [fraction(s) for s in view["squared_distances"]] == [
        sum(x * x for x in as_fractions(point)) for point in view["orbit"]
    ]


def test_too_many_batch_sequences_are_refused_by_number() -> None:
    view = QUADRATIC.view(drawn(4, 1, 2, 5))
    with pytest.raises(ArithmeticError, match="7776 batch sequences; at most 5000"):
        _ = view["sgd_mean"]
    with pytest.raises(ArithmeticError, match="216 batch sequences; at most 64"):
        _ = QUADRATIC.view(drawn(4, 1, 2, 3))["sgd_mean_norm"]


def test_float_batches_agree_with_exact_views() -> None:
    instances = [drawn(3, 2, 1, 2, seed) for seed in range(5)]

    def stacked(name: str) -> torch.Tensor:
        rows = [np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(i[name]) for i in instances]
        return torch.tensor(np.array(rows), dtype=torch.float64)

    numbers = {name: stacked(name) for name in ("hessians", "displacement", "step_size")}
    batch = View(QUADRATIC, TorchOps(), {**numbers, "batch_size": 1, "steps": 2})
    for name in ("sharpness", "sgd_mean_square", "sgd_mean_norm", "curvature_along"):
        exact = [float(as_real(QUADRATIC.view(i)[name])) for i in instances]
        assert batch[name].tolist() == pytest.approx(exact, rel=1e-9, abs=1e-12)


class Shallow(torch.nn.Module):
    """Two ReLU neurons."""

    def __init__(self) -> None:
        super().__init__()
        self.w1 = torch.nn.Parameter(torch.tensor([[2.0], [-1.0]], dtype=torch.float64))
        self.b1 = torch.nn.Parameter(torch.tensor([0.5, 0.25], dtype=torch.float64))
        self.w2 = torch.nn.Parameter(torch.tensor([1.5, -0.5], dtype=torch.float64))
        self.b2 = torch.nn.Parameter(torch.tensor(0.0, dtype=torch.float64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x @ self.w1.T + self.b1) @ self.w2 + self.b2


def test_losses_of_a_network_are_its_hessians_at_interpolation() -> None:
    model = Shallow()
    points = torch.tensor([[-1.0], [0.5], [2.0]], dtype=torch.float64)
    labels = model(points).detach()
    parameters = {name: p.detach() for name, p in model.named_parameters()}
    flat, shapes = torch.cat([p.reshape(-1) for p in parameters.values()]), parameters.items()

    def loss(weights: torch.Tensor, i: int) -> torch.Tensor:
        values, start = {}, 0
        for name, p in shapes:
            values[name] = weights[start : start + p.numel()].reshape(p.shape)
            start += p.numel()
        return (functional_call(model, values, (points[i : i + 1],)) - labels[i : i + 1]).square().sum() / 2

    network = SHALLOW_RELU.instance(
        w1=[[2], [-1]], b1=["1/2", "1/4"], w2=["3/2", "-1/2"], b2=0, x=[[-1], ["1/2"], [2]], step_size="1/8"
    )
    losses = from_network(network, steps=2, batch_size=1)
    assert QUADRATIC.load(QUADRATIC.dump(losses)) == losses
    for i in range(3):
        exact = np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(losses["hessians"][i])
        assert np.allclose(exact, hessian(loss)(flat, i).numpy())
    exact_sharpness = SHALLOW_RELU.view(network)["sharpness"]
    assert float(as_real(QUADRATIC.view(losses)["sharpness"])) == pytest.approx(float(as_real(exact_sharpness)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hessians": [[[1, 2], [3, 4]]]}, r"hessians\[0\] is not symmetric"),
        ({"hessians": [[[1, 0]]]}, r"hessians\[0\]\[0\] has 2 entries"),
        ({"hessians": []}, "hessians is empty"),
        ({"displacement": [1]}, "displacement has 1 entries, expected p = 2"),
        ({"batch_size": 2}, "batch_size is 2, but there are only 1 losses"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"steps": 1000}, "at most 100"),
        ({"step_size": -1}, "step_size must be > 0"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    fields = {"hessians": [[[1, 0], [0, 1]]], "displacement": [1, 0], "step_size": 1, "batch_size": None, "steps": 1}
    with pytest.raises(InstanceError, match=message):
        QUADRATIC.instance(**{**fields, **changes})


def test_moves_keep_instances_well_formed() -> None:
    start = drawn(3, 2, 2, 4, seed=9).replace(step_size=fmpq(355, 113))
    for move in QUADRATIC.moves:
        found = list(move.reductions(start))
        assert found, move.id
        for smaller in found:
            assert smaller != start
            assert QUADRATIC.load(QUADRATIC.dump(smaller)) == smaller


def test_description_reads_as_on_a_whiteboard() -> None:
    assert QUADRATIC.describe is not None
    instance = QUADRATIC.instance(
        hessians=[[[1, 0], [0, "1/2"]]], displacement=[1, 0], step_size=2, batch_size=None, steps=3
    )
    expected = ["H_1 = [1 0; 0 1/2]", "theta_0 = (1, 0)", "step size = 2, full batch, 3 steps"]
    assert QUADRATIC.describe(instance) == expected
