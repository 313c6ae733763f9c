"""Values that overflow where no datum of the step is (at padding, at data not drawn) harm nobody."""

from __future__ import annotations

import pytest
import torch

from refutable.strategies.engine.native import NATIVE
from refutable.strategies.engine.native.compiler import instruction_sets
from refutable.strategies.engine.prepare import Data
from refutable.strategies.engine.train import Run, train
from refutable.strategies.training.closed_form import Networks
from tests.engine.drawn_problems import drawn

HERE = ["torch", *(["native"] if NATIVE.missing(*drawn(1, 1, 1, 1)) is None else [])]
ON = [(name, isa) for name in HERE for isa in (instruction_sets() if name == "native" else [""])]
SIZES = [(n, size) for n in (1, 2, 3, 5, 9, 17) for size in (None, 1, 3) if size is None or size <= n]


def tensor(values: object) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def assert_same(found: Run, wanted: Run) -> None:
    assert wanted.finite.all()
    for part, target in zip(found.networks, wanted.networks, strict=True):
        torch.testing.assert_close(part, target, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found.largest_loss, wanted.largest_loss, rtol=1e-12, atol=0)


@pytest.mark.parametrize(("backend", "isa"), ON)
@pytest.mark.parametrize(("samples", "batch_size"), SIZES)
@pytest.mark.parametrize("inputs", [1, 2])
def test_a_neuron_that_overflows_away_from_the_data(
    backend: str, isa: str, samples: int, batch_size: int | None, inputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its value is infinite at x = 0, and it is never active on the data, which lie in [1, 2]."""
    monkeypatch.setenv("REFUTABLE_ISA", isa)
    network = Networks(
        tensor([[[-1e161] * inputs, [0.5] * inputs]]), tensor([[1e160, 0.1]]), tensor([[1e160, 0.3]]), tensor([0.0])
    )
    x = torch.linspace(1, 2, samples, dtype=torch.float64)
    data = Data(x[:, None].repeat(1, inputs), torch.sin(5 * x))
    runs = [train(network, data, 0.1, 50, batch_size=batch_size, backend=name) for name in (backend, "reference")]
    assert_same(*runs)


AFAR = {
    "the square of the residual": (1e155, 0.0, 1.0, 1.0),
    "the label's square": (1.0, 1e200, 1.0, 1.0),
    "the activation": (1e200, 0.0, 1e120, 1e-120),
    "the value": (1e155, 0.0, 1e150, 1.0),
}
"""What overflows: input and label of the datum, w1 and w2 of the network."""


@pytest.mark.parametrize("backend", HERE)
@pytest.mark.parametrize("what", AFAR)
def test_a_datum_that_is_not_drawn_counts_for_nothing(backend: str, what: str) -> None:
    x, y, w1, w2 = AFAR[what]
    network = Networks(tensor([[[w1]]]), tensor([[0.0]]), tensor([[w2]]), tensor([0.0]))
    data, near = (Data(tensor([[1.0], [a], [2.0]]), tensor([0.0, b, 0.0])) for a, b in ((x, y), (1.0, 0.0)))
    drawn_elsewhere = 0
    for seed in range(6):
        found, alone, wanted = (
            train(network, table, 1e-3 / w1**2, 1, batch_size=1, seed=seed, backend=name)
            for table, name in ((data, backend), (near, backend), (data, "reference"))
        )
        if wanted.largest_loss.isfinite().all():
            drawn_elsewhere += 1
            assert_same(found, wanted)
            assert_same(found, alone)
    assert drawn_elsewhere >= 2
