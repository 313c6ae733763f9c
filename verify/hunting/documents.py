"""The end of a hunt as one JSON document, and back: for `--json` and for crossing a process boundary.

Instances travel as documents of their domain and are decided again where they arrive, so that no verdict is ever
taken from a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.checking import outcome_document
from refutable.verify.decide import decide
from refutable.verify.hunting.results import (
    Counterexample,
    MethodSummary,
    Options,
    Progress,
    Result,
    Suspicion,
    Tightest,
)
from refutable.verify.hunting.target import Target, catalogue_target, user_target
from refutable.verify.paths import ClaimPath, claim_ref

FORMAT = "refutable-hunt/1"


def document(result: Result) -> dict[str, Any]:
    """A result, JSON-ready: what was hunted and how, everything found, what each method did."""
    found, tightest = result.counterexample, result.tightest
    claim = result.target.claim
    return {
        "format": FORMAT,
        "verdict": "refuted" if found is not None else "not refuted",
        "target": _target(result.target),
        "options": asdict(result.options),
        "interrupted": result.interrupted,
        "evaluations": result.evaluations,
        "decided": result.decided,
        "vacuous": result.vacuous,
        "seconds": result.seconds,
        "counterexample": None if found is None else _counterexample(claim, found),
        "tightest": None if tightest is None else {"method": tightest.method, **_decided(claim, tightest)},
        "suspicions": [_suspicion(claim, one) for one in result.suspicions],
        "methods": [asdict(method) | {"proposed": finite(method.proposed)} for method in result.methods],
        "notes": list(result.notes),
    }


def result_from(found: Mapping[str, Any], target: Target, options: Options) -> Result:
    """The result in a document of a hunt of ``target``; every instance in it is decided afresh.

    Raises:
        KeyError, TypeError, ValueError: the document is no hunt of this target's domain.
    """
    claim = target.claim
    counterexample, tightest = found["counterexample"], found["tightest"]
    return Result(
        target,
        options,
        None if counterexample is None else _read_counterexample(claim, counterexample),
        None if tightest is None else _read_tightest(claim, tightest),
        tuple(_read_suspicion(claim, one) for one in found["suspicions"]),
        evaluations=found["evaluations"],
        decided=found["decided"],
        vacuous=found["vacuous"],
        seconds=found["seconds"],
        methods=tuple(MethodSummary(**method) for method in found["methods"]),
        interrupted=found["interrupted"],
        notes=tuple(found["notes"]),
    )


def target_from(named: Mapping[str, Any]) -> Target:
    """The target that a claim's document names (`ClaimRef.document`).

    Raises:
        KeyError, ReadError: there is no such claim any more.
    """
    ref = claim_ref(dict(named))
    if not isinstance(ref, ClaimPath):
        return user_target(ref)
    if ref.part == "mutant":
        return catalogue_target(ref.theorem, mutant=ref.id)
    claim, _, dropped = ref.id.partition("/") if ref.part == "without" else (ref.id, "", "")
    return catalogue_target(ref.theorem, claim=claim, drop=dropped or None)


def progress_document(progress: Progress) -> dict[str, Any]:
    """Where a hunt stands, JSON-ready; `Progress` takes it back as keywords."""
    return asdict(progress) | {"proposed": finite(progress.proposed), "certified": finite(progress.certified)}


def finite(value: float | None) -> float | None:
    """A number that JSON can hold: None for infinities and what is no number."""
    return value if value is not None and isfinite(value) else None


def dropped(target: Target) -> str:
    """Id of the assumption that the hunted claim goes without, or ""."""
    ref = target.ref
    return ref.id.partition("/")[2] if isinstance(ref, ClaimPath) and ref.part == "without" else ""


def written(claim: Claim, instance: Instance) -> list[str]:
    """The instance as a person would write it, a line each."""
    return claim.domain.describe(instance) if claim.domain.describe is not None else [repr(instance)]


def _target(target: Target) -> dict[str, Any]:
    claim = target.claim
    return {
        "title": target.title,
        "claim": target.ref.document(),
        "digest": target.ref.digest(),
        "theorem": target.theorem.id if target.theorem is not None else None,
        "domain": claim.domain.id,
        "statement": claim.statement,
        "assumptions": [{"id": a.id, "statement": a.statement} for a in claim.assumes],
        "dropped": dropped(target) or None,
    }


def _decided(claim: Claim, found: Counterexample | Tightest | Suspicion) -> dict[str, Any]:
    instance = found.instance
    return {
        "instance": claim.domain.dump(instance),
        "written": written(claim, instance),
        **outcome_document(found.outcome),
    }


def _counterexample(claim: Claim, found: Counterexample) -> dict[str, Any]:
    return {
        **_decided(claim, found),
        "first": claim.domain.dump(found.first),
        "method": found.method,
        "evaluations": found.evaluations,
        "seconds": found.seconds,
        "minimal": found.minimal,
        "hollow": found.hollow,
        "file": None if found.file is None else str(found.file),
    }


def _suspicion(claim: Claim, one: Suspicion) -> dict[str, Any]:
    return {
        **_decided(claim, one),
        "method": one.method,
        "excess": finite(one.excess),
        "widened": one.widened,
    }


def _again(claim: Claim, found: Mapping[str, Any]) -> dict[str, Any]:
    """Instance and a fresh outcome."""
    instance = claim.domain.load(found["instance"])
    return {"instance": instance, "outcome": decide(claim, instance), "method": found["method"]}


def _read_counterexample(claim: Claim, found: Mapping[str, Any]) -> Counterexample:
    again = _again(claim, found)
    if again["outcome"].verdict != "violated":
        raise ValueError(f"the counterexample is {again['outcome'].verdict} when it is decided again")
    plain = {key: found[key] for key in ("evaluations", "seconds", "minimal", "hollow")}
    file = None if found["file"] is None else Path(found["file"])
    return Counterexample(**again, **plain, first=claim.domain.load(found["first"]), file=file)


def _read_tightest(claim: Claim, found: Mapping[str, Any]) -> Tightest:
    return Tightest(**_again(claim, found))


def _read_suspicion(claim: Claim, found: Mapping[str, Any]) -> Suspicion:
    excess = float("inf") if found["excess"] is None else found["excess"]
    return Suspicion(**_again(claim, found), excess=excess, widened=found["widened"])
