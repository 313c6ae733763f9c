"""What evaluation takes as networks and data, and what it refuses in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import evaluate, hessian_sharpness, norms, sharpness, sharpness_radius
from refutable.strategies.training.closed_form import Networks


def parts(d: int) -> tuple[Networks, Tensor, Tensor]:
    """Three networks of four neurons with six data each."""
    draw = torch.Generator().manual_seed(d)

    def normal(*size: int) -> Tensor:
        return torch.randn(*size, generator=draw, dtype=torch.float64)

    return Networks(normal(3, 4, d), normal(3, 4), normal(3, 4), normal(3)), normal(3, 6, d), normal(3, 6)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sharpness": lambda networks, x, y: [sharpness(networks, x)],
    "norms": lambda networks, x, y: norms(networks, x),
    "evaluate": evaluate,
    "hessian_sharpness": lambda networks, x, y: [hessian_sharpness(networks, x, y)],
    "sharpness_radius": lambda networks, x, y: [sharpness_radius(networks, x, y)],
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("d", [1, 3])
def test_one_table_for_all_and_arrays_of_numpy(d: int, name: str) -> None:
    networks, x, y = parts(d)
    found = FUNCTIONS[name](Networks(*(part.numpy() for part in networks)), x[0].numpy(), y[0].tolist())  # type: ignore[arg-type]
    wanted = FUNCTIONS[name](networks, x[:1].expand(3, -1, -1).contiguous(), y[:1].expand(3, -1).contiguous())
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("d", [1, 3])
def test_no_networks_no_results_and_no_neurons_no_meaning(d: int, name: str) -> None:
    networks, x, y = parts(d)
    found = FUNCTIONS[name](Networks(*(part[:0] for part in networks)), x[0], y[0])
    assert [len(part) for part in found] == [0] * len(found)
    w1, b1, w2, b2 = networks
    with pytest.raises(ValueError, match="a neuron and an input at least, not k = 0"):
        FUNCTIONS[name](Networks(w1[:, :0], b1[:, :0], w2[:, :0], b2), x, y)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numbers_of_two_precisions_are_refused_in_words(name: str) -> None:
    networks, x, y = parts(2)
    with pytest.raises(ValueError, match=r"of one type, best float64, not w1 float64.* inputs float32"):
        FUNCTIONS[name](networks, x.float(), y)
    with pytest.raises(ValueError, match="w1 float32, b1 float64"):
        FUNCTIONS[name](networks._replace(w1=networks.w1.float()), x, y)
