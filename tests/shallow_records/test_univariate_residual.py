"""The univariate residual bound: figures of two atoms, and the Hessian by torch.func."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.families.labelled import with_residuals
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.papers.liang_2025 import RESIDUAL_BOUND, corrections
from refutable.theorems.papers.qiao_2024 import RESIDUAL_BOUND_UNIVARIATE
from refutable.theorems.papers.qiao_2024.instances import FAR_OFF, WIDE_FAR_OFF, mirrored_pair
from refutable.verify.decide import decide

Networks = Callable[..., list[Instance]]
MUTANTS = {mutant.id: mutant for mutant in RESIDUAL_BOUND_UNIVARIATE.mutants}


def _floats(array: Any) -> Any:
    return np.vectorize(to_float, otypes=[np.float64])(array)


def _sharpness(instance: Instance) -> float:
    k = len(instance["b1"])
    x = torch.tensor(_floats(instance["x"]))
    view = SHALLOW_RELU.view(instance)
    y = torch.tensor(_floats(view["output"] - view["residual"]))

    def loss(theta: torch.Tensor) -> torch.Tensor:
        w1, b1, w2, b2 = torch.split(theta, [k, k, k, 1])
        return ((torch.relu(x @ w1[None] + b1) @ w2 + b2 - y) ** 2).mean() / 2

    parts = [_floats(instance[name]).reshape(-1) for name in ("w1", "b1", "w2")]
    theta = torch.tensor(np.concatenate([*parts, [float(as_real(instance["b2"]))]]))
    return float(torch.linalg.eigvalsh(torch.func.hessian(loss)(theta))[-1])


def _norm(instance: Instance) -> float:
    """int |f''| g for knots of one neuron each: the sum of |w2| |w1| min over both sides of P^2 E[.] sqrt(1 + E^2)."""
    w1, b1, w2, x = (_floats(instance[name]).ravel() for name in ("w1", "b1", "w2", "x"))
    total = 0.0
    for w, b, out in zip(w1, b1, w2, strict=True):
        sides = []
        for side in (x[w * x + b > 0], x[w * x + b < 0]):
            mean = side.mean() if len(side) else 0.0
            sides.append((len(side) / len(x)) ** 2 * abs(mean + b / w) * sqrt(1 + mean**2) if len(side) else 0.0)
        total += abs(out * w) * min(sides)
    return total


def test_the_three_claims_against_automatic_differentiation(networks: Networks) -> None:
    for network in networks(10, d=1, labelled=True, seed=21):
        sharpness, norm = _sharpness(network), _norm(network)
        view = SHALLOW_RELU.view(network)
        assert float(as_real(view["sharpness"])) == pytest.approx(sharpness, rel=1e-8)
        assert float(as_real(view["stability_norm"])) == pytest.approx(norm, rel=1e-9)
        root = sqrt(2 * to_float(view["loss"]))
        reach = max(abs(_floats(network["x"]).max()), abs(_floats(network["x"]).min()), 1 / sqrt(3))
        assert norm <= sharpness / 2 - 1 / 2 + reach * root
        for claim in RESIDUAL_BOUND_UNIVARIATE.claims[:2]:
            assert decide(claim, network).verdict in ("holds", "vacuous")


def test_narrow_data_far_from_their_labels() -> None:
    """X = -1/10, 1/10, weights 200, residual -377: x_max sqrt(2 L) is 56.6 too small."""
    missing = _norm(FAR_OFF) - (_sharpness(FAR_OFF) / 2 - 1 / 2 + 37.7)
    assert missing == pytest.approx(56.57, abs=0.02)
    assert decide(MUTANTS["wide-data-dropped"].claim, FAR_OFF).verdict == "violated"
    assert decide(RESIDUAL_BOUND_UNIVARIATE.claim("any-width"), FAR_OFF).verdict == "holds"
    assert decide(RESIDUAL_BOUND.headline, FAR_OFF).verdict == "holds"


def test_figures_of_two_atoms() -> None:
    """Residual -1: 0.291 is needed; x_max gives 0.75, the sharp form 0.625, R + 1 gives 1.75."""
    atoms = with_residuals(two_atoms(), [-1, -1])
    view = SHALLOW_RELU.view(atoms)
    assert float(as_real(view["stability_norm"])) - (_sharpness(atoms) / 2 - 1 / 2) == pytest.approx(0.291, abs=5e-4)
    assert [corrections.qiao(view), corrections.sharp(view), corrections.liang(view)] == [
        fmpq(3, 4), fmpq(5, 8), fmpq(7, 4),
    ]  # fmt: skip
    slight = with_residuals(two_atoms(), [fmpq(-1, 10)] * 2)
    assert _sharpness(slight) / 2 - 1 / 2 == pytest.approx(7.00208, abs=5e-6)
    assert float(as_real(SHALLOW_RELU.view(slight)["stability_norm"])) == 7.03125


@pytest.mark.parametrize("c", [fmpq(1, 10), fmpq(1, 4), fmpq(1), fmpq(4, 3)])
def test_what_two_atoms_need_tends_to_a_quarter_of_the_largest_input(c: fmpq) -> None:
    """(1/4) sqrt(1 + c^2) |r| for steep balanced neurons."""
    root = sqrt(1 + to_float(c) ** 2)
    steep = fmpq(10**4)
    balanced = fmpq(*(to_float(c) * 1e4 / root).as_integer_ratio())
    residual = fmpq(-1000)
    atoms = mirrored_pair(c, steep, balanced, residual)
    needed = _norm(atoms) - (_sharpness(atoms) / 2 - 1 / 2)
    assert needed / 1000 == pytest.approx(root / 4, rel=2e-2)


def test_a_quarter_of_the_radius_is_too_little_from_wide_data_on() -> None:
    assert decide(MUTANTS["quarter-of-radius"].claim, WIDE_FAR_OFF).verdict == "violated"
    assert decide(RESIDUAL_BOUND_UNIVARIATE.headline, WIDE_FAR_OFF).verdict == "holds"
