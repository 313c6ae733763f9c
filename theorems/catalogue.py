"""The catalogue: every theorem record and every domain, by id."""

from __future__ import annotations

import difflib
import importlib
from typing import Any

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance
from refutable.theorems.records import Theorem

PAPERS = (
    "mulayoff_michaeli_soudry_2021",
    "nacson_2023",
    "own",
    "liang_2025",
    "weight_closed_forms",
    "giladi_2020",
    "mulayoff_michaeli_2020",
    "wu_2025",
    "li_2025",
    "qiao_2024",
    "buzaglo_2024",
    "mulayoff_michaeli_2024",
    "ma_ying_2021",
    "kreisler_2023",
    "wu_ma_e_2018",
    "wu_su_2023",
    "nacson_2019_tails",
    "yun_2021",
    "nacson_2019_margins",
    "lyu_li_2020",
    "azulay_2021",
    "pilanci_ergen_2020",
    "soudry_2018",
    "jin_montufar_2023",
    "nacson_2019_sgd",
    "shevchenko_2022",
    "safran_2022",
    "frei_2023",
)
"""Packages of `theorems.papers`, in the order of the catalogue."""


def _load() -> tuple[tuple[Theorem, ...], dict[str, str]]:
    """Records by paper, and why a paper's records could not be built.

    Records build their small instances (equality cases, counterexamples) when they are imported: a wrong formula
    can make that fail. The other papers must still be tried, and show where the formula is wrong.
    """
    records: list[Theorem] = []
    broken: dict[str, str] = {}
    for paper in PAPERS:
        try:
            records += importlib.import_module(f"refutable.theorems.papers.{paper}").THEOREMS
        except Exception as error:
            broken[paper] = f"{type(error).__name__}: {error}"
    return tuple(records), broken


CATALOGUE, BROKEN = _load()
"""All records; and papers whose records could not be built, with the reason."""

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
