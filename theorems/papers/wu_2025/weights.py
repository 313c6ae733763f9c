"""The weight of a hyperplane where the hidden biases and the output weights alone are trained.

pi~(v, t) = P(v.X > t)^2 E[v.X - t | v.X > t] in the paper; without divisions P(A) E[(w.X + b)_+] for A = {w.X + b > 0},
which is |w| pi~(w/|w|, -b/|w|). No root over 1 + |E[X | A]|^2: the input weights do not see the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import alternative_weights as alternative
from refutable.theorems.views import View

Formula = Callable[[View], Any]


def side_weight(moments: Mapping[str, Any]) -> Any:
    """P(A) E[(w.X + b)_+] [k] of the sides with these moments."""
    return moments["probability"] * moments["excess"]


def active_weight(view: View) -> Any:
    """|w1_i| pi~ on the active side [k]."""
    return side_weight(view["active_moments"])


def inactive_weight(view: View) -> Any:
    """|w1_i| pi~ on the other side [k]."""
    return side_weight(view["inactive_moments"])


def weight(view: View) -> Any:
    """|w1_i| pi = the smaller of the two sides [k]."""
    return view.ops.minimum(active_weight(view), inactive_weight(view))


def norm(view: View) -> Any:
    """Sum over distinct hyperplanes of |merged mass| pi; int |f''| pi for d = 1."""
    return alternative.norm_with(view, weight(view))


def unmerged_norm(view: View) -> Any:
    """sum_i |w2_i| |w1_i| pi_i."""
    return view.ops.sum(view.ops.abs(view["w2"]) * weight(view))


def active_side_sum(view: View) -> Any:
    """sum_i |w2_i| P(A_i) E[relu_i]."""
    return view.ops.sum(view.ops.abs(view["w2"]) * active_weight(view))


def twice(formula: Formula) -> Formula:
    """Two times a formula."""
    return lambda view: 2 * formula(view)
