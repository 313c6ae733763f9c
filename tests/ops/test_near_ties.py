"""Planted near-ties of whole claims: what certified floats decide is what exact arithmetic decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.catalogue import theorem
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.instances import Instance
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps
from refutable.theorems.records import Theorem
from refutable.theorems.views import View
from refutable.verify.certificates import certify, certify_all
from refutable.verify.decide import decide
from refutable.verify.sweep import row_instance

SHARED = {"y": None, "frozen": None, "batch_size": None}
FIELDS = ("w1", "b1", "w2", "b2", "x")
HEADLINES = ("weighted-l1", "stability-norm", "sharpness-chain", "critical-point-bound", "residual-bound")
COPIES = 24


def near_ties(instance: Instance, rng: np.random.Generator) -> dict[str, Any]:
    """Copies of an instance of an equality family, as floats, each number and the step size off by a hair or none.

    Hairs are between 1e-16 and 1e-12, relatively, on either side; a third of the copies keeps its numbers.
    """
    rows = {}
    for name in FIELDS:
        value = np.asarray(floats(np.asarray(instance[name], dtype=object)), dtype=np.float64)
        rows[name] = np.stack([value * (1 + hair(rng, value.shape) * rng.choice([0, 1, 1])) for _ in range(COPIES)])
    view = View(SHALLOW_RELU, CertifiedOps(COPIES), {**{n: CertifiedArray(a) for n, a in rows.items()}, **SHARED})
    edge = 2 / view["gauss_newton_sharpness"].mid
    return {**rows, "step_size": edge * (1 + hair(rng, (COPIES,)))}


def hair(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.choice([-1, 0, 1], size=shape) * 10.0 ** rng.uniform(-16, -12, size=shape)


def planted(record: Theorem) -> list[Claim]:
    """The headline, its links, and the headline with its right side moved by a hair, either way."""
    factors = [1 + sign * fmpq(1, 10**power) for sign in (1, -1) for power in (12, 14, 15, 16)]
    moved = [record.headline.scaled(factor, f"{record.id} times {factor}") for factor in factors]
    links = [link for link in record.links if link.domain is record.headline.domain]
    return [record.headline, *moved, *links]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("id", HEADLINES)
def test_a_planted_near_tie_is_never_decided_wrongly(id: str) -> None:
    record = theorem(id)
    rng = np.random.default_rng(len(id))
    certified = left_open = 0
    claims = planted(record)
    for family in record.equality:
        for instance in list(family.instances(3)):
            if len(instance["x"]) > 6 or instance["w1"].shape[0] > 6 or instance["b2"] is None:
                continue
            rows = near_ties(instance, rng)
            for claim, found in zip(claims, certify_all(claims, rows, SHARED), strict=True):
                if found is None:
                    continue
                decided = np.flatnonzero(found.holds | found.vacuous)
                certified, left_open = certified + len(decided), left_open + COPIES - len(decided)
                for row in decided[:: 1 + len(decided) // 4]:
                    verdict = decide(claim, row_instance(claim, rows, SHARED, int(row))).verdict
                    assert verdict == ("holds" if found.holds[row] else "vacuous"), (claim.id, family.id, row)
    assert certified >= 20
    assert left_open >= certified / 4, "near-ties of 1e-16 cannot all be decided in floats"


@pytest.mark.parametrize("id", HEADLINES)
def test_claims_certified_together_are_what_they_are_alone(id: str) -> None:
    claims = [theorem(other).headline for other in HEADLINES]
    rng = np.random.default_rng(3)
    x = rng.normal(size=(50, 5, 1))
    rows = {"w1": rng.normal(size=(50, 4, 1)), "b1": rng.normal(size=(50, 4)), "w2": rng.normal(size=(50, 4))}
    rows |= {"b2": rng.normal(size=50), "x": x, "step_size": 10.0 ** rng.uniform(-2, 0.5, size=50)}
    alone = certify(theorem(id).headline, rows, SHARED)
    together = certify_all(claims, rows, SHARED)[HEADLINES.index(id)]
    assert together is not None
    assert (together.holds == alone.holds).all()
    assert (together.vacuous == alone.vacuous).all()
    assert alone.holds.any()
    assert np.array_equal(together.ratio, alone.ratio, equal_nan=True)


def test_dead_networks_of_8_data_are_ties_that_floats_decide() -> None:
    rng = np.random.default_rng(4)
    rows = {"w1": rng.normal(size=(9, 4, 1)), "b1": np.full((9, 4), -100.0), "w2": rng.normal(size=(9, 4))}
    rows |= {"b2": rng.normal(size=9), "x": rng.uniform(-1, 1, size=(9, 8, 1)), "step_size": np.full(9, 2 - 2.0**-39)}
    for id in HEADLINES:
        found = certify(theorem(id).headline, rows, SHARED)
        assert found.holds.all(), id
    chain = theorem("sharpness-chain").headline
    assert decide(chain, row_instance(chain, rows, SHARED, 0)).touching


def test_claims_about_different_domains_are_refused() -> None:
    other = next(t for t in (theorem("flattest-sharpness"),) if t.headline.domain is not SHALLOW_RELU)
    with pytest.raises(ValueError, match="different domains"):
        certify_all([theorem("weighted-l1").headline, other.headline], {"x": np.ones((1, 1, 1))}, {})
