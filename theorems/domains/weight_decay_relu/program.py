"""Cost of the network, value of the convex program at its point, value of the dual at z, and what leads between them.

Cost: 1/2 |f - y|^2 + beta/2 sum_j (|w_j|^2 + a_j^2) for f = sum_j a_j (X w_j)_+.
Convex program: 1/2 |sum_i s_i D_i X v_i - y|^2 + beta sum_i |v_i| subject to (2 D_i - 1) X v_i >= 0.
Dual: z.y - |z|^2/2 subject to |z.(Xu)_+| <= beta |u| for all u.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.weight_decay_relu import dual
from refutable.theorems.domains.weight_decay_relu.arrangement import ZERO, Rows, patterns
from refutable.theorems.exact import Surd
from refutable.theorems.views import Quantity, View


def rows_of(array: Any) -> Rows:
    """A matrix as a tuple of tuples."""
    return tuple(tuple(row) for row in array)


def activations(view: View) -> Any:
    """(w_j.x_k)_+ [m, n]."""
    heights = view.ops.matmul(view["w"], view.ops.transpose(view["x"]))
    return view.ops.maximum(heights, view.ops.zeros_like(heights))


def outputs(view: View) -> Any:
    """f(x_k) [n]."""
    return view.ops.matvec(view.ops.transpose(view["activations"]), view["a"])


def fit(view: View, values: Any) -> Any:
    """1/2 |values - y|^2."""
    gap = values - view["y"]
    return view.ops.sum(gap * gap) * view.ops.ratio(1, 2)


def squared_weights(view: View) -> Any:
    """sum_j (|w_j|^2 + a_j^2)."""
    ops, w, a = view.ops, view["w"], view["a"]
    return ops.sum(ops.sum(w * w) + a * a)


def cost(view: View) -> Any:
    """1/2 |f - y|^2 + beta/2 sum_j (|w_j|^2 + a_j^2)."""
    return fit(view, view["outputs"]) + view["penalty"] * view["squared_weights"] * view.ops.ratio(1, 2)


def neuron_sizes(view: View) -> Any:
    """|w_j| |a_j| [m]."""
    return view.ops.norm(view["w"]) * view.ops.abs(view["a"])


def dual_value(view: View) -> Any:
    """z.y - |z|^2/2."""
    z = view["z"]
    return view.ops.sum(z * view["y"]) - view.ops.sum(z * z) * view.ops.ratio(1, 2)


def dual_square(view: View) -> fmpq:
    """The square of max over |u| <= 1 of |z.(Xu)_+|; exact views only."""
    return dual.dual_norm_square(rows_of(view["x"]), tuple(view["z"]))


def pattern_count(view: View) -> int:
    """How many patterns 1[Xu > 0] the data have that change with no small change of u."""
    return len(patterns(rows_of(view["x"])))


def block_outputs(view: View) -> Any:
    """s_i D_i X v_i [b, n]."""
    heights = view.ops.matmul(view["v"], view.ops.transpose(view["x"]))
    return heights * view["patterns"] * view["signs"][..., None]


def margins(view: View) -> Any:
    """(2 D_i - 1) X v_i [b, n]."""
    heights = view.ops.matmul(view["v"], view.ops.transpose(view["x"]))
    return heights * (view["patterns"] * 2 - view.ops.ones_like(view["patterns"]))


def convex_value(view: View) -> Any:
    """1/2 |sum_i s_i D_i X v_i - y|^2 + beta sum_i |v_i|."""
    return fit(view, view["convex_outputs"]) + view["penalty"] * view.ops.sum(view["block_norms"])


def block_pairings(view: View) -> Any:
    """s_i z.(D_i X v_i) [b]."""
    return view.ops.matvec(view["block_outputs"], view["z"])


def block_count(view: View) -> int:
    """How many blocks are not 0: neurons of the network they become."""
    return sum(1 for row in view["v"] if any(c != 0 for c in row))


def built_cost(view: View) -> Any:
    """Cost of the network of the neurons (v_i / sqrt|v_i|, s_i sqrt|v_i|), one for each v_i that is not 0.

    sqrt|v_i| (x.v_i / sqrt|v_i|)_+ = (x.v_i)_+, and the squared weights of a neuron are |v_i|^2/|v_i| and |v_i|.
    """
    ops = view.ops
    heights = ops.matmul(view["v"], ops.transpose(view["x"]))
    active = ops.maximum(heights, ops.zeros_like(heights))
    f = ops.sum(ops.transpose(active) * view["signs"])
    squared = ops.sum(view["v"] * view["v"])
    norms = [norm for norm, square in zip(view["block_norms"], squared, strict=True) if not _is_zero(square)]
    sizes = [square for square in squared if not _is_zero(square)]
    decay = sum((square / norm + norm for square, norm in zip(sizes, norms, strict=True)), ops.ratio(0))
    return fit(view, f) + view["penalty"] * decay * ops.ratio(1, 2)


def _is_zero(number: Any) -> bool:
    return bool(number == 0)


@dataclass(frozen=True)
class Blocks:
    """A point of the convex program that a network becomes.

    Attributes:
        v: block vectors [b, d]; patterns: 0 or 1 [b, n]; signs: 1 or -1 [b].
    """

    v: Any
    patterns: Any
    signs: tuple[int, ...]
    x: Any

    @cached_property
    def outputs(self) -> Any:
        """sum_i s_i D_i X v_i [n]."""
        return sum(
            (sign * p * (self.x @ v) for v, p, sign in zip(self.v, self.patterns, self.signs, strict=True)),
            self.x[:, 0] * 0,
        )

    @cached_property
    def margins(self) -> Any:
        """(2 D_i - 1) X v_i [b, n]."""
        return np.array([(2 * p - 1) * (self.x @ v) for v, p in zip(self.v, self.patterns, strict=True)], dtype=object)

    def value(self, view: View) -> Any:
        """Value of the convex program at this point."""
        norms = [Surd.root(sum((c * c for c in v), ZERO)) for v in self.v]
        return fit(view, self.outputs) + view["penalty"] * Surd.total(norms)


def network_blocks(view: View) -> Blocks:
    """sum of |a_j| w_j over the neurons of one pattern 1[X w_j >= 0] and one sign of a_j; exact views only."""
    x = view["x"]
    groups: dict[tuple[tuple[int, ...], int], Any] = {}
    for w, a in zip(view["w"], view["a"], strict=True):
        group = (tuple(int(h >= 0) for h in x @ w), 1 if a >= 0 else -1)
        groups[group] = groups.get(group, w * 0) + abs(a) * w
    names = list(groups)
    pattern_rows = np.array([[fmpq(p) for p in pattern] for pattern, _ in names], dtype=object)
    return Blocks(np.array([groups[name] for name in names]), pattern_rows, tuple(s for _, s in names), x)


def side_gains(view: View) -> tuple[fmpq, fmpq] | None:
    """What neurons on the side x > 0, and on x < 0, can save of |y|^2/2, for scalar inputs; None for others.

    min over c of 1/2 |c h - y|^2 + beta |c| with h = (x)_+ is |y|^2/2 - (|h.y| - beta)_+^2 / (2 |h|^2).
    """
    x, y, beta = view["x"], view["y"], view["penalty"]
    if x.shape[1] != 1:
        return None
    gains = []
    for side in (1, -1):
        h = [max(side * row[0], ZERO) for row in x]
        excess = max(abs(sum((p * q for p, q in zip(h, y, strict=True)), ZERO)) - beta, ZERO)
        gains.append(excess * excess / (2 * sum((p * p for p in h), ZERO)) if excess != 0 else ZERO)
    return gains[0], gains[1]


def width_optimum(view: View) -> Any:
    """The least cost of networks with as many neurons as the instance's, for scalar inputs.

    More neurons on one side save no more than one; one neuron is on one side.

    Raises:
        ArithmeticError: the inputs are no numbers: nothing is known of a given width there.
    """
    gains = side_gains(view)
    if gains is None:
        raise ArithmeticError("the least cost at a given width is known here for scalar inputs only")
    saved = max(gains) if len(view["a"]) == 1 else gains[0] + gains[1]
    return sum((q * q for q in view["y"]), ZERO) / 2 - saved


QUANTITIES = (
    Quantity("activations", activations, "(w_j.x_k)_+, [m, n]"),
    Quantity("outputs", outputs, "f(x_k), [n]"),
    Quantity("squared_weights", squared_weights, "sum_j (|w_j|^2 + a_j^2)", scalar=True),
    Quantity("cost", cost, "the network's loss with weight decay", scalar=True),
    Quantity("neuron_sizes", neuron_sizes, "|w_j| |a_j|, [m]"),
    Quantity("dual_value", dual_value, "z.y - |z|^2/2", scalar=True),
    Quantity("dual_square", dual_square, "the square of max over |u| <= 1 of |z.(Xu)_+|", scalar=True),
    Quantity("pattern_count", pattern_count, "number of cells of the planes x_k.u = 0", scalar=True),
    Quantity("block_outputs", block_outputs, "s_i D_i X v_i, [b, n]"),
    Quantity("convex_outputs", lambda v: v.ops.sum(v["block_outputs"], -2), "sum_i s_i D_i X v_i, [n]"),
    Quantity("margins", margins, "(2 D_i - 1) X v_i, [b, n]"),
    Quantity("block_norms", lambda v: v.ops.norm(v["v"]), "|v_i|, [b]"),
    Quantity("convex_value", convex_value, "value of the convex program at its point", scalar=True),
    Quantity("block_pairings", block_pairings, "s_i z.(D_i X v_i), [b]"),
    Quantity("block_count", block_count, "how many v_i are not 0", scalar=True),
    Quantity("built_cost", built_cost, "cost of the network of the neurons v_i/sqrt|v_i|, s_i sqrt|v_i|", scalar=True),
    Quantity("network_blocks", network_blocks, "the point of the convex program that the network becomes"),
    Quantity("width_optimum", width_optimum, "least cost of networks of this width, for scalar inputs", scalar=True),
)
