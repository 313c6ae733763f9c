"""Data tensors against networks written down by hand, brute force over all paths, and torch's own derivatives."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.tensor_network import TENSOR_NETWORK, direct
from refutable.theorems.domains.tensor_network.architectures import (
    Architecture,
    circular_convolution,
    decomposed,
    diagonal,
    fully_connected,
)
from refutable.theorems.instances import InstanceError
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.ops.torch import TorchOps
from tests.tensor_network.numbers import floats

EXACT, TORCH = ExactOps(), TorchOps()


def halves(source: np.random.Generator, *shape: int) -> Any:
    values = [fmpq(int(p), 2) for p in source.integers(-6, 7, int(np.prod(shape)))]
    return np.array(values, dtype=object).reshape(shape)


def circular_reference(x: Any, filters: list[Any]) -> Any:
    """Index by index, from the definition."""
    d, h = len(x), list(x)
    for w in filters[:-1]:
        h = [sum((h[(i + k) % d] * w[k] for k in range(len(w))), fmpq(0)) for i in range(d)]
    return sum((a * b for a, b in zip(h, filters[-1], strict=True)), fmpq(0))


def contracted(net: Architecture, x: Any, layers: list[Any]) -> Any:
    """M(x) o (v_1, ..., v_L) as a sum over all entries of the tensor."""
    tensor = net.tensor(EXACT, x).reshape(net.sizes)
    total = fmpq(0)
    for position in product(*map(range, net.sizes)):
        term = tensor[position]
        for layer, i in zip(layers, position, strict=True):
            term = term * layer[i]
        total += term
    return total


@pytest.mark.parametrize("sizes", [(1,), (2,), (3, 2), (4, 4), (1, 3)])
def test_circular_networks(sizes: tuple[int, ...]) -> None:
    source = np.random.default_rng(len(sizes))
    net = circular_convolution(4, sizes)
    x, filters = halves(source, 4), [halves(source, k) for k in (*sizes, 4)]
    reference = circular_reference(x, filters)
    assert direct.convolution_value(EXACT, x, filters) == reference
    assert net.value(EXACT, x, filters) == reference == contracted(net, x, filters)
    assert sum(net.predictor(EXACT, filters) * x) == reference


@pytest.mark.parametrize("widths", [(3, 2), (2, 3, 2), (1, 1), (4, 1, 3)])
def test_fully_connected_networks(widths: tuple[int, ...]) -> None:
    source = np.random.default_rng(sum(widths))
    net = fully_connected(widths)
    x = halves(source, widths[0])
    matrices = [halves(source, a, b) for a, b in zip(widths, (*widths[1:], 1), strict=True)]
    reference = x
    for matrix in matrices:
        reference = reference @ matrix
    layers = [matrix.ravel() for matrix in matrices]
    assert net.value(EXACT, x, layers) == reference[0] == direct.fully_connected_value(EXACT, x, matrices)
    assert contracted(net, x, layers) == reference[0] == sum(net.predictor(EXACT, layers) * x)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_diagonal_networks_are_decomposed_by_identities(depth: int) -> None:
    source = np.random.default_rng(depth)
    one = np.array([[fmpq(int(i == j)) for j in range(3)] for i in range(3)], dtype=object)
    net, twin = diagonal(3, depth), decomposed(one, [one] * depth)
    x, layers = halves(source, 3), [halves(source, 3) for _ in range(depth)]
    assert (net.coefficients == twin.coefficients).all()
    assert net.value(EXACT, x, layers) == sum(np.multiply.reduce([x, *layers], axis=0))


@pytest.mark.parametrize(
    "net", [circular_convolution(4, (2, 3)), fully_connected((3, 2, 2)), diagonal(3, 4)], ids=lambda net: net.name
)
def test_derivatives_are_torchs_own(net: Architecture) -> None:
    source = np.random.default_rng(5)
    x, layers = halves(source, net.inputs), [halves(source, k) for k in net.sizes]
    inputs = torch.as_tensor(floats(x))[None]
    leaves = [torch.as_tensor(floats(v))[None].requires_grad_() for v in layers]
    value = direct_value(net, inputs, leaves)
    value.sum().backward()
    for i, leaf in enumerate(leaves):
        assert leaf.grad is not None
        np.testing.assert_allclose(floats(net.partial(EXACT, x, layers, i)), leaf.grad[0].numpy(), atol=1e-12)
        batch = net.partial(TORCH, inputs, [one.detach() for one in leaves], i)
        np.testing.assert_allclose(batch[0].numpy(), leaf.grad[0].numpy(), atol=1e-12)


def direct_value(net: Architecture, x: torch.Tensor, layers: list[torch.Tensor]) -> torch.Tensor:
    if net.name == "diagonal":
        return torch.stack([x, *layers]).prod(0).sum()
    if net.name == "fully-connected":
        return x @ layers[0].reshape(3, 2) @ layers[1].reshape(2, 2) @ layers[2].reshape(2, 1)
    for w in layers[:-1]:
        x = torch.stack([torch.roll(x, -k, -1) * w[:, k] for k in range(w.shape[1])]).sum(0)
    return (x * layers[-1]).sum()


def test_filters_longer_than_the_input_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit 2 inputs"):
        circular_convolution(2, (3,))
    with pytest.raises(ValueError, match="more than"):
        diagonal(12, 6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": ["diagonal", "convolution"]}, "one word"),
        ({"layers": [[[1], [1], [1]], [[1], [1]]]}, "each layer has 2 weights"),
        ({"layers": [[[1], [1]]]}, "1 layers; 2 to 8"),
        ({"layers": [[[1, 1], [1, 1]], [[1], [1]]]}, "one column"),
        ({"architecture": ["fully-connected"]}, "lead from 2 inputs to 1 output"),
        ({"layers": [[["1" * 200], [1]], [[1], [1]]]}, "round it"),
        ({"layers": [[[1], [1]]] * 12}, "12 layers; 2 to 8"),
        ({"x": [[2]], "layers": [[[1]]] * 800}, "800 layers; 2 to 8"),
        ({"x": [[2]] * 2000, "layers": [[[1]]] * 2}, "2000 data; at most 12"),
        ({"x": [[1] * 6], "layers": [[[1]] * 6] * 5}, "more than 2000"),
        ({"x": [[1] * 6] * 12, "layers": [[[1]] * 6] * 3}, "too many together"),
        ({"x": [[fmpq(1, 2**300 + i) for i in range(30)]], "layers": [[[1]] * 30, [[1]] * 30]}, "entries"),
        ({"x": [[fmpq(1, 2**300 + i) for i in range(6)]] * 5, "layers": [[[1]] * 6] * 2}, "bits together"),
    ],
)
def test_hostile_networks_are_refused(changes: dict[str, Any], message: str) -> None:
    sane = {"architecture": ["diagonal"], "x": [[1, 2]], "layers": [[[1], [1]], [[1], [1]]]}
    assert TENSOR_NETWORK.instance(**sane)
    with pytest.raises(InstanceError, match=message):
        TENSOR_NETWORK.instance(**(sane | changes))
