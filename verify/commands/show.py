"""`refutable show ID`: everything the record of a theorem says."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from refutable.theorems.adjusting import constants
from refutable.theorems.catalogue import UnknownId
from refutable.theorems.catalogue import theorem as catalogued
from refutable.theorems.claims import Claim
from refutable.theorems.exact import text
from refutable.theorems.records import Integration, Mutant, Theorem, all_mutants
from refutable.verify.commands.exits import MISUSE
from refutable.verify.commands.output import Commands, complain, print_json, wrapped
from refutable.verify.digest import digest
from refutable.verify.reading import ReadError, printable
from refutable.verify.record_diff import Difference, claim_difference, claims_of, difference, difference_document
from refutable.verify.record_document import record_document

SAME, CHANGED = 0, 1
STATUS = {
    "read": "the paper was read",
    "recalled": "recalled from memory or quotations, then derived again",
    "own": "proved here; in no paper that we know",
    "conjecture": "no proof is known",
    "empirical": "an observation, no theorem",
}


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("show", help="one theorem: statement, assumptions, proof, mutants, how sure")
    parser.add_argument(
        "id", metavar="ID", help="id of a theorem, see `refutable list`; with --diff also of a claim of a gate"
    )
    parser.add_argument(
        "--diff",
        type=Path,
        metavar="OLD.json",
        help="say what changed since an older document: of `refutable show ID --json`, a run or a gate; exit code 1 if "
        "anything did",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a theorem, or what changed for it; raises UnknownId for an unknown one."""
    if arguments.diff is not None:
        return _diff(arguments.id, arguments.diff, arguments.json)
    record = catalogued(arguments.id)
    if arguments.json:
        print_json(record_document(record))
    else:
        for line in _text(record):
            print(line)
    return 0


def _since(id: str, path: Path) -> Difference:
    """Of the theorem, else of a gate's claim of that id. Raises ReadError and UnknownId."""
    try:
        return difference(catalogued(id), path)
    except (ReadError, UnknownId) as problem:
        found = claim_difference(id, path)
        if found is not None:
            return found
        known = claims_of(path) if isinstance(problem, UnknownId) else []
        if known:
            raise UnknownId(f"{problem}; claims of {path}: {', '.join(known):.300}") from None
        raise


def _diff(id: str, path: Path, as_json: bool) -> int:
    try:
        found = _since(id, path)
    except ReadError as problem:
        complain(printable(str(problem)))
        return MISUSE
    if as_json:
        print_json(difference_document(found))
    else:
        for line in _difference_text(found, path):
            print(line)
    return SAME if found.same else CHANGED


def _difference_text(found: Difference, path: Path) -> Iterator[str]:
    if found.same:
        yield f"{found.id}: nothing changed since {printable(str(path))}"
        yield f"  digest: {found.new}"
        return
    yield f"{found.id}: changed since {printable(str(path))}"
    if found.old == found.new:
        yield f"  digest: the same, {found.new}: the mathematics did not change"
    else:
        yield f"  digest, old: {printable(found.old)}"
        yield f"  digest, new: {found.new or 'none'}"
    if found.note:
        yield from wrapped("", found.note)
    for change in found.changes:
        yield ""
        yield printable(change.part)
        yield from wrapped("old: ", "(none)" if change.old is None else printable(change.old))
        yield from wrapped("new: ", "(none)" if change.new is None else printable(change.new))


def _text(record: Theorem) -> Iterator[str]:
    yield f"{record.id}: {record.title}"
    yield from wrapped("source: ", str(record.source))
    yield from wrapped("how sure: ", f"{record.status}: {STATUS[record.status]}. {record.source.note}".strip())
    yield f"  domain: {record.domain.id}, {record.domain.title}"
    yield f"  digest: {digest(record)}"
    yield from _section("claims", [_claim_text(c) for c in record.claims])
    yield from _section("assumptions", [f"{a.id}: {a.statement}" for a in record.assumptions])
    adjustable = [f"{name} = {text(c.value)}: {c.meaning}" for name, c in constants(record).items()]
    yield from _section("constants, which a claims file may change", adjustable)
    yield from _section("links of the proof", [_claim_text(c) for c in record.links])
    solved = [_solved_text(one) for one in record.integrated]
    yield from _section("statements about solutions, seen with an ODE solver: agreement, never a verdict", solved)
    forms = [f"{f.id}: {f.statement} (by {f.method})" for f in record.closed_forms]
    yield from _section("closed forms", forms)
    families = [f"{f.id}: {f.meaning} ({f.attains})" for f in record.equality]
    yield from _section("equality families", families, record.not_tight and f"none: {record.not_tight}")
    yield from _section("mutants, each false", [_mutant_text(m, record) for m in all_mutants(record)])
    necessity = [f"{n.drops}: {'shown' if n.witness else 'no witness'}; {n.note}" for n in record.necessity]
    yield from _section("is each assumption needed?", necessity)
    kinds = [f"{kind}: {reason}" for kind, reason in record.evidence.items()]
    yield from _section("evidence that does not apply", kinds)
    yield from _section("notes", [record.notes] if record.notes else [])


def _section(title: str, items: list[str], otherwise: str = "") -> Iterator[str]:
    if items or otherwise:
        yield ""
        yield title
        for item in items or [otherwise]:
            yield from wrapped("- ", item)


def _claim_text(claim: Claim) -> str:
    assumes = ", ".join(a.id for a in claim.assumes) or "nothing"
    latex = f" [{claim.latex}]" if claim.latex else ""
    return f"{claim.id}: {claim.statement}{latex}; assumes {assumes}"


def _solved_text(one: Integration) -> str:
    decoys = "; ".join(decoy.id for decoy in one.decoys)
    return f"{_claim_text(one.claim)}; false variants that look suspect: {decoys}"


def _mutant_text(mutant: Mutant, record: Theorem) -> str:
    excuse = f" (witness not substantive: {mutant.excuse})" if not mutant.substantive else ""
    larger = f" (counterexample not small: {record.larger[mutant.id]})" if mutant.id in record.larger else ""
    return f"{mutant.id}: {mutant.why_false}{excuse}{larger}"
