"""Decide a claim on one instance: exactly, assumptions included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from refutable.theorems.checks import Check, Decision, tightness
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.instances import Instance
from refutable.theorems.views import MissingNumber, View
from refutable.verify.sides import relation

Verdict = Literal["holds", "violated", "vacuous", "undecided", "agrees", "inapplicable"]


@dataclass(frozen=True)
class AssumptionOutcome:
    """One assumption's verdict: "holds", "fails", "undecided" or "unknown" (a number is missing), with the reason."""

    id: str
    verdict: Literal["holds", "fails", "undecided", "unknown"]
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """A claim's verdict on one instance.

    Attributes:
        checks: the conclusion's comparisons, headline first; empty unless all assumptions hold.
        labels: their labels.
        operators: what compares their sides: "<=", "<", "==", "psd", "true".
        measured: left/right of the headline, where its sides were left out because they cannot travel.
    """

    claim: str
    verdict: Verdict
    assumptions: tuple[AssumptionOutcome, ...] = ()
    checks: tuple[Decision, ...] = ()
    labels: tuple[str, ...] = ()
    reason: str = ""
    operators: tuple[str, ...] = ()
    measured: float | None = None

    @property
    def headline(self) -> Decision | None:
        """The headline comparison, if it was reached."""
        return self.checks[0] if self.checks else None

    @property
    def touching(self) -> bool:
        """The headline holds or fails with equality."""
        return bool(self.checks) and self.checks[0].touching

    @property
    def tightness(self) -> float | None:
        """left/right of the headline as a float, where right > 0."""
        if self.measured is not None:
            return self.measured
        return tightness(self.checks[0]) if self.checks else None


def decide(claim: Claim, instance: Instance | View) -> Outcome:
    """Decide ``claim`` on an instance, or on its exact view (which keeps shared quantities between claims)."""
    domain = instance.domain.id if isinstance(instance, View) else instance.domain
    if domain != claim.domain.id:
        reason = f"the claim is about {claim.domain.id} instances, this is a {domain} instance"
        return Outcome(claim.id, "inapplicable", reason=reason)
    view = instance if isinstance(instance, View) else claim.domain.view(instance)
    assumptions = tuple(_decide_assumption(a, view) for a in claim.assumes)
    blocked = _blocked(claim, assumptions)
    if blocked is not None:
        return blocked
    try:
        checks = list(claim.concludes(view))
        decisions = tuple(check.decide() for check in checks)
    except MissingNumber as missing:
        return Outcome(claim.id, "inapplicable", assumptions, reason=str(missing))
    except (ArithmeticError, ValueError) as error:
        return Outcome(claim.id, "undecided", assumptions, reason=f"the conclusion is not defined here: {error}")
    if not checks:
        return Outcome(claim.id, "undecided", assumptions, reason="the claim concludes nothing here")
    return _concluded(claim, assumptions, checks, decisions)


def _blocked(claim: Claim, assumptions: tuple[AssumptionOutcome, ...]) -> Outcome | None:
    """The outcome when some assumption does not hold; a certainly false one outweighs all others."""
    order: tuple[tuple[str, Verdict], ...] = (
        ("fails", "vacuous"), ("unknown", "inapplicable"), ("undecided", "undecided"),
    )  # fmt: skip
    for kind, verdict in order:
        for a in assumptions:
            if a.verdict == kind:
                reason = f"assumption {a.id} {a.verdict}" + (f": {a.reason}" if a.reason else "")
                return Outcome(claim.id, verdict, assumptions, reason=reason)
    return None


def _concluded(
    claim: Claim,
    assumptions: tuple[AssumptionOutcome, ...],
    checks: list[Check],
    decisions: tuple[Decision, ...],
) -> Outcome:
    labels = tuple(check.label for check in checks)
    truths = [d.truth for d in decisions]
    verdict: Verdict = "agrees" if any(d.agrees for d in decisions) else "holds"
    reason = ""
    for value, found in ((None, "undecided"), (False, "violated")):
        if value in truths:
            at = truths.index(value)
            verdict = "undecided" if found == "undecided" else "violated"
            reason = ": ".join(part for part in (labels[at], decisions[at].reason) if part)
    operators = tuple(check.op for check in checks)
    return Outcome(claim.id, verdict, assumptions, decisions, labels, reason, operators)


def _decide_assumption(assumption: Assumption, view: View) -> AssumptionOutcome:
    undecided = ""
    try:
        for check, decision in _decisions(assumption.checks(view)):
            why = ": ".join(part for part in (check.label, decision.reason) if part)
            if decision.truth is False:
                return AssumptionOutcome(assumption.id, "fails", _with_sides(why, check, decision))
            if decision.agrees and not undecided:
                undecided = f"{why}: the sides agree to 2^-200, which is no proof that they are equal"
            if decision.truth is None and not undecided:
                undecided = why or "undecided"
    except MissingNumber as missing:
        return AssumptionOutcome(assumption.id, "unknown", str(missing))
    except (ArithmeticError, ValueError) as error:
        undecided = str(error)
    if undecided:
        return AssumptionOutcome(assumption.id, "undecided", undecided)
    return AssumptionOutcome(assumption.id, "holds")


def _with_sides(why: str, check: Check, decision: Decision) -> str:
    if decision.left is None or decision.right is None:
        return why
    sides = relation(decision.left, check.op, decision.right, False)
    return f"{why}: {sides}" if why else sides


def _decisions(checks: Iterable[Check]) -> Iterator[tuple[Check, Decision]]:
    for check in checks:
        yield check, check.decide()
