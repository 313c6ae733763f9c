"""Deep linear training against automatic differentiation, and its documents."""

import json

import numpy as np
import pytest
import torch

from refutable.strategies.training.deep_linear import (
    descend,
    initial_layers,
    product,
    slopes,
    train_deep_linear,
)


@pytest.mark.parametrize("widths", [(2, 3), (2, 2, 2), (3, 2, 3, 2), (2, 3, 3, 2, 1)], ids=str)
def test_the_gradient_is_that_of_autograd(widths: tuple[int, ...]) -> None:
    layers, target = initial_layers(3, widths, 4)
    watched = [layer.clone().requires_grad_() for layer in layers]
    ((product(watched) - target).square().sum() / 2).backward()  # type: ignore[no-untyped-call]
    for ours, layer in zip(slopes(layers, target), watched, strict=True):
        assert layer.grad is not None
        assert torch.allclose(ours, layer.grad, rtol=1e-13, atol=1e-13)


def test_descent_reaches_the_target() -> None:
    layers, target = initial_layers(1, (2, 2, 2), 20)
    before = (product(layers) - target).square().sum((-1, -2)) / 2
    _, after = descend(layers, target, 0.05, 3000)
    assert (after < before).all()
    assert (after < 1e-12).sum() >= 15


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 2, 3, 2)], ids=str)
def test_documents_hold_the_layers_first_to_last(widths: tuple[int, ...]) -> None:
    documents = train_deep_linear(5, widths, 6, "1/20", 200)
    layers, _ = descend(*initial_layers(5, widths, 6), 0.05, 200)
    assert len(documents) == 6
    for index, document in enumerate(documents):
        assert document == json.loads(json.dumps(document))
        assert document.keys() == {"format", "model", "layers", "loss_scale"}
        assert [np.array(layer).shape for layer in document["layers"]] == [*zip(widths[1:], widths[:-1], strict=True)]
        whole = np.linalg.multi_dot([np.array(layer) for layer in document["layers"][::-1]])
        np.testing.assert_allclose(whole, product(layers)[index], rtol=1e-12, atol=1e-14)


def test_diverged_networks_are_said_to_be_lost() -> None:
    with pytest.warns(UserWarning, match="8 of 8 deep linear networks diverged"):
        assert train_deep_linear(1, (2, 3, 2), 8, "20", 500) == []


@pytest.mark.parametrize(
    ("widths", "networks", "step_size", "steps", "said"),
    [
        ((2,), 1, "1/9", 1, "widths"),
        ((2, 0), 1, "1/9", 1, "widths"),
        ((2, 2), 0, "1/9", 1, "network"),
        ((2, 2), 1, "0", 1, "step_size"),
        ((2, 2), 1, "1/0", 1, "step_size"),
        ((2, 2), 1, "1/9", -1, "steps"),
    ],
)
def test_nonsense_is_refused(widths: tuple[int, ...], networks: int, step_size: str, steps: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        train_deep_linear(0, widths, networks, step_size, steps)
