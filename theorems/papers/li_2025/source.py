"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

SOURCE = Source(
    "Li, Xu, Wang, Zhang, Zhang, ICML 2025",
    "after Theorem 1 (number and constants not confirmed)",
    link="https://arxiv.org/abs/2505.11370",
    note=(
        "known from summaries, not read: it bounds the number of decision regions between two training points of a "
        "two-layer ReLU network through the norm of the Hessian. Statement, constants and proof here are own"
    ),
)
