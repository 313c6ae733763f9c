"""One page a paper: what is checked of it, on what evidence, and how sure each statement is; and one table of all."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from reference_pages.markup import code, linked, page, plain, prose, table
from refutable.theorems.catalogue import PAPERS
from refutable.theorems.claims import Claim
from refutable.theorems.records import EVIDENCE, Theorem, all_mutants
from refutable.verify import visits
from refutable.verify.commands.show import STATUS
from refutable.verify.standing import SOLVED

FOLDER = "reference/papers"
THEOREM = "../theorems"


@dataclass(frozen=True)
class Paper:
    """A package of `theorems.papers`: its name and what its docstring says, and its records."""

    package: str
    title: str
    records: tuple[Theorem, ...]

    @property
    def file(self) -> str:
        """Name of its page."""
        return f"{self.package.replace('_', '-')}.md"


def papers() -> list[Paper]:
    """Every paper of the catalogue, in its order."""
    found = []
    for package in PAPERS:
        module = importlib.import_module(f"refutable.theorems.papers.{package}")
        title = (module.__doc__ or package).strip().splitlines()[0].rstrip(".")
        found.append(Paper(package, title, tuple(module.THEOREMS)))
    return found


def pages() -> dict[str, str]:
    """The table of all papers, and one page each."""
    known = papers()
    each = {f"{FOLDER}/{paper.file}": page(plain(paper.title), _paper(paper)) for paper in known}
    return {f"{FOLDER}/index.md": page("Papers", _index(known)), **each}


def _index(known: list[Paper]) -> Iterator[str]:
    yield "What is checked of each paper, and how sure the statement is: the words of a paper are not copied here, and"
    yield "where its text was not at hand, that is said. What the words mean:"
    yield from table(("status", "meaning"), [(code(name), meaning) for name, meaning in STATUS.items()])
    yield from table(
        ("paper", "theorem", "what we check", "how sure"),
        [
            (f"[{plain(paper.title)}]({paper.file})" if i == 0 else "", _named(record), _checked(record), _sure(record))
            for paper in known
            for i, record in enumerate(paper.records)
        ],
    )


def _named(record: Theorem) -> str:
    number = f"<br>{plain(record.source.number)}" if record.source.number else ""
    return f"[{code(record.id)}]({THEOREM}/{record.id}.md)<br>{plain(record.title)}{number}"


def _checked(record: Theorem) -> str:
    return "<br>".join(f"{plain(claim.statement)}" for claim in record.claims)


def _sure(record: Theorem) -> str:
    note = f": {plain(record.source.note)}" if record.source.note else ""
    return f"{code(record.status)}{note}"


def _paper(paper: Paper) -> Iterator[str]:
    links = dict.fromkeys(record.source.link for record in paper.records if record.source.link)
    if links:
        yield "Source: " + ", ".join(linked(link, link) for link in links) + "."
    yield from table(
        ("theorem", "number in the paper", "how sure"),
        [
            (f"[{code(r.id)}]({THEOREM}/{r.id}.md)<br>{plain(r.title)}", plain(r.source.number), _sure(r))
            for r in paper.records
        ],
    )
    for record in paper.records:
        yield from _record(record)


def _record(record: Theorem) -> Iterator[str]:
    yield f"\n## {plain(record.title)}\n"
    yield f"{code(record.id)}, about {plain(record.domain.title)}. What we check:\n"
    yield from (_claim(claim) for claim in record.claims)
    yield from _how(record)
    if record.notes:
        yield f"\n{prose(record.notes)}\n"


def _claim(claim: Claim) -> str:
    assumed = "; ".join(a.statement for a in claim.assumes)
    return f"- {plain(claim.statement)}" + (f" *(assumed: {plain(assumed)})*" if assumed else "")


def _unoffered(record: Theorem) -> Iterator[str]:
    """Kinds of evidence that nothing is offered for."""
    if not visits.offered_to(record):
        yield visits.KIND
    if not record.integrated:
        yield SOLVED


def _statements(record: Theorem) -> str:
    return "; ".join(plain(one.claim.statement) for one in record.integrated)


def _how(record: Theorem) -> Iterator[str]:
    """In a sentence: on what evidence, and what it is told apart from."""
    absent = {*record.evidence, *_unoffered(record)}
    kinds = [kind for kind in EVIDENCE if kind not in absent]
    yield f"\nEvidence that applies: {', '.join(kinds)}. "
    yield f"False variants that must die: {len(all_mutants(record))}. Steps of the proof: {len(record.links)}. "
    yield f"Identities proved: {len(record.closed_forms)}."
    if record.integrated:
        yield f" Seen with an ODE solver, as agreement and never as a verdict: {_statements(record)}."
    if record.not_tight:
        yield f" Not known tight: {plain(record.not_tight)}."
