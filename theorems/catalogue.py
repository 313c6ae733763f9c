"""The catalogue: every theorem record and every domain, by id."""

from __future__ import annotations

import difflib
from typing import Any

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance
from refutable.theorems.papers import (
    giladi_2020,
    liang_2025,
    mulayoff_michaeli_2020,
    mulayoff_michaeli_soudry_2021,
    nacson_2023,
    own,
    weight_closed_forms,
)
from refutable.theorems.records import Theorem

CATALOGUE: tuple[Theorem, ...] = (
    *mulayoff_michaeli_soudry_2021.THEOREMS,
    *nacson_2023.THEOREMS,
    *own.THEOREMS,
    *liang_2025.THEOREMS,
    *weight_closed_forms.THEOREMS,
    *giladi_2020.THEOREMS,
    *mulayoff_michaeli_2020.THEOREMS,
)

DOMAINS: dict[str, Domain] = {
    claim.domain.id: claim.domain for theorem in CATALOGUE for claim in (*theorem.claims, *theorem.links)
}


def instance(domain_id: str, **raw: Any) -> Instance:
    """Instance of a domain from raw field values: what the repr of an instance calls.

    Raises:
        UnknownId: no such domain.
        InstanceError: bad values.
    """
    return domain(domain_id).instance(**raw)


class UnknownId(KeyError):
    """No theorem or domain of that id; the message names the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


def theorem(id: str) -> Theorem:
    """The theorem of that id.

    Raises:
        UnknownId: there is none; the message names the nearest ids.
    """
    for record in CATALOGUE:
        if record.id == id:
            return record
    raise UnknownId(_unknown("theorem", id, [record.id for record in CATALOGUE]))


def domain(id: str) -> Domain:
    """The domain of that id.

    Raises:
        UnknownId: there is none; the message names the nearest ids.
    """
    if id in DOMAINS:
        return DOMAINS[id]
    raise UnknownId(_unknown("domain", id, list(DOMAINS)))


def _unknown(kind: str, id: str, known: list[str]) -> str:
    near = difflib.get_close_matches(id, known, 3, 0.4) or sorted(known)
    return f"unknown {kind} {id!r:.80}; did you mean {', '.join(near)}?"
