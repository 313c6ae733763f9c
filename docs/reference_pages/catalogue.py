"""The catalogue of theorems: an overview, and one page a theorem from what `refutable show ID --json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reference_pages.markup import code, fence, formula, linked, page, plain, prose, table
from refutable.theorems.catalogue import CATALOGUE, DOMAINS
from refutable.theorems.records import Theorem
from refutable.verify.commands.show import STATUS
from refutable.verify.record_document import record_document

FOLDER = "reference/theorems"
ATTAINS = {
    "equality": "both sides are equal",
    "limit": "the ratio of the sides tends to 1",
    "interior": "the inequality is strict",
    "violation": "the inequality fails",
}
Document = Mapping[str, Any]


def pages() -> dict[str, str]:
    """The overview and one page a theorem."""
    found = {f"{FOLDER}/{record.id}.md": _theorem(record_document(record)) for record in CATALOGUE}
    return {f"{FOLDER}/index.md": page("Theorems", _overview()), **found}


def _overview() -> Iterator[str]:
    yield "Every theorem that the suite tries, with the paper it is from. Each page is written from the theorem's"
    yield "record, as `refutable show ID` prints it. How sure a statement is:"
    yield from table(("status", "meaning"), [(code(name), meaning) for name, meaning in STATUS.items()])
    yield from table(
        ("theorem", "about", "status", "source"),
        [(f"[{plain(r.title)}]({r.id}.md)<br>{code(r.id)}", *_origin(r)) for r in CATALOGUE],
    )
    yield "## What they are about"
    yield ""
    yield "A *domain* is a kind of instance. These are the fields of each, as they stand in an instance file."
    for domain in DOMAINS.values():
        yield f"\n### {domain.id}\n\n{plain(domain.title)}"
        yield from table(
            ("field", "place in the file", "shape", "meaning"),
            [
                (code(f.name), code(f.where), plain(", ".join(f.shape)), plain(f.meaning + _optional(f.optional)))
                for f in domain.fields
            ],
        )


def _optional(optional: bool) -> str:
    return " (may be null)" if optional else ""


def _origin(record: Theorem) -> tuple[str, str, str]:
    return plain(record.domain.id), code(record.status), plain(str(record.source))


def _theorem(record: Document) -> str:
    return page(plain(record["title"]), _body(record))


def _body(record: Document) -> Iterator[str]:
    yield from _identity(record)
    yield "## Statement"
    yield from (line for claim in record["claims"] for line in _claim(claim, several=len(record["claims"]) > 1))
    yield from _section("Assumptions", _assumptions(record))
    yield from _constants(record)
    yield from _section("Steps of the proof", (line for link in record["links"] for line in _claim(link, True)))
    yield from _section("Seen with an ODE solver", _integrated(record))
    yield from _section("Closed forms", _closed_forms(record))
    yield from _section("Equality", _families(record))
    yield from _section("Mutants", _mutants(record))
    yield from _section("Is each assumption needed?", _necessity(record))
    yield from _section("Evidence that does not apply", _not_applicable(record))
    yield from _section("Notes", [prose(record["notes"])] if record["notes"] else [])
    yield "## Try it"
    yield fence(
        f"refutable show {record['id']}\nrefutable check {record['id']} INSTANCE.json\nrefutable hunt {record['id']}",
        "sh",
    )


def _identity(record: Document) -> Iterator[str]:
    source = record["source"]
    where = ", ".join(part for part in (source["paper"], source["number"]) if part)
    note = f". {source['note'][:1].upper()}{source['note'][1:]}" if source["note"] else ""
    yield from table(
        ("id", code(record["id"])),
        [
            ("source", linked(where, source["link"])),
            ("how sure", f"{code(record['status'])}: {plain(STATUS[record['status']] + note)}"),
            ("about", f"[{plain(record['domain'])}](index.md#{record['domain']})"),
            ("digest", f"{code(record['digest'][:16])}…"),
        ],
    )


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = list(lines)
    if body:
        yield from ("", f"## {title}", "", *body, "")


def _claim(claim: Document, several: bool) -> Iterator[str]:
    if several:
        yield f"\n### {plain(claim['id'])}"
    yield f"\n{plain(_sentence(claim['statement']))}\n"
    if claim["latex"]:
        yield formula(claim["latex"])
    assumed = ", ".join(code(id) for id in claim["assumes"]) or "nothing"
    yield f"\nAssumes {assumed}.\n"


def _sentence(text: str) -> str:
    return text if text.endswith((".", ")")) else f"{text}."


def _assumptions(record: Document) -> Iterator[str]:
    return table(("assumption", "meaning"), [(code(a["id"]), plain(a["statement"])) for a in record["assumptions"]])


def _constants(record: Document) -> Iterator[str]:
    rows = [(code(name), plain(one["value"]), plain(one["meaning"])) for name, one in record["constants"].items()]
    said = "A [claims file](../claims-file.md) may claim the theorem with other values."
    yield from _section("Constants", [said, *table(("constant", "value", "meaning"), rows)] if rows else [])


def _closed_forms(record: Document) -> Iterator[str]:
    rows = [(code(f["id"]), plain(f["statement"]), code(f["method"])) for f in record["closed_forms"]]
    return table(("identity", "statement", "checked by"), rows)


def _families(record: Document) -> Iterator[str]:
    if record["not_tight"]:
        yield f"None: {plain(record['not_tight'])}"
    rows = [(code(f["id"]), plain(f["meaning"]), ATTAINS[f["attains"]]) for f in record["families"]]
    yield from table(("family", "instances", "there"), rows)


def _integrated(record: Document) -> Iterator[str]:
    if record["integrated"]:
        where = "[solutions](../../explanation/finite-statements.md#solutions)"
        yield f"About {where} of a differential equation: they agree or are suspect, and support no verdict."
    for one in record["integrated"]:
        yield from _claim(one, True)
        yield f"False variants that must look suspect: {', '.join(map(code, one['decoys']))}."


def _mutants(record: Document) -> Iterator[str]:
    if record["mutants"]:
        yield "False variants. The suite must refute each of them; see [mutants](../../explanation/mutants.md)."
    rows = [(code(m["id"]), plain(m["why_false"]), plain(m["excuse"])) for m in record["mutants"]]
    yield from table(("mutant", "why it is false", "why its witness is not substantive"), rows)


def _necessity(record: Document) -> Iterator[str]:
    rows = [
        (
            code(n["assumption"]),
            code(n["claim"]) if n["claim"] else "",
            "shown" if n["known"] else "no witness",
            plain(n["note"]),
        )
        for n in record["necessity"]
    ]
    return table(("without", "claim", "false then?", "why"), rows)


def _not_applicable(record: Document) -> Iterator[str]:
    rows = [(code(kind), plain(reason)) for kind, reason in record["not_applicable"].items()]
    return table(("evidence", "why not"), rows)
