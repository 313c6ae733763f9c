"""Certificates of float batches: rows on which claims certainly hold, or are certainly vacuous, by error bounds.

Claims about the same batch share its view: the gradient kernel, the sharpness and the norms are enclosed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps, certified
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import View


class Certificates(NamedTuple):
    """What error bounds say of a claim on each row [B].

    Attributes:
        holds: assumptions and conclusions certainly hold.
        vacuous: some assumption certainly fails.
        ratio: float left/right of the headline, NaN where there is none.
        fails: assumptions certainly hold and some conclusion certainly fails: on every number of the row, where rows
            are enclosures.
        identity: some conclusion is an equality, which no enclosure of positive width can confirm.
    """

    holds: Any
    vacuous: Any
    ratio: Any
    fails: Any
    identity: bool


def certify(claim: Claim, rows: Mapping[str, Any], shared: Mapping[str, Any]) -> Certificates:
    """Rows [B] on which ``claim`` certainly holds or is certainly vacuous, and the tightness of its headline.

    Args:
        rows: finite float64 arrays [B, ...] by field name, tuples of those (layers), or certified floats, which stand
            for every number within their radii.
        shared: values that all rows have in common.

    Raises:
        NotCertified: a formula uses an operation without a float error bound.
    """
    with np.errstate(all="ignore"):
        return _Batch(claim, rows, shared).certificates(claim)


def certify_all(
    claims: Sequence[Claim], rows: Mapping[str, Any], shared: Mapping[str, Any]
) -> list[Certificates | None]:
    """`certify` for several claims about one domain, each quantity of the batch enclosed once.

    None stands for a claim with an operation that has no float error bound: decide it exactly.

    Raises:
        ValueError: the claims are about different domains.
    """
    if len({claim.domain.id for claim in claims}) > 1:
        raise ValueError("these claims are about different domains; certify those of each domain by themselves")
    with np.errstate(all="ignore"):
        batch = _Batch(claims[0], rows, shared) if claims else None
        return [_or_none(batch.certificates, claim) for claim in claims] if batch else []


def _or_none(certificates: Callable[[Claim], Certificates], claim: Claim) -> Certificates | None:
    try:
        return certificates(claim)
    except NotCertified:
        return None


class _Batch:
    """One view of a batch in certified floats, and what is known of assumptions on it."""

    def __init__(self, claim: Claim, rows: Mapping[str, Any], shared: Mapping[str, Any]) -> None:
        first = next(iter(rows.values()))
        self.count = (first[0] if isinstance(first, tuple) else first).shape[0]
        self.ops = CertifiedOps(self.count)
        self.view = View(claim.domain, self.ops, {**{name: _enclosed(v) for name, v in rows.items()}, **shared})
        self._assumed: dict[int, tuple[Assumption, Any, Any]] = {}

    def certificates(self, claim: Claim) -> Certificates:
        assumed, failed = np.ones(self.count, dtype=bool), np.zeros(self.count, dtype=bool)
        for assumption in claim.assumes:
            true, false = self._assumption(assumption)
            assumed &= true
            failed |= false
        checks = list(claim.concludes(self.view))
        concluded, refuted = _both(checks, self.count)
        # Flags only ever rise: what an earlier claim of the batch found uncertain is left to the exact decision.
        safe = ~self.ops.unsafe
        holds, fails = safe & assumed & concluded, safe & assumed & refuted
        identity = any(check.op == "==" for check in checks)
        return Certificates(holds, safe & failed, _ratio(checks[0], self.count), fails, identity)

    def _assumption(self, assumption: Assumption) -> tuple[Any, Any]:
        known = self._assumed.get(id(assumption))
        if known is None:
            known = self._assumed[id(assumption)] = (assumption, *_both(assumption.checks(self.view), self.count))
        return known[1], known[2]


def _enclosed(value: Any) -> Any:
    if isinstance(value, CertifiedArray):
        return value
    return tuple(CertifiedArray(a) for a in value) if isinstance(value, tuple) else CertifiedArray(value)


def _both(checks: Iterable[Check], count: int) -> tuple[Any, Any]:
    true, false = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    for check in checks:
        t, f = _certain(check, count)
        true &= t
        false |= f
    return true, false


def _certain(check: Check, count: int) -> tuple[Any, Any]:
    """Rows where the check certainly holds, and where it certainly fails.

    Raises:
        NotCertified: ``psd``.
    """
    if check.op == "true":
        return np.full(count, check.left is True), np.full(count, check.left is False)
    if check.op == "psd":
        raise NotCertified("positive semidefiniteness has no certified float version here; decide exactly")
    left, right = _aligned(certified(check.left), certified(check.right))
    gap = right - left
    if gap.null:
        equal = check.op != "<"
        return np.full(count, equal), np.full(count, not equal)
    full = (count, *gap.mid.shape[1:])
    mid, rad = (np.broadcast_to(part, full).reshape(count, -1) for part in (gap.mid, gap.rad))
    # What has overflowed is known of nothing: a NaN answers no to every comparison.
    mid = np.where(np.isfinite(mid) & np.isfinite(rad), mid, np.nan)
    if check.op == "==":
        return ((mid == 0) & (rad == 0)).all(axis=1), (np.abs(mid) > rad).any(axis=1)
    if check.op == "<":
        return (mid > rad).all(axis=1), (mid <= -rad).any(axis=1)
    return (mid >= rad).all(axis=1), (mid < -rad).any(axis=1)


def _aligned(a: CertifiedArray, b: CertifiedArray) -> tuple[CertifiedArray, CertifiedArray]:
    """Both sides with the batch axis first: [B] beside [B, k] becomes [B, 1]."""
    most = max(a.mid.ndim, b.mid.ndim)
    widened = [x[(..., *(None,) * (most - x.mid.ndim))] if x.mid.ndim else x for x in (a, b)]
    return widened[0], widened[1]


def _ratio(check: Check, count: int) -> Any:
    if check.op in ("psd", "true"):
        return np.full(count, np.nan)
    left, right = certified(check.left).mid, certified(check.right).mid
    if max(left.ndim, right.ndim) > 1:
        return np.full(count, np.nan)
    ratio = np.where(right > 0, left / np.where(right > 0, right, 1.0), np.nan)
    return np.broadcast_to(ratio, (count,))
