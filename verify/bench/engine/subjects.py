"""Networks and data of given sizes, made from a seed: what every measurement is made on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from refutable.strategies.engine.train import Data
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks


@dataclass(frozen=True)
class Shape:
    """Inputs d, neurons k, data n."""

    inputs: int
    neurons: int
    samples: int

    @property
    def parameters(self) -> int:
        """Numbers that are trained."""
        return self.neurons * (self.inputs + 2) + 1

    @property
    def operations(self) -> int:
        """Nominal floating-point operations of a network step, 4nk(d + 1) + 4nk, however it is computed."""
        return 4 * self.samples * self.neurons * (self.inputs + 2)

    def __str__(self) -> str:
        return f"d={self.inputs} k={self.neurons} n={self.samples}"

    def document(self) -> dict[str, int]:
        """Ready for JSON."""
        return {"d": self.inputs, "k": self.neurons, "n": self.samples}


SHAPES = (Shape(1, 16, 16), Shape(1, 64, 32), Shape(10, 64, 64), Shape(784, 64, 128))
"""Those every part is measured on."""


def networks_and_data(shape: Shape, count: int, seed: int, device: str = "cpu") -> tuple[Networks, Data]:
    """``count`` networks as torch initialises them, each with Gaussian data and labels of its own; float64."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(scale: int, *sizes: int) -> Tensor:
        unit = torch.rand(count, *sizes, dtype=torch.float64, generator=generator)
        scaled: Tensor = (2 * unit - 1) / scale**0.5
        return scaled

    d, k, n = shape.inputs, shape.neurons, shape.samples
    networks = Networks(uniform(d, k, d), uniform(d, k), uniform(k, k), uniform(k))
    x = torch.randn(count, n, d, dtype=torch.float64, generator=generator)
    y = torch.randn(count, n, dtype=torch.float64, generator=generator)
    return Networks(*(part.to(device) for part in networks)), Data(x.to(device), y.to(device))


def interpolated(networks: Networks, data: Data) -> Data:
    """The same inputs, labelled by the networks themselves."""
    return Data(data.x, closed_form.forward(networks, data.x))


class Shallow(nn.Module):
    """The network as anyone would write it in torch."""

    def __init__(self, networks: Networks, row: int) -> None:
        super().__init__()
        w1, b1, w2, b2 = (part[row] for part in networks)
        self.hidden = nn.Linear(w1.shape[1], w1.shape[0], dtype=torch.float64, device=w1.device)
        self.output = nn.Linear(w1.shape[0], 1, dtype=torch.float64, device=w1.device)
        with torch.no_grad():
            self.hidden.weight.copy_(w1)
            self.hidden.bias.copy_(b1)
            self.output.weight.copy_(w2.unsqueeze(0))
            self.output.bias.copy_(b2.reshape(1))

    def forward(self, x: Tensor) -> Tensor:
        """Values ``[n, 1]`` at inputs ``[n, d]``."""
        values: Tensor = self.output(torch.relu(self.hidden(x)))
        return values


def half_mean_square(values: Tensor, y: Tensor) -> Tensor:
    """The loss 1/(2n) sum (f - y)^2."""
    return (values - y).square().mean() / 2


def flat_parameters(networks: Networks, row: int) -> Tensor:
    """All parameters of one network as a vector."""
    return torch.cat([part[row].reshape(-1) for part in networks])
