"""Networks on data sets: sizes, weights, and which parameters are trained."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq
from hypothesis.strategies import DrawFn

from refutable.strategies.shallow_relu.choosers import Chooser, Drawn, Seeded, dyadic, note, once_in, pick
from refutable.strategies.shallow_relu.data import Rows, inputs
from refutable.strategies.shallow_relu.demands import Demands
from refutable.strategies.shallow_relu.neurons import Neuron, neurons
from refutable.strategies.shallow_relu.tuning import tuned
from refutable.strategies.supply import Size
from refutable.theorems.domains.shallow_relu.forward import GROUPS

LARGE = 4
"""One network in sixteen is up to so many times as large as asked, and drawn from a seed."""


@dataclass(frozen=True)
class Network:
    """A network with its data.

    Attributes:
        offset: the output bias; None: there is none.
        frozen: parameter groups that are not trained.
    """

    rows: Rows
    neurons: list[Neuron]
    offset: fmpq | None
    frozen: frozenset[str]

    def outputs(self) -> list[fmpq]:
        """f(x_j)."""
        offset = fmpq(0) if self.offset is None else self.offset
        return [sum((_relu_term(neuron, row) for neuron in self.neurons), offset) for row in self.rows]

    def raw(self) -> dict[str, object]:
        """Field values by name."""
        return {
            "w1": [neuron.w for neuron in self.neurons],
            "b1": [neuron.b for neuron in self.neurons],
            "w2": [neuron.out for neuron in self.neurons],
            "b2": self.offset,
            "x": self.rows,
            "frozen": self.frozen or None,
        }


def _relu_term(neuron: Neuron, row: list[fmpq]) -> fmpq:
    z = neuron.preactivation(row)
    return neuron.out * z if z > 0 else fmpq(0)


def chooser_and_size(draw: DrawFn, size: Size) -> tuple[Chooser, Size]:
    """Element by element within ``size``; one in sixteen from a seed and larger (but at most 16)."""
    chooser = Drawn(draw)
    if not once_in(chooser, 16):
        note("size: small")
        return chooser, size
    note("size: large")
    most = Size(_larger(size.max_neurons), _larger(size.max_samples), size.max_inputs)
    return Seeded(chooser.integer(0, 2**32 - 1)), most


def _larger(limit: int) -> int:
    return max(limit, min(LARGE * limit, 16))


def network(chooser: Chooser, size: Size, wanted: Demands, known: bool = True) -> Network:
    """A network that meets every demand on weights and data (labels and step size come later).

    ``known``: some are moved towards equality, and some data are rows of tables, where these are installed.
    """
    k, n, d = _sizes(chooser, size, wanted)
    rows = inputs(chooser, n, d, wanted, known)
    units = neurons(chooser, rows, k, wanted)
    if known:
        units = tuned(chooser, rows, units)
    offset = dyadic(chooser, 2, 4)
    if "b2" not in wanted.trained and once_in(chooser, 8):
        return Network(rows, units, None, frozenset())
    return Network(rows, units, offset, _frozen(chooser, wanted))


def _sizes(chooser: Chooser, size: Size, wanted: Demands) -> tuple[int, int, int]:
    """k, n, d; one neuron on two points of the line is the simplest."""
    k = chooser.integer(1, size.max_neurons)
    d = 1 if wanted.univariate else chooser.integer(1, size.max_inputs)
    if not _needs_null_space(wanted):
        return k, pick(chooser, _sample_sizes(size)), d
    k = min(k, 2 if size.max_samples < 16 else 4)
    # Features of a network have rank at most 1 + k (d + 1); with more data a residual can be orthogonal to them.
    return k, 1 + k * (d + 1) + pick(chooser, (1, 2, 3, 0)), d


def _sample_sizes(size: Size) -> tuple[int, ...]:
    return (*range(2, size.max_samples + 1), 1, *range(2, size.max_samples + 1))


def _needs_null_space(wanted: Demands) -> bool:
    return wanted.critical and not wanted.interpolating


def _frozen(chooser: Chooser, wanted: Demands) -> frozenset[str]:
    free = [group for group in GROUPS if group not in wanted.trained]
    # A claim that asks for some groups and not for the others is about networks of which only those are trained.
    rarity = 8 if len(wanted.trained) in (0, len(GROUPS)) else 2
    chosen = [group for group in free if once_in(chooser, rarity)][: len(GROUPS) - 1]
    if chosen:
        note("network: some parameters frozen")
    return frozenset(chosen)
