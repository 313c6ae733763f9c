"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

NOTE = "proofs re-derived; the finite forms of statements about limits are ours"
SYMBOLS = (
    "p = (n - B) / (B (n - 1)), C = (H kron I + I kron H) / 2, D = (1 - p) H kron H + p mean H_i kron H_i, "
    "Q = I - 2 eta C + eta^2 D, eta* = 2 / lambda_max(C^+ D); perp is the orthogonal complement of the null space of "
    "H. "
)


def source(number: str, note: str = NOTE) -> Source:
    """A statement of the paper."""
    return Source("Mulayoff, Michaeli, COLT 2024", number, "https://arxiv.org/abs/2306.07850", note)
