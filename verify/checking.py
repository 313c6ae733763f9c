"""Deciding a whole theorem on one instance: its claims, one verdict for them together, the links of its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refutable.theorems.instances import Instance
from refutable.theorems.records import Theorem
from refutable.theorems.views import View
from refutable.verify.decide import Outcome, decide
from refutable.verify.headlines import ratio
from refutable.verify.sides import bounds

ORDER = ("violated", "undecided", "agrees", "holds", "vacuous", "inapplicable")
"""Which claim's verdict stands for a theorem of several claims: the first of these that occurs."""


@dataclass(frozen=True)
class TheoremOutcome:
    """A theorem on one instance.

    Attributes:
        claims: outcome of each claim.
        links: outcome of each link of the proof.
    """

    theorem: str
    claims: tuple[Outcome, ...]
    links: tuple[Outcome, ...]

    @property
    def leading(self) -> Outcome:
        """The claim whose verdict stands for the theorem: a violated one, else an undecided one, and so on.

        Of several inapplicable ones, one that got as far as its assumptions: it is about such instances.
        """
        reached = [one for one in self.claims if one.verdict != "inapplicable" or one.assumptions]
        return min(reached or self.claims, key=lambda outcome: ORDER.index(outcome.verdict))


def decide_theorem(theorem: Theorem, instance: Instance, views: dict[str, View] | None = None) -> TheoremOutcome:
    """Decide all claims and links of a theorem.

    Args:
        views: exact views of the instance by domain, shared between theorems that are decided on it.
    """
    known: dict[str, View] = {} if views is None else views
    claims, links = ([_decide(c, instance, known) for c in group] for group in (theorem.claims, theorem.links))
    return TheoremOutcome(theorem.id, tuple(claims), tuple(links))


def _decide(claim: Any, instance: Instance, views: dict[str, View]) -> Outcome:
    if claim.domain.id != instance.domain:
        return decide(claim, instance)
    if instance.domain not in views:
        views[instance.domain] = claim.domain.view(instance)
    return decide(claim, views[instance.domain])


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """An outcome, JSON-ready: verdict, both sides of the headline, assumptions."""
    headline = outcome.headline
    return {
        "verdict": outcome.verdict,
        "touching": outcome.touching,
        "operator": outcome.operators[0] if outcome.operators else None,
        "lhs": bounds(headline.left) if headline else None,
        "rhs": bounds(headline.right) if headline else None,
        "tightness": ratio(outcome),
        "reason": outcome.reason,
        "assumptions": [{"id": a.id, "verdict": a.verdict, "reason": a.reason} for a in outcome.assumptions],
    }
