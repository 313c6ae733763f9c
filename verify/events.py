"""Events: what one test saw, as plain JSON. Reporters read nothing else.

Every event has "event", "theorem", "title", "source", "cited" (the source in short), "status", "problems" (texts;
any makes the test fail), "witnesses" (files) and "counterexamples" (what those files and texts say, as data, see
`add_violation`). Other keys depend on the event, see the functions that make them.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refutable.strategies.supplies import supply as registered_supply
from refutable.strategies.supply import Supply
from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.records import Source, Theorem
from refutable.verify.decide import Outcome
from refutable.verify.digest import digest
from refutable.verify.headlines import comparison
from refutable.verify.keeping.whole_files import KeepError
from refutable.verify.paths import ClaimPath, ClaimRef, Part
from refutable.verify.profiles import PROFILES, Profile
from refutable.verify.violations import violation_document
from refutable.verify.witnesses import witness, write

Event = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """How a run tries theorems.

    Attributes:
        seed: everything drawn follows from it.
        device: where floats that propose are computed; "auto" becomes what the profile says.
        witnesses: folder for witness files; None writes none.
        supply: instances by domain id.
        refs: how witness files name a claim, by the theorem's id, part and the claim's id: where it stands in the
            catalogue, unless the claims tried are others.
    """

    profile: Profile = PROFILES["default"]
    seed: int = 0
    device: str = "auto"
    witnesses: Path | None = None
    supply: Callable[[str], Supply] = registered_supply
    refs: Callable[[str, Part, str], ClaimRef] = ClaimPath

    def __post_init__(self) -> None:
        object.__setattr__(self, "device", self.profile.device(self.device))

    def seed_for(self, *names: str) -> int:
        """A seed of its own for each part of the run, the same in every process."""
        text = "/".join((str(self.seed), *names))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def event(what: str, theorem: Theorem, /, **more: Any) -> Event:
    """An event with the common keys."""
    return {
        "event": what,
        "theorem": theorem.id,
        "title": theorem.title,
        "source": str(theorem.source),
        "cited": cited(theorem.source),
        "status": theorem.status,
        "problems": [],
        "witnesses": [],
        "counterexamples": [],
        **more,
    }


def cited(source: Source) -> str:
    """A source in few words: first authors and year, number without remarks."""
    *authors, venue = source.paper.split(", ")
    year = (venue.split() or [""])[-1]
    if not authors or not year.isdigit() or source.paper.startswith("own"):
        paper = (authors or [venue])[0]
    elif len(authors) > 2:
        paper = f"{authors[0]} et al. {year}"
    else:
        paper = f"{', '.join(authors)} {year}"
    number = re.split(r"[(,;]", source.number)[0].strip()
    return f"{paper}, {number}" if number and not number.endswith(".") else paper


def add_violation(
    into: Event,
    theorem: Theorem,
    ref: ClaimRef,
    found: tuple[Instance, Outcome],
    run: Run,
    method: str,
    minimal: bool = False,
) -> None:
    """Write the witness of a violation, add its text to the event's problems and its parts to "counterexamples".

    Args:
        ref: names the claim in the witness file.
        method: how the instance was found.
        minimal: no single reduction of the instance is still a violation.
    """
    instance, outcome = found
    file, unkept = None, "no folder given"
    if run.witnesses is not None:
        known = digest(theorem) if isinstance(ref, ClaimPath) else None
        try:
            file = write(witness(ref, instance, outcome, method, run.seed, known), run.witnesses)
            into["witnesses"].append(str(file))
        except KeepError as problem:  # a full disk takes nothing from the finding
            unkept = str(problem)
            into["unkept"] = [*into.get("unkept", ()), unkept]
    into["problems"].append("\n".join(_explanation(theorem, ref, found, method, file or unkept)))
    claim = _claim(theorem, outcome)
    into["counterexamples"].append(violation_document(claim, found, method, minimal, file))


def _claim(theorem: Theorem, outcome: Outcome) -> Claim:
    return next((c for c in (*theorem.claims, *theorem.links) if c.id == outcome.claim), theorem.headline)


def _explanation(
    theorem: Theorem, ref: ClaimRef, found: tuple[Instance, Outcome], method: str, file: Path | str
) -> list[str]:
    """A violation as a person reads it: the claim, the instance, both sides, assumptions, how to replay it.

    Args:
        file: the witness, or why there is none.
    """
    instance, outcome = found
    claim = _claim(theorem, outcome)
    command = f"{shlex.quote(sys.executable)} -m refutable replay {shlex.quote(str(file))}"
    replay = f"replay it: {command}" if isinstance(file, Path) else f"no witness was written ({file})"
    return [
        f"{ref} is violated: {claim.statement}",
        *(f"    {line}" for line in described(theorem, instance)),
        f"  {comparison(outcome)}" + (f"   ({outcome.reason})" if outcome.reason else ""),
        *(f"  assumption {a.id}: {a.verdict}" for a in outcome.assumptions),
        f"  found: {method}",
        f"  {replay}",
    ]


def described(theorem: Theorem, instance: Instance) -> list[str]:
    """The instance as a person would write it."""
    for claim in (*theorem.claims, *theorem.links):
        if claim.domain.id == instance.domain and claim.domain.describe is not None:
            return claim.domain.describe(instance)
    return [repr(instance)]


def instance_document(instance: Instance) -> dict[str, Any]:
    """The instance as a JSON-ready document that `refutable check` reads."""
    return DOMAINS[instance.domain].dump(instance)
