"""The mean logistic loss after one step, over all batches, in balls."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, fmpq

Weighted = Sequence[tuple[fmpq, tuple[int, ...]]]
"""Batches as indices of data, each with its probability."""


def expected_loss(rows: Sequence[Sequence[fmpq]], w: Sequence[fmpq], eta: fmpq, batches: Weighted) -> arb:
    """Mean over the batches of L(w + (eta/B) sum_n x_n / (1 + exp(x_n.w))), at the working precision.

    Args:
        rows: data [n][d].
        w: state [d].
        eta: step size.
        batches: with probabilities that sum to 1.
    """
    n = len(rows)
    start = [sum((a * b for a, b in zip(row, w, strict=True)), fmpq(0)) for row in rows]
    pulls = [1 / (1 + arb(u).exp()) for u in start]
    gram = [[arb(sum((a * b for a, b in zip(p, q, strict=True)), fmpq(0))) for q in rows] for p in rows]
    total = arb(0)
    for probability, batch in batches:
        scale = arb(eta / len(batch))
        for m in range(n):
            margin = start[m] + scale * sum((pulls[k] * gram[m][k] for k in batch), arb(0))
            total += (1 + (-margin).exp()).log() * arb(probability)
    return total / n
