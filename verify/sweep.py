"""Mass evidence: a claim on a float batch, certified by a-priori error bounds, near-ties decided exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps, certified
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import View
from refutable.verify.decide import Outcome, decide

EXACT_ROWS = 100


@dataclass
class Sweep:
    """What a sweep found.

    Attributes:
        counts: verdicts of all instances, certified and exact together.
        certified: how many were decided by certified floats; the others were decided exactly.
        tightest: largest float ratio left/right among instances whose assumptions hold.
        violations: exact outcomes with their instances.
    """

    counts: Counter[str] = field(default_factory=Counter)
    certified: int = 0
    tightest: float | None = None
    violations: list[tuple[Instance, Outcome]] = field(default_factory=list)


def enforced(claim: Claim, batch: Mapping[str, Any]) -> dict[str, Any]:
    """The torch batch with every assumption that can be enforced made to hold (step size := ...)."""
    from refutable.theorems.ops.torch import TorchOps

    return claim.fitted(batch, TorchOps())


def sweep(claim: Claim, batch: Mapping[str, Any]) -> Sweep:
    """Decide ``claim`` on every row of a float64 batch by field name.

    A field is a tensor or array [B, ...], a list of those (layers), or one value that all rows share. Where a
    formula has no certified float version, the first `EXACT_ROWS` rows are decided, all of them exactly.
    """
    rows = {name: _arrays(value) for name, value in batch.items() if _is_batched(value)}
    shared = {name: value for name, value in batch.items() if name not in rows}
    flat = [a.reshape(len(a), -1) for value in rows.values() for a in _parts(value)]
    finite = np.logical_and.reduce([np.isfinite(a).all(axis=1) for a in flat])
    rows = {name: _select(value, finite) for name, value in rows.items()}
    result = Sweep(Counter({"not finite": int((~finite).sum())} if not finite.all() else {}))
    if finite.any():
        _sweep_finite(claim, rows, shared, int(finite.sum()), result)
    return result


def _is_batched(value: Any) -> bool:
    return hasattr(value, "shape") or (isinstance(value, list | tuple) and all(hasattr(v, "shape") for v in value))


def _arrays(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(np.asarray(v, dtype=np.float64) for v in value)
    return np.asarray(value, dtype=np.float64)


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _select(value: Any, index: Any) -> Any:
    return tuple(a[index] for a in value) if isinstance(value, tuple) else value[index]


def _sweep_finite(claim: Claim, rows: Mapping[str, Any], shared: Mapping[str, Any], count: int, result: Sweep) -> None:
    try:
        holds, vacuous, ratio = certify(claim, rows, shared)
    except NotCertified:
        count = min(count, EXACT_ROWS)
        holds, vacuous, ratio = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool), np.zeros(count)
    result.counts["holds"] += int(holds.sum())
    result.counts["vacuous"] += int(vacuous.sum())
    result.certified = int(holds.sum() + vacuous.sum())
    ratios = ratio[holds & np.isfinite(ratio)]
    result.tightest = float(ratios.max()) if ratios.size else None
    for row in np.flatnonzero(~holds & ~vacuous):
        instance = row_instance(claim, rows, shared, int(row))
        outcome = decide(claim, instance)
        result.counts[outcome.verdict] += 1
        if outcome.verdict == "violated":
            result.violations.append((instance, outcome))


def row_instance(claim: Claim, rows: Mapping[str, Any], shared: Mapping[str, Any], row: int) -> Instance:
    """One row of a batch as an exact instance (floats are the exact rationals they are)."""
    raw = {
        name: [a[row].tolist() for a in value] if isinstance(value, tuple) else value[row].tolist()
        for name, value in rows.items()
    }
    return claim.domain.instance(**raw, **shared)


def certify(claim: Claim, rows: Mapping[str, Any], shared: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Rows [B] that certainly hold, that are certainly vacuous, and the float tightness of the headline.

    Raises:
        NotCertified: a formula uses an operation without a float error bound.
    """
    count = len(_parts(next(iter(rows.values())))[0])
    ops = CertifiedOps(count)
    view = View(claim.domain, ops, {**{name: _certified(value) for name, value in rows.items()}, **shared})
    assumed, failed = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    for assumption in claim.assumes:
        true, false = _both(assumption.checks(view), count)
        assumed &= true
        failed |= false
    checks = list(claim.concludes(view))
    concluded, _ = _both(checks, count)
    safe = ~ops.unsafe
    return safe & assumed & concluded, safe & failed, _ratio(checks[0], count)


def _certified(value: Any) -> Any:
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
    full = (count, *gap.mid.shape[1:])
    mid, rad = (np.broadcast_to(part, full).reshape(count, -1) for part in (gap.mid, gap.rad))
    above, below = (mid > rad).all(axis=1), (mid < -rad).any(axis=1)
    if check.op == "==":
        return ((mid == 0) & (rad == 0)).all(axis=1), (np.abs(mid) > rad).any(axis=1)
    return above, below


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
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(right > 0, left / np.where(right > 0, right, 1.0), np.nan)
    return np.broadcast_to(ratio, (count,))
