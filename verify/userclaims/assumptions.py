"""Assumptions by id: those of the catalogue's claims, and short names for sets of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.claims import Assumption
from refutable.theorems.records import all_mutants
from refutable.verify.userclaims.grammar import ExpressionError
from refutable.verify.userclaims.vocabulary import unknown

BUNDLES: dict[str, tuple[str, ...]] = {
    "minimum": (
        "differentiable",
        "input-weights-trained",
        "hidden-biases-trained",
        "output-weights-trained",
        "output-bias-trained",
        "interpolating",
        "stable",
    ),
}
"""Short names: ``minimum`` is a differentiable, interpolating, linearly stable minimum of a network trained whole."""


@cache
def assumptions(domain_id: str) -> dict[str, Assumption]:
    """All assumptions that the catalogue makes in a domain, by id."""
    found: dict[str, Assumption] = {}
    for theorem in CATALOGUE:
        claims = (*theorem.claims, *theorem.links, *(m.claim for m in all_mutants(theorem)))
        for claim in claims:
            if claim.domain.id == domain_id:
                for one in claim.assumes:
                    found.setdefault(one.id, one)
    return found


def assumption(domain_id: str, id: str) -> Assumption:
    """The assumption of that id.

    Raises:
        ExpressionError: the domain has none; the message names the nearest ones and lists all.
    """
    known = assumptions(domain_id)
    if id not in known:
        offered = [*bundles(domain_id), *sorted(known)]
        raise ExpressionError(unknown("assumption", id, offered, f"about {domain_id}"))
    return known[id]


def bundles(domain_id: str) -> dict[str, tuple[str, ...]]:
    """The short names whose assumptions a domain has."""
    known = assumptions(domain_id)
    return {name: ids for name, ids in BUNDLES.items() if all(id in known for id in ids)}


def expanded(ids: Iterable[str]) -> tuple[str, ...]:
    """Ids with each short name replaced by the ids it stands for, once each, in order."""
    flat = [single for id in ids for single in BUNDLES.get(id, (id,))]
    return tuple(dict.fromkeys(flat))


def usual(domain_id: str) -> tuple[str, ...]:
    """What a claim assumes when it does not say: a minimum where the domain knows minima, else nothing."""
    return BUNDLES["minimum"] if "minimum" in bundles(domain_id) else ()
