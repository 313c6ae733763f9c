"""Families, trained minima and sweeps: what is promised is checked, what is missing is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from flint import fmpq

from refutable.run_options import PROFILES as PYTEST_PROFILES
from refutable.strategies.supply import TrainedInstance, TrainedSupply
from refutable.theorems.catalogue import theorem
from refutable.theorems.claims import Claim
from refutable.theorems.records import Family, all_mutants
from refutable.verify.decide import decide
from refutable.verify.events import Run
from refutable.verify.evidence import assumed, constructed, swept, trained
from refutable.verify.headlines import ratio
from refutable.verify.profiles import PROFILES, Profile, profile
from refutable.verify.sweep import enforced, row_instance

RECORD = theorem("weighted-l1")
EQUALITY = next(f for f in RECORD.equality if f.attains == "equality")
LIMIT = next(f for f in RECORD.equality if f.attains == "limit")
QUICK = PROFILES["quick"]


def false_headline(id: str) -> Claim:
    mutant = next(m for m in all_mutants(RECORD) if m.id == id)
    return replace(mutant.claim, id=RECORD.headline.id)


def test_families_do_what_the_record_says() -> None:
    event = constructed(RECORD, EQUALITY, Run(QUICK))
    assert event["problems"] == []
    assert event["touching"] == event["counts"]["holds"] >= QUICK.families
    assert constructed(RECORD, LIMIT, Run(QUICK))["problems"] == []


@pytest.mark.parametrize(
    ("family", "why"),
    [
        (replace(LIMIT, attains="equality"), "are not equal"),
        (replace(LIMIT, reaches=fmpq(1)), "promised > 1"),
        (replace(EQUALITY, attains="violation"), "belongs to a mutant"),
        (replace(EQUALITY, build=lambda **p: EQUALITY.build(**p).replace(step_size=fmpq(2))), "is vacuous there"),
    ],
    ids=["limit as equality", "reaches too much", "violation", "vacuous"],
)
def test_a_family_that_breaks_its_promise_is_named(family: Family, why: str) -> None:
    [problem] = constructed(RECORD, family, Run(QUICK))["problems"]
    assert family.id in problem
    assert why in problem


def test_a_family_refutes_a_false_bound_with_a_witness(tmp_path: Path) -> None:
    planted = replace(RECORD, claims=(false_headline("right-side-1e-6"),))
    event = constructed(planted, EQUALITY, replace(Run(QUICK), witnesses=tmp_path))
    assert event["counts"]["violated"] > 0
    assert event["witnesses"] == [str(path) for path in tmp_path.iterdir()]


@dataclass
class Trained:
    """A supply of given trained instances."""

    offered: TrainedSupply

    def trained(self, assumes: frozenset[str], effort: str, device: str) -> TrainedSupply:
        return self.offered


def run_on(*items: TrainedInstance, most: Profile = QUICK) -> Run:
    supply = Trained(TrainedSupply(tuple(items), {"dead": 3}, ("a table: not installed",)))
    return Run(most, 0, "cpu", None, lambda _: supply)  # type: ignore[arg-type,return-value]


def test_controls_are_counted_apart_and_readings_never_mixed() -> None:
    tie = EQUALITY.first()
    unstable = tie.replace(step_size=tie["step_size"] * 2)
    items = [
        TrainedInstance("trained-relabelled", tie, "recipe 1"),
        TrainedInstance("trained-relabelled", unstable, "recipe 2", control=True),
        TrainedInstance("trained-converged", tie, "recipe 3"),
    ]
    event = trained(RECORD, RECORD.headline, "trained-relabelled", run_on(*items))
    assert (event["counts"]["holds"], event["counts"]["vacuous"], event["controls"]) == (1, 0, 1)
    assert event["missing"] == ["a table: not installed"]
    assert event["training"] == {"dead": 3}
    nothing = trained(RECORD, RECORD.headline, "trained-converged", run_on(*items[:2]))
    assert nothing["counts"]["holds"] == 0
    assert "trained-converged: none is offered" in nothing["missing"]


def test_a_trained_violation_names_its_recipe() -> None:
    item = TrainedInstance("trained-relabelled", EQUALITY.first(), "recipe abc, network 7")
    event = trained(RECORD, false_headline("minus-one"), "trained-relabelled", run_on(item))
    assert "recipe abc, network 7" in event["problems"][0]


def test_many_trained_minima_are_thinned_evenly() -> None:
    instances = EQUALITY.instances(40)
    items = [TrainedInstance("trained-relabelled", i, str(n)) for n, i in enumerate(instances)]
    event = trained(RECORD, RECORD.headline, "trained-relabelled", run_on(*items))
    assert event["counts"]["holds"] == QUICK.trained


def test_thinning_keeps_those_at_kinks() -> None:
    items = [TrainedInstance("trained-relabelled", i, str(n)) for n, i in enumerate(EQUALITY.instances(60))]
    few = [replace(item, at_kink=True) for item in items[:5]]
    event = trained(RECORD, RECORD.headline, "trained-relabelled", run_on(*few, *items[5:]))
    assert event["at_kinks"] == 5
    assert event["counts"]["holds"] == QUICK.trained
    many = [replace(item, at_kink=True) for item in items[:30]]
    event = trained(RECORD, RECORD.headline, "trained-relabelled", run_on(*many, *items[30:]))
    assert event["at_kinks"] == QUICK.trained // 2


def test_sweeps_find_a_false_bound() -> None:
    assert swept(RECORD, RECORD.headline, Run(QUICK))["counts"]["holds"] >= QUICK.batch * 9 // 10
    event = swept(RECORD, false_headline("larger-side"), Run(replace(QUICK, batch=3000)))
    assert event["counts"]["violated"] > 0
    assert "decided exactly" in event["problems"][0]


def test_rows_that_floats_leave_open_count_as_tight_as_they_are() -> None:
    """Near ties are where a claim is tightest; every row is decided exactly here for comparison."""
    record, run = theorem("flattest-implementation"), Run(QUICK)
    claim = record.headline
    generator = torch.Generator().manual_seed(run.seed_for(record.id, claim.id, "swept"))
    batch = run.supply(claim.domain.id).batch(assumed(claim), QUICK.batch, QUICK.sizes, generator)
    assert batch is not None
    fields = enforced(claim, batch)
    rows = {name: value.numpy() for name, value in fields.items() if isinstance(value, torch.Tensor)}
    shared = {name: value for name, value in fields.items() if name not in rows}
    outcomes = [decide(claim, row_instance(claim, rows, shared, row)) for row in range(QUICK.batch)]
    ratios = [value for value in map(ratio, outcomes) if value is not None]
    event = swept(record, claim, run)
    assert event["touching"] == sum(outcome.touching for outcome in outcomes) > 0
    assert event["tightest"] == max(ratios) == 1
    assert sum(one["count"] for one in event["by_size"]) == len(ratios)
    assert sum(event["ratios"]) == len(ratios) - event["touching"]


@pytest.mark.parametrize("name", [*PROFILES, *PYTEST_PROFILES])
def test_shards_add_up(name: str) -> None:
    found: Any = profile(name)
    assert sum(found.share(shard) for shard in range(found.shards)) == found.drawn


def test_pytest_offers_every_profile() -> None:
    assert {profile(name).name for name in PYTEST_PROFILES} == set(PROFILES)


def test_the_profile_for_ci_trains_nothing_beside_the_frozen_corpus() -> None:
    event = trained(RECORD, RECORD.headline, "trained-relabelled", Run(PROFILES["ci"], device="cpu"))
    assert set(event["training"]) == {"frozen corpus"}
    assert event["counts"]["holds"] > 0
