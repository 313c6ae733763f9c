"""Other implementations of the same function: neuron by neuron, (w1, b1, w2) -> (c w1, c b1, w2 / c) with c > 0.

The function, its hyperplanes and its stability norm stay; the sharpness changes. At interpolation the gradient
kernel depends on the squares s = c^2 alone and is K(s) = 1/n (11' + sum_i (w2_i^2 / s_i) N_i + s_i a_i a_i'), with
N_i the Gram matrix of the gated inputs (x_j, 1) and a_i the activations of neuron i.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import as_real, rational, root_exact, to_float
from refutable.theorems.instances import Instance
from refutable.theorems.views import View

VANISHING = fmpq(1, 2**40)
"""Scale given to neurons with output weight 0 by `flattest_scales`: the sharpness falls as it tends to 0."""


def rescaled(instance: Instance, scales: Any) -> Instance:
    """The instance with neuron i's input weights and bias times c_i > 0 and its output weight over c_i.

    Args:
        scales: k positive rationals c_i.

    Raises:
        ValueError: a number of scales other than k, or one that is not positive.
    """
    if len(scales) != len(instance["b1"]) or any(c <= 0 for c in scales):
        raise ValueError(f"need {len(instance['b1'])} positive scales, one a neuron, got {list(scales)}")
    changed = _rescaled_parameters(instance, np.array(list(scales), dtype=object))
    for array in changed.values():
        array.setflags(write=False)
    return instance.replace(**changed)


def rescaled_view(view: View, scales: Any) -> View:
    """The same on a view, in its arithmetic: scales [..., k]."""
    numbers = {f.name: view[f.name] if view.has(f.name) else None for f in view.domain.fields}
    return View(view.domain, view.ops, {**numbers, **_rescaled_parameters(view, scales)})


def _rescaled_parameters(source: Instance | View, scales: Any) -> dict[str, Any]:
    w1, b1, w2 = source["w1"], source["b1"], source["w2"]
    return {"w1": w1 * scales[..., :, None], "b1": b1 * scales, "w2": w2 / scales}


def mean_square_activation(view: View) -> Any:
    """A2_i = E[relu(w1_i.X + b1_i)^2] [k]."""
    return view.ops.mean(view["activation"] * view["activation"], -2)


def gated_input_norm(view: View) -> Any:
    """M_i = lambda_max(E[(X, 1)(X, 1)' 1{w1_i.X + b1_i > 0}]) [k]; rational where it is known to be."""
    ops, inputs, mask = view.ops, view["augmented"], view["active"]
    n, k = (int(size) for size in mask.shape[-2:])
    tops = []
    for i in range(k):
        gated = inputs * mask[..., i][..., None]
        moment = ops.matmul(ops.transpose(gated), inputs) * ops.ratio(1, n)
        tops.append(_settled(ops.top_eigenvalue(moment)))
    if ops.exact:
        return np.array(tops, dtype=object)
    return ops.stack(tops)


def _settled(number: Any) -> Any:
    """A `Real` as the rational it is known to be, so that sums of several stay exact."""
    exact = getattr(number, "exact", None)
    value = exact() if callable(exact) else None
    return number if value is None else value


def balanced_scales(view: View) -> Any:
    """c_i [k] with c_i^2 = B_i / A_i, A_i = E relu_i, B_i = |w2_i| |E[(X, 1) 1_i]|: minimises |E grad f(X)|^2.

    Rational on exact views: exact where the root is rational, else correct to 53 bits; 1 where A_i or B_i is 0.
    """
    mean, slope = view["mean_activation"], view["mean_slope_square"]
    return _fourth_roots(view, slope, mean * mean)


def flattest_scales(view: View) -> Any:
    """c_i [k] with c_i^2 = |w2_i| sqrt(M_i / A2_i): minimises the upper bound on the sharpness of K(s).

    Rational on exact views, as `balanced_scales`. A neuron that is active on no datum keeps its scale; one with
    output weight 0 gets `VANISHING`.
    """
    w2 = view["w2"]
    scales = _fourth_roots(view, w2 * w2 * gated_input_norm(view), mean_square_activation(view))
    unused = view.ops.zero(w2)
    return scales * (1 - unused) + unused * view.ops.ratio(1, 2**40)


def _fourth_roots(view: View, numerator: Any, denominator: Any) -> Any:
    """(numerator / denominator)^(1/4), elementwise; 1 where either is 0."""
    ops = view.ops
    idle = ops.maximum(ops.zero(numerator), ops.zero(denominator))
    quotient = (numerator * (1 - idle) + idle) / (denominator * (1 - idle) + idle)
    if not ops.exact:
        return ops.sqrt(ops.sqrt(quotient))
    return np.array([_rational_fourth_root(q) for q in quotient], dtype=object)


def _rational_fourth_root(number: Any) -> fmpq:
    """The fourth root of a positive number: exact where it is rational, else correct to 50 bits."""
    real = as_real(number)
    exact = real.exact()
    root = None if exact is None else root_exact(exact, 4)
    if root is not None:
        return root
    size = real.ball(64).mid().fmpq()
    shift = (int(size.p).bit_length() - int(size.q).bit_length()) // 4
    return rational(to_float(size / fmpq(16) ** shift) ** 0.25) * fmpq(2) ** shift
