"""Statements about solutions of differential equations, seen in floats: they agree with a solver, or are suspect.

A solver's result has an error that is estimated, not bounded. Each statement is evaluated on two solves of the same
problem, a fine and a coarse one: what its residual changes between them, times a factor for safety, is the error bound
that the residual is held against. Nothing here decides a theorem: agreement supports no verdict, and what disagrees is
suspect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from refutable.strategies.solutions import Solution, published_setting, solution_source
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.records import Integration, Theorem
from refutable.theorems.views import View
from refutable.verify.events import Event, Run, event
from refutable.verify.evidence import assumed
from refutable.verify.tally import Tally

KIND = "integrated"
SAFETY = 10.0
"""What the residual changes between the two solves is taken so many times for the error bound."""
ROUNDING = 1e-12
"""Rounding of the formulas themselves, relative to the sides."""
COARSE = 1e-4
"""An error bound above this share of the sides is too coarse to tell anything."""

Sight = Literal["agrees", "suspect", "undecided"]


@dataclass(frozen=True)
class Compared:
    """One statement on one solution: its residual, and the error bound that it is held against.

    Attributes:
        residual: the largest left - right (its modulus, for equations) over all entries; 0 where it is not positive.
    """

    sight: Sight
    residual: float
    bound: float
    label: str = ""

    @property
    def share(self) -> float:
        """residual / bound, for comparing: 0 for no residual."""
        return 0.0 if self.residual == 0 else self.residual / self.bound if self.bound else float("inf")


def compared(claim: Claim, solution: Solution) -> Compared:
    """The statement on one solution: suspect if one comparison is, else undecided if one is."""
    pairs = zip(_checks(claim, solution.fine), _checks(claim, solution.coarse), strict=True)
    found = [_one(fine, coarse) for fine, coarse in pairs]
    if not found:
        return Compared("undecided", 0.0, 0.0, "the statement compares nothing here")
    gravity = {"suspect": 2, "undecided": 1, "agrees": 0}
    return max(found, key=lambda one: (gravity[one.sight], one.share))


def _checks(claim: Claim, fields: Mapping[str, Any]) -> list[Check]:
    rows = {name: None if value is None else _row(value) for name, value in fields.items()}
    absent = {field.name: None for field in claim.domain.fields if field.name not in rows}
    return list(claim.concludes(View(claim.domain, TorchOps(), {**absent, **rows})))


def _row(value: Any) -> torch.Tensor:
    return torch.as_tensor(np.array(value, dtype=np.float64))[None]


def _one(fine: Check, coarse: Check) -> Compared:
    """One comparison.

    Raises:
        ValueError: it is neither an equation nor an inequality of numbers.
    """
    if fine.op not in ("==", "<=", "<"):
        raise ValueError(f"the comparison {fine.op!r} cannot be seen in floats; compare numbers with == or <=")
    left, right = _sides(fine)
    gap, other = left - right, np.subtract(*_sides(coarse))
    scale = np.maximum(np.abs(left), np.abs(right))
    if not np.isfinite(gap).all() or not np.isfinite(other).all():
        return Compared("undecided", 0.0, 0.0, f"{fine.label}: not a finite number".lstrip(": "))
    # One entry's error says little about its size: two solves may agree there by chance. So a share of the largest
    # difference counts everywhere, as far as it does not swamp an entry.
    moved = SAFETY * np.abs(gap - other)
    largest = float(np.max(moved if fine.op == "==" else np.where(gap > 0, moved, 0.0), initial=0.0))
    bound = np.maximum(moved, np.minimum(largest, COARSE * scale)) + ROUNDING * scale
    counts = np.full(gap.shape, True) if fine.op == "==" else gap > -bound
    residual = np.abs(gap) if fine.op == "==" else np.maximum(gap, 0.0)
    vague = bool(np.any(counts & (bound > COARSE * np.max(scale, initial=0.0) + ROUNDING * scale)))
    return _worst(residual, bound, vague, fine.label)


def _worst(residual: Any, bound: Any, vague: bool, label: str) -> Compared:
    """The entry nearest to its bound, or beyond it; undecided where a bound that counts is too coarse."""
    if not residual.size:
        return Compared("agrees", 0.0, 0.0, label)
    share = np.where(residual == 0, 0.0, residual / np.where(bound > 0, bound, np.finfo(float).tiny))
    place = np.unravel_index(int(np.argmax(share)), share.shape)
    sight: Sight = "suspect" if share[place] > 1 else "undecided" if vague else "agrees"
    return Compared(sight, float(residual[place]), float(bound[place]), label)


def _sides(check: Check) -> tuple[Any, Any]:
    both = np.broadcast_arrays(*(_numbers(side) for side in (check.left, check.right)))
    return both[0], both[1]


def _numbers(side: Any) -> Any:
    if isinstance(side, torch.Tensor):
        return side.detach().numpy()
    return np.asarray(float(side.p) / float(side.q) if hasattr(side, "q") else side, dtype=np.float64)


def integrated(theorem: Theorem, integration: Integration, run: Run) -> Event:
    """One statement on solutions, and its false variants, which must look suspect on some of them."""
    claim = integration.claim
    solutions = list(_solutions(theorem, claim, run))
    seen = [(one, compared(claim, one)) for one in solutions]
    out = event("evidence", theorem, claim=claim.id, kind=KIND, strength=KIND)
    tally = Tally(Counter(found.sight for _, found in seen))
    worst = max((found for _, found in seen), key=lambda found: found.share, default=None)
    decoys = {decoy.id: _suspected(decoy, solutions) for decoy in integration.decoys}
    out |= tally.summary() | {
        "statement": claim.statement,
        "residual": None if worst is None else worst.residual,
        "bound": None if worst is None else worst.bound,
        "decoys": decoys,
        "missing": [] if seen else [f"{KIND}: no solution is offered"],
    }
    for one, found in seen:
        if found.sight == "suspect":
            out["problems"].append(_suspicion(theorem, claim, one, found))
    out["unsuspected"] = [id for id, count in decoys.items() if seen and not count]
    for id in out["unsuspected"]:
        what = "a false variant looks as true as the statement: choose solutions that tell them apart"
        out["problems"].append(f"{theorem.id}, {claim.id}: the decoy {id} is suspect on none of {len(seen)}; {what}")
    return out


def _solutions(theorem: Theorem, claim: Claim, run: Run) -> Iterator[Solution]:
    source = solution_source(claim.domain.id)
    if source is not None:
        seed = run.seed_for(theorem.id, claim.id, KIND)
        yield from source.solutions(claim.id, assumed(claim), run.profile.integrated, seed)


def _suspected(decoy: Claim, solutions: list[Solution]) -> int:
    return sum(compared(decoy, one).sight == "suspect" for one in solutions)


def _suspicion(theorem: Theorem, claim: Claim, solution: Solution, found: Compared) -> str:
    where = f"{claim.id} ({found.label})" if found.label else claim.id
    return (
        f"{theorem.id}, {where} is suspect: residual {found.residual:.3g} against the error bound {found.bound:.3g} at "
        f"{solution.origin}. A suspicion, no verdict: the statement may be false, or the solver's error larger than "
        "estimated"
    )


def setting(theorem: Theorem, run: Run) -> Event:
    """The published setting of a theorem, repeated: curves of what it predicts and of what a solver finds."""
    found = published_setting(theorem.id)
    if found is None:
        raise LookupError(f"{theorem.id} has no published setting")
    curves = [
        {"name": a.name, "predicted": [list(p) for p in a.points], "integrated": [list(p) for p in b.points]}
        for a, b in zip(found.predicted, found.integrated, strict=True)
    ]
    return event(
        "setting",
        theorem,
        heading=found.title,
        explanation=found.explanation,
        x={"label": found.x_label, "logarithmic": found.x_logarithmic},
        y={"label": found.y_label, "logarithmic": found.y_logarithmic},
        curves=curves,
        apart=max((_apart(curve) for curve in curves), default=0.0),
    )


def _apart(curve: Mapping[str, Any]) -> float:
    """The largest difference between prediction and solution, relative to the curve's largest value."""
    predicted, found = (np.array(curve[name], dtype=float).reshape(-1, 2) for name in ("predicted", KIND))
    scale = float(np.max(np.abs(predicted[:, 1]), initial=0.0))
    return float(np.max(np.abs(predicted[:, 1] - found[:, 1]), initial=0.0)) / scale if scale else 0.0
