"""The [[claim]] tables of a claims file: each read and checked by itself; Python files are run last, if at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import CATALOGUE, UnknownId
from refutable.theorems.catalogue import domain as known_domain
from refutable.theorems.domains.domain import Domain
from refutable.theorems.exact import NumberError
from refutable.theorems.records import all_mutants
from refutable.verify.gate.adjusted import AdjustedClaim, adjusted
from refutable.verify.gate.entries import Entry, Evidence, NetworkFiles
from refutable.verify.gate.kinds import Wrong, nearest
from refutable.verify.gate.mutants import own_mutants, record_mutants
from refutable.verify.gate.networks import is_about_networks
from refutable.verify.gate.own_files import OwnFiles
from refutable.verify.gate.places import Places
from refutable.verify.gate.problems import Problems
from refutable.verify.gate.python_claims import PythonFile, RefusedPython, python_file
from refutable.verify.gate.specification import EVIDENCE, claim_table
from refutable.verify.gate.tables import read_table
from refutable.verify.gate.toml_lines import Path as Place
from refutable.verify.paths import ClaimPath, ClaimRef
from refutable.verify.reading import ReadError
from refutable.verify.userclaims.assumptions import usual
from refutable.verify.userclaims.building import DOMAIN, assumed, expression_claim
from refutable.verify.userclaims.paths import ExpressionClaim

BELONGS = {"constants": "theorem", "domain": "expression", "assumes": "expression"}
"""Keys that make sense beside one other key alone."""
REFUSED = "claim {!r} is Python code and --no-code refuses to run it"


@dataclass(frozen=True)
class Defaults:
    """What claims do not say themselves."""

    evidence: Mapping[str, Any]
    allow: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A claim as read, before its Python is run."""

    id: str
    table: dict[str, Any]
    place: Place
    subject: ClaimRef | PythonFile | None
    evidence: Evidence
    instances: list[Path]


@dataclass
class Reader:
    """Reads one claim after the other.

    Attributes:
        networks: by id; None for one that something is wrong with.
    """

    places: Places
    problems: Problems
    defaults: Defaults
    networks: Mapping[str, NetworkFiles | None]
    own: OwnFiles

    def entry(self, raw: Any, index: int) -> Draft | None:
        """The claim of a table, its Python not yet run; None where something is wrong."""
        place: Place = ("claim", index)
        if isinstance(raw, dict) and isinstance(raw.get("id"), str):
            self.problems.name(place, raw["id"][:80])
        table = read_table(claim_table(), raw, place, self.problems)
        if not isinstance(raw, dict) or "id" not in table:
            return None
        self._refuse_combinations(table, place)
        return Draft(
            table["id"],
            table,
            place,
            self._subject(table, place),
            self._evidence(table, place),
            [file for pattern in self._patterns(table, place) for file in pattern],
        )

    def _refuse_combinations(self, table: dict[str, Any], place: Place) -> None:
        for key, needed in BELONGS.items():
            if key in table and needed not in table:
                self.problems.add((*place, key), f"goes with {needed!r} alone")
        if table.get("status") == "refuted":
            if "reason" not in table:
                self.problems.add((*place, "status"), "a refuted claim needs a 'reason': why it is listed")
            for key in ("tightness", "mutants", "networks"):
                if table.get(key):
                    self.problems.add((*place, key), 'makes no sense of a claim with status = "refuted"; remove it')

    def _evidence(self, table: dict[str, Any], place: Place) -> Evidence:
        own = (
            read_table(EVIDENCE, table["evidence"], (*place, "evidence"), self.problems) if "evidence" in table else {}
        )
        return Evidence(**{**self.defaults.evidence, **own})

    def _patterns(self, table: dict[str, Any], place: Place) -> list[list[Path]]:
        found = []
        for i, pattern in enumerate(table.get("instances", ())):
            try:
                files = self.places.files(pattern)
            except Wrong as problem:
                self.problems.add((*place, "instances", i), str(problem))
                continue
            found.append([file for file in files if self._is_instance(file, (*place, "instances", i))])
        return found

    def _is_instance(self, file: Path, place: Place) -> bool:
        try:
            self.own.model(file)
            return True
        except ReadError as problem:
            self.problems.add(place, self.places.told(problem))
            return False

    def _refuse_other_domains(self, draft: Draft, domain: Domain) -> None:
        for file in draft.instances:
            model = self.own.model(file)
            if model and model != domain.id:
                name = file.relative_to(self.places.root)
                self.problems.add(
                    (*draft.place, "instances"), f"{name} is an instance of {model}; the claim is about {domain.id}"
                )

    def _subject(self, table: dict[str, Any], place: Place) -> ClaimRef | PythonFile | None:
        given = [key for key in claim_table().one_of if key in table]
        if len(given) != 1:
            return None
        return {"theorem": self._theorem, "expression": self._expression, "python": self._python}[given[0]](
            table, place
        )

    def _theorem(self, table: dict[str, Any], place: Place) -> ClaimRef | None:
        known = [record.id for record in CATALOGUE if not record.observed]
        if any(record.id == table["theorem"] for record in CATALOGUE if record.observed):
            said = f"{table['theorem']} is an observation: how often it holds is measured, and no gate can rest on it"
            self.problems.add((*place, "theorem"), said)
            return None
        if table["theorem"] not in known:
            hint = nearest(table["theorem"], known)
            self.problems.add((*place, "theorem"), f"there is no theorem {table['theorem']!r:.80}{hint}")
            return None
        sound = {}
        for name, value in table.get("constants", {}).items():
            try:
                adjusted(table["theorem"], {name: value})
                sound[name] = value
            except (UnknownId, NumberError) as problem:
                self.problems.add((*place, "constants", name), str(problem))
        return adjusted(table["theorem"], sound)

    def _expression(self, table: dict[str, Any], place: Place) -> ClaimRef | None:
        domain = table.get("domain", DOMAIN)
        try:
            expression_claim(table["expression"], domain, ())  # once: a long one takes its time
        except ReadError as problem:
            self.problems.add((*place, "expression"), str(problem))
            return None
        ref = ExpressionClaim(table["expression"], domain, table.get("assumes", usual(domain)))
        try:
            assumed(domain, ref.assumes)
        except ReadError as problem:
            self.problems.add((*place, "assumes"), str(problem))
            return None
        return ref

    def _python(self, table: dict[str, Any], place: Place) -> PythonFile | None:
        try:
            return python_file(table["python"], self.places)
        except Wrong as problem:
            self.problems.add((*place, "python"), str(problem))
            return None

    def finished(self, draft: Draft, ref: ClaimRef) -> Entry:
        """The entry, with what depends on the claim itself: its false variants and its networks."""
        table, place = draft.table, draft.place
        refused = isinstance(ref, RefusedPython)
        changed = isinstance(ref, AdjustedClaim)
        expected = table.get("status", "holds")
        networks: tuple[NetworkFiles, ...] = ()
        if not refused:
            domain = known_domain(ref.domain) if isinstance(ref, ExpressionClaim) else ref.resolve().domain
            self._refuse_other_domains(draft, domain)
            networks = () if expected == "refuted" else self._networks(table, place, domain)
        return Entry(
            id=draft.id,
            ref=ref,
            theorem=table.get("theorem", ""),
            changed=changed,
            source=next(table[key] for key in claim_table().one_of if key in table),
            line=self.problems.line(place),
            expected=expected,
            reason=table.get("reason", ""),
            evidence=draft.evidence,
            tightness=table.get("tightness"),
            mutants=self._mutants(table, place, ref),
            allow=frozenset(table.get("allow", self.defaults.allow)),
            instances=tuple(dict.fromkeys(draft.instances)),
            networks=networks,
            asked=frozenset(own) if isinstance(own := table.get("evidence"), dict) else frozenset(),
            lines=self.problems.lines.keys((*self.problems.prefix, *place)),
            refused=REFUSED.format(draft.id) if refused else "",
        )

    def _mutants(self, table: dict[str, Any], place: Place, ref: ClaimRef) -> tuple[str, ...]:
        wanted = table.get("mutants", ())
        try:
            if isinstance(ref, ClaimPath):
                record = next(record for record in CATALOGUE if record.id == ref.theorem)
                return record_mutants(wanted, [mutant.id for mutant in all_mutants(record)])
            return own_mutants(wanted, isinstance(ref, ExpressionClaim))
        except Wrong as problem:
            self.problems.add((*place, "mutants", *problem.at), str(problem))
            return ()

    def _networks(self, table: dict[str, Any], place: Place, domain: Domain) -> tuple[NetworkFiles, ...]:
        about = is_about_networks(domain)
        chosen = table.get("networks", tuple(self.networks) if about else ())
        for i, id in enumerate(chosen):
            if id not in self.networks:
                hint = nearest(id, self.networks)
                self.problems.add((*place, "networks", i), f"there is no [[network]] {id!r:.80}{hint}")
            elif not about:
                self.problems.add(
                    (*place, "networks", i), f"the claim is about {domain.id}; the network is no instance of that"
                )
        found = (self.networks.get(id) for id in chosen)
        return tuple(network for network in found if network is not None)
