"""Drawn laws: they satisfy the assumptions asked for, cover every law and regime, and shrink to the simplest."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings

from refutable.strategies.distribution import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.distribution import DISTRIBUTION, LAWS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.weight_closed_forms import WEIGHT_CLOSED_FORMS as RECORD
from refutable.theorems.papers.weight_closed_forms.families import law_at
from refutable.verify.decide import decide

QUIET = settings(
    max_examples=60, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("claim", [*RECORD.claims, *RECORD.links], ids=lambda c: c.id)
def test_drawn_laws_satisfy_the_assumptions_and_the_claims(claim: Claim) -> None:
    verdicts: Counter[str] = Counter()

    @seed(1)
    @QUIET
    @given(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    def run(instance: Instance) -> None:
        verdicts[decide(claim, instance).verdict] += 1

    run()
    assert set(verdicts) <= {"holds", "agrees"}, verdicts
    assert verdicts["holds"] >= 10


def test_every_law_and_regime_is_drawn() -> None:
    seen: Counter[str] = Counter()

    @seed(2)
    @settings(QUIET, max_examples=400)
    @given(SUPPLY.drawn(frozenset(), Size()))
    def run(instance: Instance) -> None:
        view = DISTRIBUTION.view(instance)
        seen[view["name"]] += 1
        low, high = view["support"]
        seen["at an end" if view["point"] in (low, high) else "not at an end"] += 1
        seen["inside" if DISTRIBUTION.hollow(view) is None else "hollow"] += 1
        on_atom = view["name"] == "empirical" and view["point"] in view["numbers"]
        seen["on an atom"] += on_atom

    run()
    assert min(seen[law] for law in LAWS) >= 8, seen
    assert seen["inside"] >= 200, seen
    assert min(seen[regime] for regime in ("at an end", "hollow", "on an atom")) >= 5, seen


def test_laws_shrink_to_the_unit_interval_at_one_half() -> None:
    found = find(SUPPLY.drawn(frozenset(), Size()), lambda _: True, settings=settings(QUIET, phases=list(Phase)))
    assert found == law_at("uniform", (0, 1), "1/2")


def test_nothing_is_trained_and_no_batches_are_offered() -> None:
    assert SUPPLY.trained(frozenset(), "quick").instances == ()
    assert {"trained-relabelled", "trained-converged", "swept"} == set(RECORD.evidence)
