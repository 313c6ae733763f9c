"""One hunt as a row of figures."""

from __future__ import annotations

import re
from typing import Any

from refutable.theorems.checks import Decision
from refutable.theorems.claims import Claim
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, canonical_json
from refutable.verify.bench.jobs import Job, Row
from refutable.verify.hunting.hunt import hunt
from refutable.verify.hunting.results import Options, Result
from refutable.verify.hunting.target import Target
from refutable.verify.keeping.sizes import sizes

BITS = 256


def hunted(job: Job, target: Target, shrink: int = 0) -> Result:
    """The result of the hunt that a job asks for; nothing is kept and nothing kept is used.

    Raises:
        KeyboardInterrupt: the hunt was interrupted; the whole measurement ends.
    """
    options = Options(
        seconds=job.seconds,
        evaluations=job.evaluations,
        seed=job.seed,
        cold=job.cold,
        device=job.device,
        shrink=shrink,
        size=job.subject.size(),
    )
    result = hunt(target, options)
    if result.interrupted:
        raise KeyboardInterrupt
    return result


def refutation(result: Result) -> Row:
    """Whether, how fast and how a claim was refuted; ``seconds`` are those to the certificate, None without one."""
    found = result.counterexample
    row: Row = {
        "refuted": found is not None,
        "seconds": None if found is None else found.seconds,
        "evaluations": result.evaluations if found is None else found.evaluations,
        "method": "" if found is None else found.method,
        "spent": result.seconds,
    }
    if found is None:
        row["best"] = _best(result)
    return row


def witness(claim: Claim, instance: Instance) -> Row:
    """How large a counterexample is: its dimensions, and the digits of its longest number."""
    return {"sizes": sizes(claim.domain, instance), "digits": digits(claim.domain.dump(instance))}


def digits(document: dict[str, Any]) -> int:
    """Digits of the longest numerator or denominator in an instance's document."""
    numbers = {key: value for key, value in document.items() if key not in ("format", "model")}
    return max((len(run) for run in re.findall(r"\d+", canonical_json(numbers))), default=0)


def shortfall(decision: Decision) -> float | None:
    """1 - left/right from the exact sides: 0 for a tie, also where it is far below the precision of a float."""
    if decision.left is None or decision.right is None:
        return None
    if decision.touching:
        return 0.0
    left, right = (as_real(side).ball(BITS) for side in (decision.left, decision.right))
    return float(((right - left) / right).mid()) if float(right.mid()) > 0 else None


def _best(result: Result) -> float | None:
    """How near the best certified instance came: 1 - left/right."""
    tightest = result.tightest
    return None if tightest is None or tightest.outcome.headline is None else shortfall(tightest.outcome.headline)
