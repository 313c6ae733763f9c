"""Claims at the states that runs of the dynamics visit: a statement about trajectories, step by step."""

from __future__ import annotations

from refutable.strategies.supplies import SUPPLIES, supply
from refutable.strategies.supply import VisitedSource
from refutable.theorems.claims import Claim
from refutable.theorems.records import Theorem
from refutable.verify.decide import decide
from refutable.verify.events import Event, Run, event
from refutable.verify.evidence import assumed, report
from refutable.verify.tally import Tally

KIND = "visited"
OFTENER = 10
"""An observation is tried at so many times as many states as a theorem: its exceptions are rare, and are counted."""


def offered(claim: Claim) -> bool:
    """Whether the claim's domain runs a dynamics that passes states it speaks about."""
    source = supply(claim.domain.id).visited if claim.domain.id in SUPPLIES else None
    return source is not None and source.offers(assumed(claim))


def offered_to(theorem: Theorem) -> bool:
    """Whether some claim of the theorem is tried at visited states."""
    return KIND not in theorem.evidence and any(map(offered, theorem.claims))


def visited(theorem: Theorem, claim: Claim, run: Run) -> Event:
    """The claim at states of several runs; "runs": in how many of them every state that was decided fulfils it.

    A violation is reduced and ends the search; those of an observation are counted.
    """
    tally, runs = Tally(), dict[int, bool]()
    source: VisitedSource | None = run.supply(claim.domain.id).visited
    out = event("evidence", theorem, claim=claim.id, kind=KIND, strength="exact")
    seed = run.seed_for(theorem.id, claim.id, KIND)
    count = run.profile.visited * (OFTENER if theorem.observed else 1)
    for state in source.states(assumed(claim), count, seed) if source is not None else ():
        outcome = decide(claim, state.instance)
        tally.add(state.instance, outcome)
        if outcome.verdict in ("holds", "agrees", "violated"):
            runs[state.run] = runs.get(state.run, True) and outcome.verdict != "violated"
        if outcome.verdict == "violated" and not theorem.observed:
            report(out, theorem, claim, "claim", state.instance, run, f"visited by a run, {state.origin}")
            break
    return out | {
        **tally.summary(),
        "runs": {"holding": sum(runs.values()), "tried": len(runs)},
        "missing": [] if tally.total else ["visited: no state is offered"],
        "reason": tally.commonest_reason(),
    }
