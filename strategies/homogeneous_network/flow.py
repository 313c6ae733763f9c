"""The gradient flow of the exponential loss in floats: weights as one vector, margins and their pull."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FlowProblem:
    """A network's shape and data.

    Attributes:
        units, square_layers: k and m.
        slope: of the hidden units for negative inputs.
        x, y: data [n, d], labels [n].
    """

    units: int
    square_layers: int
    slope: float
    x: Floats
    y: Floats

    @property
    def size(self) -> int:
        """How many weights."""
        k = self.units
        return k * int(self.x.shape[1]) + self.square_layers * k * k + k

    def layers(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """w1 [k, d], middle [m, k, k], w2 [k]."""
        k, d, m = self.units, self.x.shape[1], self.square_layers
        return theta[: k * d].reshape(k, d), theta[k * d : -k].reshape(m, k, k), theta[-k:]

    def forward(self, theta: Floats) -> tuple[list[Floats], list[Floats], Floats]:
        """Inputs of every layer, gains of every hidden layer, margins."""
        w1, middle, w2 = self.layers(theta)
        inputs, gains = [self.x], []
        for weights in (w1, *middle):
            z = inputs[-1] @ weights.T
            gains.append(np.where(z > 0, 1.0, self.slope))
            inputs.append(z * gains[-1])
        return inputs, gains, self.y * (inputs[-1] @ w2)

    def velocity(self, theta: Floats) -> Floats:
        """sum_n p_n grad f_n / |theta|^(a-2), p_n = exp(-f_n) / L: the flow of the loss, the same path in another time.

        Without the power the weights of three layers and more reach infinity in finite time.
        """
        inputs, gains, margins = self.forward(theta)
        pull = np.exp(margins.min() - margins)
        _, middle, w2 = self.layers(theta)
        signed = self.y * pull / pull.sum()
        delta = signed[:, None] * w2 * gains[-1]
        parts = [signed @ inputs[-1]]
        for j in range(len(middle), 0, -1):
            parts.append((delta.T @ inputs[j]).ravel())
            delta = (delta @ middle[j - 1]) * gains[j - 1]
        parts.append((delta.T @ self.x).ravel())
        return np.concatenate(parts[::-1]) / float(np.linalg.norm(theta)) ** self.square_layers

    def log_inverse_loss(self, theta: Floats) -> float:
        """log(1/L)."""
        margins = self.forward(theta)[2]
        low = margins.min()
        return float(low - np.log(np.exp(low - margins).sum()))

    def fields(self, theta: Floats) -> dict[str, Any]:
        """The domain's fields in floats."""
        w1, middle, w2 = self.layers(theta)
        network = {"w1": w1, "middle": middle if len(middle) else None, "w2": w2, "bias": None, "slope": self.slope}
        return {**network, "x": self.x, "y": self.y}


def random_problem(source: np.random.Generator, smooth: bool = False) -> tuple[FlowProblem, Floats]:
    """A problem that a teacher labels, and small random weights; ``smooth``: linear, with no kinks to cross."""
    k, d, n, m = (int(source.integers(low, high)) for low, high in ((1, 4), (2, 4), (2, 5), (0, 2)))
    x = source.standard_normal((n, d))
    y = np.where(x @ source.standard_normal(d) > 0, 1.0, -1.0)
    slope = 1.0 if smooth else float(source.choice([0.0, 0.125, 1.0]))
    problem = FlowProblem(k, m, slope, x, y)
    return problem, 0.8 * source.standard_normal(problem.size)
