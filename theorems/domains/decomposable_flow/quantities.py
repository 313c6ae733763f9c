"""Coordinates, pulls, velocities, the mirror map, and the function Q.

Shapes: depth L, m coordinates, n data, d inputs; weights, start [L, m]; s [m, d]; x [n, d].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.decomposable_flow.profile import Point, arc_limit, float_arc, inverse
from refutable.theorems.domains.tensor_network.architectures import Architecture, decomposed
from refutable.theorems.exact import Number, sign
from refutable.theorems.flows import derivative_along
from refutable.theorems.ops.dual import Dual, dual
from refutable.theorems.ops.exact import elementwise, from_matrix, to_matrix
from refutable.theorems.views import Quantity, View


def depth(view: View) -> int:
    """L."""
    return int(view["weights"].shape[-2])


def product(rows: Any, but: int | None = None) -> Any:
    """Product over layers [..., L, m] -> [..., m], one left out if named."""
    parts = [rows[..., i, :] for i in range(rows.shape[-2]) if i != but]
    out = parts[0]
    for part in parts[1:]:
        out = out * part
    return out


def coordinates(view: View) -> Any:
    """rho_j = prod_l [U_l^T v_l]_j, [m]."""
    return product(view["weights"])


def features(view: View) -> Any:
    """S x_n for every datum, [n, m]."""
    return view.ops.matmul(view["x"], view.ops.transpose(view["s"]))


def outputs(view: View) -> Any:
    """f(x_n) = <S x_n, rho>, [n]."""
    return view.ops.matvec(view["features"], view["coordinates"])


def pulled(view: View, rates: Any) -> Any:
    """S X^T rates [m], for minus the loss's derivatives in the outputs [n]."""
    return view.ops.matvec(view.ops.transpose(view["features"]), rates)


def residual_pull(view: View) -> Any:
    """S X^T (y - f), of the loss 1/2 sum (f - y)^2, [m]."""
    return pulled(view, view["y"] - view["outputs"])


def margin_pull(view: View) -> Any:
    """S X^T (y rates), of a loss sum phi(y_n f_n) with -phi'(y_n f_n) = rates_n, [m]."""
    return pulled(view, view["y"] * view["rates"])


def velocity(view: View, pull: Any) -> Any:
    """Gradient flow of the layers' coordinates: pull_j prod_{k != l} [U_k^T v_k]_j, [L, m]."""
    layers = [pull * product(view["weights"], but=i) for i in range(depth(view))]
    return view.ops.stack(layers, -2)


def sizes(view: View) -> Any:
    """alpha |eta_j|, [m]."""
    return view.ops.abs(view["eta"]) * view.ops.spread(view["alpha"])


def power(values: Any, exponent: int) -> Any:
    """values^exponent for integers, by products."""
    out, base = values * 0 + 1, (values if exponent >= 0 else 1 / values)
    for _ in range(abs(exponent)):
        out = out * base
    return out


def scaled(view: View) -> Any:
    """t_j = rho_j/(alpha |eta_j|)^L, [m]."""
    return view["coordinates"] / power(view["sizes"], depth(view))


def proposals(view: View) -> Any:
    """What e^theta_j is at states that the flow reaches: (c_1 sgn eta + c_L sgn(eta)^{L-1})/(alpha |eta|), [m]."""
    first, last = (elementwise(_value, view["weights"][i]) for i in (0, -1))
    eta, size = (elementwise(_value, view[name]) for name in ("eta", "sizes"))
    signs = elementwise(lambda e: fmpq(1 if e > 0 else -1), eta)
    return (first * signs + last * signs ** (depth(view) - 1)) / size


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Dual) else x


def arcs(view: View, t: Any) -> Any:
    """h_L^{-1}(t) [m], in any arithmetic but symbols."""
    layers = depth(view)
    if view.ops.name == "torch":
        return view.ops.array(float_arc(t.detach().cpu().numpy(), layers).tolist())
    if view.ops.exact:
        return elementwise(lambda q, r: inverse(q, layers, r).arc, t, proposals(view))
    return elementwise(lambda q, r: _moving_arc(dual(q), layers, r), t, proposals(view))


def _moving_arc(t: Dual, layers: int, proposal: fmpq) -> Dual:
    point = inverse(t.value, layers, proposal)
    return Dual(point.arc, point.rate * t.derivative)


def mirror(view: View) -> Any:
    """g_j = (alpha |eta_j|)^{2-L} h_L^{-1}(rho_j/(alpha |eta_j|)^L), the gradient of Q at rho, [m]."""
    return arcs(view, view["scaled"]) * power(view["sizes"], 2 - depth(view))


def mirror_rate(view: View, pull: Any, of: Callable[[View], Any] = mirror) -> Any:
    """Derivative of g (or of what stands in its place) along the gradient flow with this pull, [m]."""
    return derivative_along(view, of, {"weights": velocity(view, pull)})


def at_start(view: View) -> View:
    """The same network at its start."""
    known = {f.name: view[f.name] for f in view.domain.fields if view.has(f.name)}
    return View(view.domain, view.ops, {**known, "weights": view["start"]})


def points(view: View, values: Any) -> list[Point]:
    """Where predictors' coordinates [m] lie on the profile."""
    ratios = values / power(view["sizes"], depth(view))
    return [inverse(t, depth(view), r) for t, r in zip(ratios, proposals(view), strict=True)]


def potential(view: View, values: Any) -> Number:
    """Q = alpha^2 sum_j eta_j^2 H_L(rho_j/(alpha |eta_j|)^L) at coordinates [m]."""
    terms = [point.energy * (size * size) for point, size in zip(points(view, values), view["sizes"], strict=True)]
    total: Number = view.ops.sum(np.array(terms, dtype=object))
    return total


def paired(view: View, direction: Any) -> Number:
    """<g, direction>: exactly 0 where the parts of equal |theta| cancel."""
    factors, places = power(view["sizes"], 2 - depth(view)) * direction, {}
    groups: dict[fmpq, fmpq] = {}
    for t, r, factor in zip(view["scaled"], proposals(view), factors, strict=True):
        size = abs(t)
        places[size] = inverse(size, depth(view), r if t >= 0 or r == 0 else 1 / r)
        groups[size] = groups.get(size, fmpq(0)) + (factor if t >= 0 else -factor)
    total: Number = fmpq(0)
    for size, factor in groups.items():
        if factor != 0:
            total = places[size].arc * factor + total
    return total


def kernel(view: View) -> Any:
    """Rational basis of the directions with X S^T z = 0, [count, m]."""
    return null_space(to_matrix(view["features"]))


def null_space(matrix: fmpq_mat) -> Any:
    """Basis of the kernel of a rational matrix, one row a vector."""
    reduced, rank = matrix.rref()
    table, columns = from_matrix(reduced), matrix.ncols()
    pivots = [next(j for j in range(columns) if table[i, j] != 0) for i in range(rank)]
    rows = []
    for free in sorted(set(range(columns)) - set(pivots)):
        row = [fmpq(int(j == free)) for j in range(columns)]
        for i, pivot in enumerate(pivots):
            row[pivot] = -table[i, free]
        rows.append(row)
    return rows


def stationary(view: View) -> bool | None:
    """Whether g is orthogonal to every z with X S^T z = 0, that is g = S X^T mu for some mu."""
    signs = [sign(paired(view, np.array(z, dtype=object)), 512) for z in view["kernel"]]
    if any(one not in (0, None) for one in signs):
        return False
    return None if None in signs else True


def weighted_l2(view: View) -> Any:
    """sum_j rho_j^2/(2 alpha^{2L-2} eta_j^{2L-2})."""
    rho, layers = view["coordinates"], depth(view)
    return view.ops.sum(rho * rho * power(view["sizes"], 2 - 2 * layers)) * view.ops.ratio(1, 2)


def weighted_l1(view: View) -> Any:
    """s_max sum_j (alpha |eta_j|)^{2-L} |rho_j|, for L >= 3."""
    layers = depth(view)
    total = view.ops.sum(view.ops.abs(view["coordinates"]) * power(view["sizes"], 2 - layers))
    return arc_limit(layers) * total


def network(view: View) -> Architecture:
    """The network with its data tensor from S and the frames U_l."""
    return decomposed(view["s"], view["frames"])


def layers(view: View) -> list[Any]:
    """v_l = U_l c_l + what is perpendicular to U_l, for every layer: [k_l]."""
    parts = zip(view["frames"], view["weights"], view["rests"], strict=True)
    return [frame @ c + rest[:, 0] for frame, c, rest in parts]


QUANTITIES = (
    Quantity("coordinates", coordinates, "rho_j = prod_l [U_l^T v_l]_j, [m]"),
    Quantity("features", features, "S x_n, [n, m]"),
    Quantity("outputs", outputs, "f(x_n) = <S x_n, rho>, [n]"),
    Quantity("residual_pull", residual_pull, "S X^T (y - f), [m]"),
    Quantity("margin_pull", margin_pull, "S X^T (y rates), [m]"),
    Quantity("sizes", sizes, "alpha |eta_j|, [m]"),
    Quantity("scaled", scaled, "rho_j/(alpha |eta_j|)^L, [m]"),
    Quantity("mirror", mirror, "g_j = (alpha |eta_j|)^{2-L} h_L^{-1}(rho_j/(alpha |eta_j|)^L), [m]: the gradient of Q"),
    Quantity("potential", lambda view: potential(view, view["coordinates"]), "Q(rho)", scalar=True),
    Quantity("other_potential", lambda view: potential(view, view["other"]), "Q(other)", scalar=True),
    Quantity("kernel", kernel, "basis of the directions z with X S^T z = 0"),
    Quantity("stationary", stationary, "whether g is in the span of the rows of X S^T"),
    Quantity("weighted_l2", weighted_l2, "sum rho_j^2/(2 (alpha |eta_j|)^{2L-2})", scalar=True),
    Quantity("weighted_l1", weighted_l1, "s_max sum |rho_j| (alpha |eta_j|)^{2-L}", scalar=True),
    Quantity("layers", layers, "v_1, ..., v_L"),
    Quantity("network", network, "the data tensor sum_j [S x]_j U_1[:, j] (x) ... (x) U_L[:, j]"),
)
