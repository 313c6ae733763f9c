"""Records: a theorem as claims with the evidence that could refute them, all declarative.

Sources of a statement: ``read`` (the paper was read), ``recalled`` (from memory or quotations, then re-derived),
``own`` (proved here, in no paper we know), ``conjecture`` (no proof known), ``empirical`` (an observation).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flint import fmpq

from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable
from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance

Status = Literal["read", "recalled", "own", "conjecture", "empirical"]
Evidence = Literal[
    "drawn", "constructed", "trained-relabelled", "trained-converged", "visited", "integrated", "swept", "symbolic"
]
EVIDENCE: tuple[Evidence, ...] = (
    "drawn", "constructed", "trained-relabelled", "trained-converged", "visited", "integrated", "swept", "symbolic",
)  # fmt: skip
Attains = Literal["equality", "limit", "violation", "interior"]


@dataclass(frozen=True)
class Source:
    """Where a statement stands in the literature.

    Attributes:
        paper: authors, venue, year.
        number: theorem number as far as known, e.g. "Theorem 1 (submission numbering)".
        link: address, https://arxiv.org/abs/... or https://doi.org/..., "" if none.
        note: what was read and what was not.
    """

    paper: str
    number: str = ""
    link: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.paper}, {self.number}" if self.number else self.paper


@dataclass(frozen=True)
class Range:
    """Values of one family parameter: ``choices``, or low + j/denominator up to high. The first is simplest."""

    low: fmpq | int = 0
    high: fmpq | int = 0
    denominator: int = 1
    choices: tuple[Any, ...] = ()

    def __len__(self) -> int:
        if self.choices:
            return len(self.choices)
        return int((fmpq(self.high) - fmpq(self.low)) * self.denominator) + 1

    def at(self, index: int) -> Any:
        """The value at a position 0 <= index < len(self)."""
        return self.choices[index] if self.choices else fmpq(self.low) + fmpq(index, self.denominator)


@dataclass(frozen=True)
class Family:
    """Deterministic instances from named parameters.

    Attributes:
        id: name, e.g. "two-atoms".
        build: parameters by name -> instance.
        attains: what the headline of the claim does on it: equality (touching), limit (tightness tends to 1
            at the last parameters), violation, interior.
        reaches: for limits: a tightness that the instance at the last parameters exceeds.
        meaning: one line.
    """

    id: str
    parameters: Mapping[str, Range]
    build: Callable[..., Instance]
    attains: Attains
    reaches: fmpq | None = None
    meaning: str = ""

    def first(self) -> Instance:
        """The instance at every parameter's first value."""
        return self.build(**{name: r.at(0) for name, r in self.parameters.items()})

    def last(self) -> Instance:
        """The instance at every parameter's last value."""
        return self.build(**{name: r.at(len(r) - 1) for name, r in self.parameters.items()})

    def instances(self, count: int) -> list[Instance]:
        """Up to ``count`` different instances in a fixed order that varies every parameter; the first is `first`."""
        total = math.prod(len(r) for r in self.parameters.values())
        stride = next(s for s in range(max(1, 618 * total // 1000), 2 * total + 2) if math.gcd(s, total) == 1)
        return [self._at(i * stride % total) for i in range(min(count, total))]

    def _at(self, position: int) -> Instance:
        chosen = {}
        for name, r in self.parameters.items():
            position, index = divmod(position, len(r))
            chosen[name] = r.at(index)
        return self.build(**chosen)


@dataclass(frozen=True)
class Mutant:
    """A false variant of a claim that must be refuted by ``killer``.

    Attributes:
        substantive: the killer's left side is > 0 and the domain finds the instance not hollow (no dead
            neuron); False needs ``excuse``.
    """

    id: str
    claim: Claim
    why_false: str
    killer: Family | Instance
    substantive: bool = True
    excuse: str = ""

    def witness(self) -> Instance:
        """The instance that refutes it."""
        return self.killer.first() if isinstance(self.killer, Family) else self.killer


@dataclass(frozen=True)
class Necessity:
    """What happens without one assumption: a witness that violates ``claim`` without it, or None: not known.

    ``claim`` names one of the theorem's claims or links; "" is the first claim.
    """

    drops: str
    witness: Family | Instance | None
    note: str
    claim: str = ""

    def instance(self) -> Instance | None:
        """The witness instance."""
        return self.witness.first() if isinstance(self.witness, Family) else self.witness


@dataclass(frozen=True)
class Integration:
    """A statement about solutions of a differential equation, tried in floats on what a solver returns.

    Such a solution is never exact: the outcome is ``agrees`` or ``suspect``, by the solver's error estimate, and no
    verdict. What can be decided without a solver is a claim of the theorem instead.

    Attributes:
        claim: its conclusions compare sides with ``==`` or ``<=``; its assumptions choose the solutions and are not
            decided on them.
        decoys: false variants, which must come out suspect: they show that the error estimate tells things apart.
    """

    claim: Claim
    decoys: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class ClosedForm:
    """An identity SymPy proves, or that balls check at rational points.

    Attributes:
        left, right: build the two expressions in the same symbols (called when checked; SymPy loads late).
        method: ``cancel``: their difference cancels to 0 over the rationals after squaring-free rewriting;
            ``derivative``: equal derivatives in ``variable`` and equal at ``point``;
            ``poly``: equal as polynomials; ``balls``: enclosures agree at every instance of ``points``.
        points: for ``balls``: substitutions (symbol name -> rational).
    """

    id: str
    statement: str
    left: Callable[[], Any]
    right: Callable[[], Any]
    method: Literal["cancel", "derivative", "poly", "balls"]
    variable: str = "x"
    point: fmpq | None = None
    points: tuple[Mapping[str, fmpq], ...] = ()


@dataclass(frozen=True)
class Theorem:
    """A theorem with everything that could refute it. The first claim is the theorem; see the field types.

    Attributes:
        status: how sure the statement is; ``conjecture`` and ``empirical`` are never counted as held.
        links: steps of the proof, each a claim of its own; they localise a bug.
        not_tight: why no equality or limit family exists, "" if one does; shown in the table.
        larger: why the counterexample that killers of some mutants (by id) shrink to has more than three parts of a
            kind (neurons, data) or numbers of more than three digits; and smaller ones, where such are known.
        adjustable: the headline as a function of its constants, None if it has none; see theorems/adjusting.
        right_side: of the headline's first comparison, as the statement names it, for claims that multiply it or add
            to it; "" where one side alone would not be what the statement says: an equation, several comparisons.
        integrated: what is seen of its solutions with an ODE solver; agreement or suspicion, never a verdict.
        evidence: kinds of evidence that do not apply, with the reason; kinds not named apply.
        version: raised by hand when the statement changes in a way its digest cannot see.
    """

    id: str
    title: str
    source: Source
    status: Status
    claims: tuple[Claim, ...]
    links: tuple[Claim, ...] = ()
    adjustable: Adjustable | None = None
    right_side: str = ""
    equality: tuple[Family, ...] = ()
    mutants: tuple[Mutant, ...] = ()
    necessity: tuple[Necessity, ...] = ()
    closed_forms: tuple[ClosedForm, ...] = ()
    integrated: tuple[Integration, ...] = ()
    not_tight: str = ""
    larger: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[Evidence, str] = field(default_factory=dict)
    version: int = 1
    notes: str = ""

    @property
    def domain(self) -> Domain:
        """The domain of the first claim."""
        return self.claims[0].domain

    @property
    def observed(self) -> bool:
        """An observation, no theorem: how often its claims hold is measured. Its links are proved like any others."""
        return self.status == "empirical"

    @property
    def headline(self) -> Claim:
        """The theorem's first claim."""
        return self.claims[0]

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """All assumptions of all claims, once each, in order."""
        seen = {a.id: a for claim in (*self.claims, *self.links) for a in claim.assumes}
        return tuple(seen.values())

    def claim(self, id: str = "") -> Claim:
        """The claim or link of that id; "" is the first claim.

        Raises:
            KeyError: none has that id.
        """
        if not id:
            return self.headline
        for claim in (*self.claims, *self.links):
            if claim.id == id:
                return claim
        raise KeyError(f"theorem {self.id} has no claim {id!r}")


SHRINKAGE = (("1e-3", fmpq(999, 1000)), ("1e-6", fmpq(999999, 1000000)))


def automatic_mutants(theorem: Theorem) -> tuple[Mutant, ...]:
    """The headline with its right side scaled by 1 - 10^-3 and 1 - 10^-6, killed by the equality family.

    None where no family attains equality: the record must then say ``not_tight``. A limit family kills the
    10^-3 mutant alone, and only where it reaches that far.
    """
    exact = next((f for f in theorem.equality if f.attains == "equality"), None)
    if exact is not None:
        return tuple(_scaled(theorem, name, factor, exact.first()) for name, factor in SHRINKAGE)
    limit = next((f for f in theorem.equality if f.attains == "limit" and f.reaches is not None), None)
    if limit is None or limit.reaches is None:
        return ()
    return tuple(_scaled(theorem, n, factor, limit.last()) for n, factor in SHRINKAGE if limit.reaches > factor)


def _scaled(theorem: Theorem, name: str, factor: fmpq, killer: Instance) -> Mutant:
    claim = theorem.headline.scaled(factor, f"{theorem.headline.id} with the right side times 1 - {name}")
    return Mutant(f"right-side-{name}", claim, "an equality case exists", killer)


def all_mutants(theorem: Theorem) -> tuple[Mutant, ...]:
    """The record's own mutants and the automatic ones."""
    return (*theorem.mutants, *automatic_mutants(theorem))
