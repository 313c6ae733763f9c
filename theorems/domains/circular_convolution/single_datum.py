"""One hidden layer and one datum: the flow is linear in the time that runs at the slope of the loss.

f = v^T M w with M = [x, x_left, ...]; dw/dt = slope M^T v, dv/dt = slope M w. For filters of two entries M^T M has the
eigenvalues |x|^2 +- |<x, x_left>| at (1, +-sgn<x, x_left>).
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.circular_convolution.network import rolled
from refutable.theorems.flows import derivative_along
from refutable.theorems.views import Quantity, View


def neighbour_product(view: View) -> Any:
    """c = <x, x_left>."""
    return view.ops.sum(view["x"] * rolled(view.ops, view["x"], 1))


def square(view: View) -> Any:
    """|x|^2."""
    return view.ops.sum(view["x"] * view["x"])


def filter_pull(view: View) -> Any:
    """M^T v [k]."""
    return view.ops.matvec(view.ops.transpose(view["datum_matrix"]), view["output"])


def output_pull(view: View) -> Any:
    """M w [d]: the hidden layer."""
    return view.ops.matvec(view["datum_matrix"], view["filters"][..., 0, :])


def predicted_direction(view: View) -> Any:
    """2 x + sgn<x, x_left> (x_left + x_right) [d]."""
    x, ops = view["x"], view.ops
    return 2 * x + (rolled(ops, x, 1) + rolled(ops, x, -1)) * ops.spread(view["side"])


def singular_values(view: View) -> Any:
    """s_+- = sqrt(|x|^2 +- |<x, x_left>|), the larger one first [2]."""
    ops, x = view.ops, view["x"][..., None, :]
    square, gap = ops.sum(x * x), ops.sum(x * rolled(ops, x, 1)) * ops.spread(view["side"])
    return ops.sqrt(ops.concat([square + gap, square - gap]))


def modes(view: View, values: Any, sign: int = 1) -> Any:
    """s_+- <w_+-, w> + sign <M w_+-, v> for w_+- = (1, +-sgn<x, x_left>) [2].

    Args:
        values: s_+-, taken from the view at rest where this one moves.
    """
    ops, matrix, filter, output = view.ops, view["datum_matrix"], view["filters"][..., 0, :], view["output"]
    side = ops.spread(view["side"])
    columns = ops.matvec(ops.transpose(matrix), output)
    first, second = filter[..., :1], filter[..., 1:2] * side
    pull, other = columns[..., :1], columns[..., 1:2] * side
    inner = ops.concat([first + second, first - second])
    return values * inner + sign * ops.concat([pull + other, pull - other])


def growing_modes(view: View) -> Any:
    """p_+- = s_+- <w_+-, w> + <M w_+-, v> [2]."""
    return modes(view, view["singular_values"])


def falling_modes(view: View) -> Any:
    """q_+- = s_+- <w_+-, w> - <M w_+-, v> [2]."""
    return modes(view, view["singular_values"], -1)


def first_mode_of_one(view: View, norm: Any = None) -> Any:
    """|x| w + <x, v>: what grows where the filter has one entry w.

    Args:
        norm: |x|, taken from the view at rest where this one moves.
    """
    ops = view.ops
    length = ops.norm(view["x"]) if norm is None else norm
    return length * ops.sum(view["filters"][..., 0, :]) + ops.sum(view["x"] * view["output"])


def unseen_output(view: View) -> Any:
    """det(M^T M) times the component of the output weights orthogonal to x and x_left [d]: two columns."""
    square, gap = view.ops.spread(view["square"]), view.ops.spread(view["neighbour_product"])
    pull, matrix = view["filter_pull"], view["datum_matrix"]
    a, b = pull[..., :1], pull[..., 1:2]
    seen = matrix[..., :, 0] * (a * square - b * gap) + matrix[..., :, 1] * (b * square - a * gap)
    return view["output"] * (square * square - gap * gap) - seen


def velocity(view: View) -> dict[str, Any]:
    """Velocities of the filter and of the output weights along the gradient flow."""
    slope = view.ops.spread(view["slope"])
    return {"filters": (view["filter_pull"] * slope)[..., None, :], "output": view["output_pull"] * slope}


def rate(view: View, name: str) -> Any:
    """Time derivative of a quantity along the flow: exact states only."""
    return derivative_along(view, lambda moved: moved[name], velocity(view))


def mode_rates(view: View, sign: int = 1) -> Any:
    """Time derivatives of p_+- (sign 1) or q_+- (sign -1)."""
    values = view["singular_values"]
    return derivative_along(view, lambda moved: modes(moved, values, sign), velocity(view))


QUANTITIES = (
    Quantity("neighbour_product", neighbour_product, "<x, x_left>", scalar=True),
    Quantity("square", square, "|x|^2", scalar=True),
    Quantity("filter_pull", filter_pull, "M^T v, [k]"),
    Quantity("output_pull", output_pull, "M w, [d]"),
    Quantity("predicted_direction", predicted_direction, "2 x + sgn<x, x_left> (x_left + x_right), [d]"),
    Quantity("singular_values", singular_values, "sqrt(|x|^2 +- |<x, x_left>|), [2]"),
    Quantity("growing_modes", growing_modes, "p_+- = s_+- <w_+-, w> + <M w_+-, v>, [2]"),
    Quantity("falling_modes", falling_modes, "q_+- = s_+- <w_+-, w> - <M w_+-, v>, [2]"),
    Quantity("unseen_output", unseen_output, "det(M^T M) times the output weights orthogonal to x, x_left, [d]"),
)
