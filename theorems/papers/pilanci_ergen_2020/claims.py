"""Bounds from below and above for the least cost of a network."""

from __future__ import annotations

from collections.abc import Iterable
from math import comb
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.papers.pilanci_ergen_2020.assumptions import (
    DUAL_FEASIBLE,
    ENOUGH_NEURONS,
    SCALAR_INPUTS,
    SIGN_CONSTRAINTS,
    SOLVED,
)
from refutable.theorems.views import View

LOWER_BOUND = Claim(
    "dual-below-networks",
    WEIGHT_DECAY_RELU,
    "no network, of whatever width, costs less than the value z.y - |z|^2/2 of a feasible dual point",
    (DUAL_FEASIBLE,),
    lambda view: [Check(view["dual_value"], "<=", view["cost"])],
    r"\max_{|u|\le 1}|z^\top (Xu)_+| \le \beta \Rightarrow z^\top y - \tfrac12|z|^2 \le "
    r"\tfrac12 |\sum_j (Xw_j)_+ a_j - y|^2 + \tfrac\beta2 \sum_j (|w_j|^2 + a_j^2)",
)


def _from_network(view: View) -> Iterable[Check]:
    blocks = view["network_blocks"]
    yield Check(blocks.value(view), "<=", view["cost"])
    yield Check(blocks.margins * 0, "<=", blocks.margins, "sign constraints")
    yield Check(blocks.outputs, "==", view["outputs"], "the same outputs")


FROM_NETWORK = Claim(
    "network-to-convex",
    WEIGHT_DECAY_RELU,
    "the sums of |a_j| w_j over the neurons of one pattern and sign are a feasible point of the convex program whose "
    "value is at most the network's cost",
    (),
    _from_network,
    r"v_i = \sum_{j: \mathbf 1[Xw_j \ge 0] = D_i} |a_j| w_j \Rightarrow "
    r"\tfrac12|\sum_i \pm D_i X v_i - y|^2 + \beta\sum_i |v_i| \le "
    r"\tfrac12|f - y|^2 + \tfrac\beta2\sum_j (|w_j|^2 + a_j^2)",
)

TO_NETWORK = Claim(
    "convex-to-network",
    WEIGHT_DECAY_RELU,
    "a feasible point of the convex program is a network of as many neurons as v_i differ from 0, at the same cost",
    (SIGN_CONSTRAINTS,),
    lambda view: [Check(view["built_cost"], "==", view["convex_value"])],
    r"w_i = v_i/\sqrt{|v_i|},\ a_i = \pm\sqrt{|v_i|} \Rightarrow "
    r"\mathrm{cost} = \tfrac12|\sum_i \pm D_i X v_i - y|^2 + \beta\sum_i |v_i|",
)


def _least(view: View) -> Iterable[Check]:
    yield Check(view["convex_value"], "<=", view["cost"])
    yield Check(view["convex_value"], "==", view["dual_value"], "no gap")
    yield Check(view["built_cost"], "==", view["convex_value"], "attained")


LEAST_COST = Claim(
    "convex-optimum-is-least",
    WEIGHT_DECAY_RELU,
    "the convex program's least value is attained by a network, and no network costs less",
    SOLVED,
    _least,
    r"\min_{v} \tfrac12|\sum_i \pm D_i X v_i - y|^2 + \beta\sum_i |v_i| = \min_{w, a} \mathrm{cost}(w, a)",
)

WIDTH = Claim(
    "width-of-the-optimum",
    WEIGHT_DECAY_RELU,
    "networks with as many neurons as a solution of the convex program has nonzero vectors reach its least value",
    (*SOLVED, SCALAR_INPUTS, ENOUGH_NEURONS),
    lambda view: [width_reached(view)],
    r"m \ge m^* = |\{i : v_i \ne 0\}| \Rightarrow "
    r"\min_{w \in \mathbb R^{m\times d}, a} \mathrm{cost}(w, a) = \min_v (\ldots)",
)


def width_reached(view: View) -> Check:
    """The least cost at the network's width is the convex value; not defined for inputs that are no numbers."""
    return Check(view["width_optimum"], "==", view["convex_value"])


def _neuron_cost(view: View) -> Iterable[Check]:
    ops, w, a = view.ops, view["w"], view["a"]
    yield Check(view["neuron_sizes"] * 2, "<=", ops.sum(w * w) + a * a)


def neuron_pairings(view: View) -> Any:
    """a_j z.(X w_j)_+ [m]."""
    return view.ops.matvec(view["activations"], view["z"]) * view["a"]


def _paired(view: View) -> Iterable[Check]:
    yield Check(view.ops.abs(neuron_pairings(view)), "<=", view["neuron_sizes"] * view["penalty"])


def fit_and_pairing(view: View) -> Any:
    """1/2 |f - y|^2 + z.f for the network."""
    gap = view["outputs"] - view["y"]
    return view.ops.sum(gap * gap) * view.ops.ratio(1, 2) + view.ops.sum(view["z"] * view["outputs"])


def gap_parts(view: View) -> Any:
    """1/2 |f + z - y|^2 + sum_i (beta |v_i| - s_i z.(D_i X v_i)) for the convex point."""
    ops = view.ops
    off = view["convex_outputs"] + view["z"] - view["y"]
    slack = view["block_norms"] * view["penalty"] - view["block_pairings"]
    return ops.sum(off * off) * ops.ratio(1, 2) + ops.sum(slack)


def _patterns(view: View) -> Iterable[Check]:
    n, d = view["x"].shape
    yield Check(view["pattern_count"], "<=", 2 * sum(comb(n - 1, k) for k in range(d)))


LINKS = (
    Claim(
        "neuron-cost",
        WEIGHT_DECAY_RELU,
        "2 |w_j| |a_j| <= |w_j|^2 + a_j^2",
        (),
        _neuron_cost,
        r"2|w_j||a_j| \le |w_j|^2 + a_j^2",
    ),
    Claim(
        "paired-with-the-dual",
        WEIGHT_DECAY_RELU,
        "|a_j z.(X w_j)_+| <= beta |w_j| |a_j|",
        (DUAL_FEASIBLE,),
        _paired,
        r"|a_j z^\top (Xw_j)_+| \le \beta |w_j||a_j|",
    ),
    Claim(
        "least-fit",
        WEIGHT_DECAY_RELU,
        "z.y - |z|^2/2 <= 1/2 |f - y|^2 + z.f, whatever f is",
        (),
        lambda view: [Check(view["dual_value"], "<=", fit_and_pairing(view))],
        r"z^\top y - \tfrac12 |z|^2 \le \tfrac12|f - y|^2 + z^\top f",
    ),
    Claim(
        "gap",
        WEIGHT_DECAY_RELU,
        "convex value less dual value is 1/2 |f + z - y|^2 + sum_i (beta |v_i| - s_i z.(D_i X v_i))",
        (),
        lambda view: [Check(view["convex_value"] - view["dual_value"], "==", gap_parts(view))],
        r"P(v) - D(z) = \tfrac12|f + z - y|^2 + \sum_i (\beta|v_i| \mp z^\top D_i X v_i)",
    ),
    Claim(
        "weak-duality",
        WEIGHT_DECAY_RELU,
        "every part of the gap is at least 0: s_i z.(D_i X v_i) <= beta |v_i|",
        (DUAL_FEASIBLE, SIGN_CONSTRAINTS),
        lambda view: [Check(view["block_pairings"], "<=", view["block_norms"] * view["penalty"])],
        r"\pm z^\top D_i X v_i \le \beta |v_i|",
    ),
    Claim(
        "number-of-patterns",
        WEIGHT_DECAY_RELU,
        "n data in R^d have at most 2 sum_{k < d} C(n - 1, k) patterns that no small change of u changes (Cover, 1965)",
        (),
        _patterns,
        r"|\{\mathbf 1[Xu > 0] : x_k^\top u \ne 0 \text{ for all } x_k \ne 0\}| \le 2\sum_{k<d} \binom{n-1}{k}",
    ),
)
