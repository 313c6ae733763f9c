"""Float networks moved so that kinks lie on data, exactly: what hunts near a kink work with.

Input weights and data are rounded to so few binary digits that w1_i . x_j is exact in float64. The bias
b1_i := -w1_i . x_j then puts the kink on the datum in floats and in rationals alike. Rounding passes gradients on.
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.views import View

DIGITS = 20
"""Binary digits after the leading one of the largest entry: products of two have 42, and sums of a few fit 53."""


def onto_data(view: View) -> dict[str, Any]:
    """Each row with the bias of one neuron moved so that its kink lies on the datum nearest to any kink.

    Exact networks stay as they are, here and below.
    """
    if view.ops.exact:
        return {}
    fields = rounded(view)
    return {**fields, "b1": _moved(fields, fields["b1"])}


def onto_opposed_data(view: View) -> dict[str, Any]:
    """The same twice: for the nearest kink of a neuron with w2_i > 0 and a negative lean, and of one with w2_i < 0."""
    if view.ops.exact:
        return {}
    fields = rounded(view)
    leaning = _leans(view) < 0
    b1 = fields["b1"]
    for sign in (1, -1):
        b1 = _moved(fields, b1, leaning & ((sign * view["w2"]) > 0)[..., None, :])
    return {**fields, "b1": b1}


def rounded(view: View) -> dict[str, Any]:
    """w1 and x rounded to a common binary grid per row of the batch, and b1 as it is."""
    return {"w1": _on_grid(view["w1"]), "x": _on_grid(view["x"]), "b1": view["b1"]}


def _on_grid(a: Any) -> Any:
    largest = a.detach().abs().amax(dim=(-2, -1), keepdim=True).clamp(min=2.0**-300)
    unit = 2.0 ** (largest.log2().floor() - DIGITS)
    # The rounded number, exactly, and the gradient of the identity.
    return ((a / unit).round() * unit).detach() + (a - a.detach())


def _moved(fields: dict[str, Any], b1: Any, allowed: Any = True) -> Any:
    """The biases with one of them moved onto the datum nearest to it, of the pairs allowed [B, n, k], if any."""
    w1, x = fields["w1"], fields["x"]
    projections = x @ w1.transpose(-1, -2)
    square = (w1 * w1).sum(dim=-1)[..., None, :]
    distance = (projections + b1[..., None, :]).detach().square() / square.detach().clamp(min=1e-300)
    far = distance.new_full((), float("inf"))
    distance = distance.where(allowed & (square > 0), far)
    k = int(b1.shape[-1])
    flat = distance.flatten(-2)
    nearest = flat.argmin(dim=-1, keepdim=True)
    possible = flat.gather(-1, nearest).isfinite()
    neuron = nearest % k
    target = -projections.flatten(-2).gather(-1, nearest)
    return b1.scatter(-1, neuron, target.where(possible, b1.gather(-1, neuron)))


def _leans(view: View) -> Any:
    """E[(1 + x_j . X) 1_i] for every datum and neuron [n, k]."""
    moments, ops = view["active_moments"], view.ops
    return ops.matmul(view["x"], ops.transpose(moments["moment"])) + moments["probability"][..., None, :]


def float_opposed(view: View) -> Any:
    """Whether kinks on data with a negative lean belong to output weights of both signs [B]."""
    leaning = (view["toggling"] != 0) & (_leans(view) < 0)
    w2 = view["w2"][..., None, :]
    return (leaning & (w2 > 0)).flatten(-2).any(dim=-1) & (leaning & (w2 < 0)).flatten(-2).any(dim=-1)
