"""Reductions of data with a shallow network and multipliers, simplest first, and structural variations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.domains.pyramid.splines import affinely_free, pyramid, ridge_spline
from refutable.theorems.instances import Instance

MAX_DATA, MAX_INPUTS = 8, 3
"""Nothing is added beyond these sizes."""


def has_network(instance: Instance) -> bool:
    """Whether a shallow network comes with the data."""
    return instance["w1"] is not None


def _array(values: Sequence[Any]) -> Any:
    return sealed(np.array(list(values), dtype=object))


def refit(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; then with multipliers made orthogonal to affine functions and a network that fits anew."""
    yield after
    if after["multipliers"] is None or not has_network(after):
        return
    mu = affinely_free(after["x"], after["multipliers"])
    fitted = ridge_spline(after["x"], pyramid(after["x"]))
    if fitted is not None:
        yield after.replace(**fitted, multipliers=mu)
    yield after.replace(multipliers=mu)


def _without_datum(instance: Instance, j: int) -> Instance:
    changes: dict[str, Any] = {"x": sealed(np.delete(instance["x"], j, 0))}
    if instance["multipliers"] is not None:
        changes["multipliers"] = sealed(np.delete(instance["multipliers"], j, 0))
    return instance.replace(**changes)


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum alone, or one fewer."""
    n = len(instance["x"])
    if n > 2 and not has_network(instance):
        for j in range(n):
            changes: dict[str, Any] = {"x": sealed(instance["x"][j : j + 1].copy())}
            if instance["multipliers"] is not None:
                changes["multipliers"] = sealed(instance["multipliers"][j : j + 1].copy())
            yield instance.replace(**changes)
    for j in range(n) if n > 1 else ():
        yield from refit(instance, _without_datum(instance, j))


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer; all neurons of output weight 0 at once."""
    if not has_network(instance) or len(instance["b1"]) == 1:
        return
    used = [i for i, out in enumerate(instance["w2"]) if out != 0]
    if used and len(used) < len(instance["w2"]):
        yield _neurons(instance, used)
    for i in range(len(instance["b1"])):
        yield _neurons(instance, [j for j in range(len(instance["b1"])) if j != i])


def _neurons(instance: Instance, kept: Sequence[int]) -> Instance:
    chosen = {name: sealed(instance[name][list(kept)].copy()) for name in ("w1", "b1", "w2")}
    return instance.replace(**chosen)


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input fewer."""
    d = instance["x"].shape[1]
    for c in range(d) if d > 1 else ():
        changes = {"x": sealed(np.delete(instance["x"], c, 1))}
        if has_network(instance):
            changes["w1"] = sealed(np.delete(instance["w1"], c, 1))
            changes["slope"] = sealed(np.delete(instance["slope"], c, 0))
        yield from refit(instance, instance.replace(**changes))


def forget(instance: Instance) -> Iterator[Instance]:
    """Without the shallow network and the multipliers, or without the step size."""
    if has_network(instance) or instance["multipliers"] is not None:
        yield instance.replace(w1=None, b1=None, w2=None, slope=None, offset=None, multipliers=None)
    if instance["step_size"] is not None:
        yield instance.replace(step_size=None)


def spline_anew(instance: Instance) -> Iterator[Instance]:
    """The shallow network replaced by a spline along one direction; multipliers divided by one of them."""
    if not has_network(instance):
        return
    fitted = ridge_spline(instance["x"], pyramid(instance["x"]))
    if fitted is not None:
        yield instance.replace(**fitted)
    mu = instance["multipliers"]
    for size in sorted({abs(m) for m in mu if m != 0} - {fmpq(1)}) if mu is not None else ():
        yield instance.replace(multipliers=sealed(mu / size))


NUMBERS = NumberMoves(
    ("x", "step_size", "multipliers", "w1", "b1", "w2", "slope", "offset"), refit, ("x",), positive=("step_size",)
)
MOVES = (
    Move("forget", forget),
    Move("drop a datum", drop_datum),
    Move("drop a neuron", drop_neuron),
    Move("drop an input", drop_input),
    Move("spline anew", spline_anew),
    *NUMBERS.moves,
)


def other_data(instance: Instance) -> Iterator[Instance]:
    """A datum twice, mirrored, nearer to 0, nearer to an axis, or one fewer."""
    x = instance["x"]
    n = len(x)
    for j in range(n):
        if n < MAX_DATA and not has_network(instance):
            yield _with_rows(instance, [*x, x[j]])
        if n > 1:
            yield from refit(instance, _without_datum(instance, j))
        for row in (-x[j], x[j] / 2, x[j] * fmpq(3, 2)):
            yield from refit(instance, _with_rows(instance, [*x[:j], row, *x[j + 1 :]]))


def _with_rows(instance: Instance, rows: Sequence[Any]) -> Instance:
    changes: dict[str, Any] = {"x": _array([list(row) for row in rows])}
    mu = instance["multipliers"]
    if mu is not None and len(mu) < len(rows):
        changes["multipliers"] = _array([*mu, *([fmpq(0)] * (len(rows) - len(mu)))])
    return instance.replace(**changes)


def scale_data(instance: Instance) -> Iterator[Instance]:
    """All data twice as far out, or half."""
    for factor in (fmpq(1, 2), fmpq(2)):
        if any(c != 0 for c in instance["x"].ravel()):
            yield from refit(instance, instance.replace(x=sealed(instance["x"] * factor)))


def more_inputs(instance: Instance) -> Iterator[Instance]:
    """One input more, small for every datum; one fewer."""
    x = instance["x"]
    if x.shape[1] < MAX_INPUTS and not has_network(instance):
        for size in (fmpq(1, 16), fmpq(0)):
            yield _with_rows(instance, [[*row, size] for row in x])
    if not has_network(instance):
        yield from drop_input(instance)


VARIATIONS = (
    Move("other data", other_data),
    Move("scale the data", scale_data),
    Move("more inputs", more_inputs),
)
