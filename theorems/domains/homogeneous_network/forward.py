"""Margins of a network, their gradients one datum at a time, and the sides of the inequality along the flow.

f(x) = w2 . s(V_m ... s(V_1 s(W_1 x))) (+ bias), s(z) = z for z > 0 and slope * z else: slope 1 is linear, 0 is ReLU.
The margins y f(x) are homogeneous of degree a = m + 2 in the weights, where there is no bias.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.flows import derivative_along
from refutable.theorems.ops.dual import Dual, DualOps, dual
from refutable.theorems.ops.exact import elementwise
from refutable.theorems.ops.exponentials import exp_of
from refutable.theorems.views import Quantity, View

WEIGHTS = ("w1", "middle", "w2", "bias")


def structure(view: View) -> Mapping[str, Any]:
    """Gains of the hidden units by layer, whether any is at its kink, and the least margin as a fixed number.

    ``anchor`` is the least margin at this state: a constant that losses are divided by, so that ties stay visible.
    """
    ops, slope = view.ops, view.ops.spread(view["slope"], 2)
    gains, kink, h = [], 0, view["x"]
    for weights in hidden_layers(view):
        z = ops.matmul(h, ops.transpose(weights))
        on = ops.positive(z)
        gains.append(on + (1 - on) * slope)
        kink = kink + ops.sum(ops.sum(ops.zero(z)))
        h = z * gains[-1]
    fixed = {"gains": tuple(gains), "kinks": kink}
    margin = _margins(view, h)
    return {**fixed, "anchor": -ops.max(-margin)}


def hidden_layers(view: View) -> list[Any]:
    """W_1 [k, d], then V_1, ..., V_m [k, k]."""
    count = view["middle"].shape[-3] if view.has("middle") else 0
    return [view["w1"], *(view["middle"][..., j, :, :] for j in range(count))]


def degree(view: View) -> int:
    """a = m + 2, a Python integer."""
    return len(hidden_layers(view)) + 1


def activations(view: View) -> tuple[Any, ...]:
    """Inputs of every layer: x, then the hidden layers' outputs, [n, ...] each."""
    ops, found = view.ops, [view["x"]]
    for weights, gain in zip(hidden_layers(view), view["gains"], strict=True):
        found.append(ops.matmul(found[-1], ops.transpose(weights)) * gain)
    return tuple(found)


def _margins(view: View, last: Any) -> Any:
    out = view.ops.matvec(last, view["w2"])
    return view["y"] * (out + view.ops.spread(view["bias"]) if view.has("bias") else out)


def margins(view: View) -> Any:
    """f_n = y_n f(x_n), [n]."""
    return _margins(view, view["activations"][-1])


def gradients(view: View) -> dict[str, Any]:
    """Gradients of every margin by field, [n, ...] each."""
    ops, inputs, y = view.ops, view["activations"], view["y"]
    layers, found = hidden_layers(view), {"w2": y[..., None] * inputs[-1]}
    delta, square = y[..., None] * view["w2"][..., None, :] * view["gains"][-1], []
    for j in range(len(layers) - 1, 0, -1):
        square.append(delta[..., :, None] * inputs[j][..., None, :])
        delta = ops.matmul(delta, layers[j]) * view["gains"][j - 1]
    found["w1"] = delta[..., :, None] * inputs[0][..., None, :]
    if square:
        found["middle"] = ops.concat([g[..., None, :, :] for g in reversed(square)], -3)
    return {**found, "bias": y} if view.has("bias") else found


def weights_of_data(view: View) -> Any:
    """exp(anchor - f_n), [n]: how much each datum pulls, up to a factor."""
    return exp_of(view.ops, view.ops.spread(view["anchor"]) - view["margins"])


def velocity(view: View) -> dict[str, Any]:
    """sum_n exp(anchor - f_n) grad f_n by field: minus the gradient of the loss, in a time that runs faster."""
    pull, ops = view["weights_of_data"], view.ops
    return {
        name: ops.sum(g * pull.reshape(*pull.shape, *[1] * _axes(name)), -1 - _axes(name))
        for name, g in view["gradients"].items()
    }


def _axes(name: str) -> int:
    """Axes of a field."""
    return {"w1": 2, "middle": 3, "w2": 1, "bias": 0}[name]


def _inner(view: View, a: Mapping[str, Any], b: Mapping[str, Any]) -> Any:
    """Sum of products of all entries."""
    total: Any = 0
    for name in a:
        product = a[name] * b[name]
        for _ in range(_axes(name)):
            product = view.ops.sum(product)
        total = total + product
    return total


def _state(view: View) -> dict[str, Any]:
    return {name: view[name] for name in WEIGHTS if view.has(name)}


def squared_norm(view: View) -> Any:
    """|theta|^2."""
    return _inner(view, _state(view), _state(view))


def relative_loss(view: View) -> Any:
    """L exp(anchor)."""
    return view.ops.sum(view["weights_of_data"])


def log_inverse_loss(view: View) -> Any:
    """log(1/L) = anchor - log(L exp(anchor))."""
    return view["anchor"] - view.ops.elementary("log", view["relative_loss"])


def smoothed_margin(view: View) -> Any:
    """log(1/L) / |theta|^a."""
    size = view.ops.sqrt(view["squared_norm"])
    value = view["log_inverse_loss"]
    for _ in range(degree(view)):
        value = value / size
    return value


def least_margin(view: View) -> Any:
    """min_n f_n."""
    return -view.ops.max(-view["margins"])


def growth(view: View) -> Any:
    """d/dt log |theta| along the flow: through the norm's own formula exactly, by the chain rule in floats."""
    if view.ops.exact:
        return view["flowing"]["squared_norm"].derivative / (2 * view["squared_norm"])
    return _inner(view, _state(view), view["velocity"]) / view["squared_norm"]


def rise(view: View) -> Any:
    """d/dt log(1/L) along the flow: through the loss's own formula exactly, by the chain rule in floats."""
    if view.ops.exact:
        return along(view, log_inverse_loss)
    return _inner(view, view["velocity"], view["velocity"]) / view["relative_loss"]


def along(view: View, quantity: Any) -> Any:
    """Derivative along the flow of a formula in the margins and the norm, exactly."""
    return elementwise(lambda x: dual(x).derivative, quantity(view["flowing"]))


def flowing(view: View) -> View:
    """The exact view with margins and squared norm as dual numbers that move with the flow.

    A derivative is linear in the velocity sum_m p_m grad f_m: the formulas are differentiated along each gradient,
    which is rational, and only the sum has the weights p_m in it.
    """
    pull, slopes = view["weights_of_data"], view["gradients"]
    rates, growing = 0 * view["margins"], 0 * view["squared_norm"]
    for m, weight in enumerate(pull):
        one = {name: g[m] for name, g in slopes.items()}
        rates = rates + derivative_along(view, margins, one) * weight
        growing = growing + derivative_along(view, squared_norm, one) * weight
    numbers = {field.name: view[field.name] if view.has(field.name) else None for field in view.domain.fields}
    numbers |= {
        "margins": elementwise(Dual, view["margins"], rates),
        "squared_norm": Dual(view["squared_norm"], growing),
    }
    return View(view.domain, DualOps(), numbers, view.structure, view.instance)


def along_weights(view: View) -> Any:
    """Derivatives of the margins when all weights grow in proportion, [n]: sum theta . grad f_n."""
    if view.ops.exact:
        return derivative_along(view, margins, _state(view))
    total: Any = 0
    for name, g in view["gradients"].items():
        product = g * _state(view)[name][..., None] if name == "bias" else g * _expanded(view[name])
        for _ in range(_axes(name)):
            product = view.ops.sum(product)
        total = total + product
    return total


def _expanded(array: Any) -> Any:
    """Room for the data axis: [..., n = 1, field axes]; fields of one to three axes in a batch of one axis."""
    return array[:, None]


def earlier(view: View) -> View:
    """The same network at an earlier time."""
    numbers = {name: view[name] for name in ("x", "y", "slope")} | {"bias": None, "middle": None}
    for name in ("w1", "middle", "w2"):
        if view.has(f"earlier_{name}"):
            numbers[name] = view[f"earlier_{name}"]
    return View(view.domain, view.ops, numbers)


QUANTITIES = (
    Quantity("activations", activations, "inputs of every layer, [n, ...] each"),
    Quantity("margins", margins, "f_n = y_n f(x_n), [n]"),
    Quantity("gradients", gradients, "gradients of the margins by field, [n, ...] each"),
    Quantity("weights_of_data", weights_of_data, "exp(anchor - f_n), anchor the least margin here, [n]"),
    Quantity("velocity", velocity, "sum_n exp(anchor - f_n) grad f_n, by field"),
    Quantity("squared_norm", squared_norm, "|theta|^2", scalar=True),
    Quantity("relative_loss", relative_loss, "L exp(anchor)", scalar=True),
    Quantity("log_inverse_loss", log_inverse_loss, "log(1/L), L = sum_n exp(-f_n)", scalar=True),
    Quantity("smoothed_margin", smoothed_margin, "log(1/L) / |theta|^a", scalar=True),
    Quantity("least_margin", least_margin, "min_n f_n", scalar=True),
    Quantity("flowing", flowing, "margins and squared norm as dual numbers that move with the flow; exact views only"),
    Quantity("growth", growth, "d/dt log |theta| along the flow", scalar=True),
    Quantity("rise", rise, "d/dt log(1/L) along the flow", scalar=True),
    Quantity("earlier", earlier, "the network at an earlier time"),
)
