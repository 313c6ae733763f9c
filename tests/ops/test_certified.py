"""Certified floats against exact decisions: they may say "don't know", never anything wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import DIFFERENTIABLE, STABLE
from refutable.theorems.catalogue import theorem
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, compare
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps, certified
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import View
from refutable.verify.certificates import certify
from refutable.verify.decide import decide
from refutable.verify.sweep import row_instance, sweep

SHARED = {"y": None, "frozen": None, "batch_size": None}


def networks(rng: np.random.Generator, count: int, d: int, k: int, n: int) -> dict[str, Any]:
    """Random networks, a quarter of them with an input so close to a kink that floats cannot tell the side."""
    x = rng.normal(size=(count, n, d)) * 2.0 ** rng.integers(-8, 9, size=(count, 1, 1))
    w1 = rng.normal(size=(count, k, d)) * 2.0 ** rng.integers(-8, 9, size=(count, k, 1))
    mix = rng.uniform(size=(count, k, 1))
    middle = mix * x[:, :1] + (1 - mix) * x[:, -1:]
    on_a_kink = (rng.uniform(size=(count, 1, 1)) < 1 / 4) & (np.arange(k) == 0)[None, :, None]
    middle = np.where(on_a_kink, x[:, :1], middle)
    b1 = -(w1 * middle).sum(-1)
    w2 = rng.normal(size=(count, k))
    return {"w1": w1, "b1": b1, "w2": w2, "b2": rng.normal(size=count), "x": x}


def with_step_sizes(rng: np.random.Generator, batch: dict[str, Any]) -> dict[str, Any]:
    """Step sizes within relative 2^-20 .. 2^-52 of the edge of stability, on either side."""
    view = View(SHALLOW_RELU, CertifiedOps(len(batch["b2"])), _certified(batch))
    sharpness = view["gauss_newton_sharpness"].mid
    hair = 2.0 ** -rng.integers(20, 53, size=len(sharpness)) * rng.choice([-1, 1], size=len(sharpness))
    return {**batch, "step_size": 2 / np.maximum(sharpness, 1e-300) * (1 + hair)}


def _certified(batch: dict[str, Any]) -> dict[str, Any]:
    return {**{name: CertifiedArray(a) for name, a in batch.items()}, **SHARED}


STABILITY = Claim("stability alone", SHALLOW_RELU, "sharpness <= 2 / step size", (DIFFERENTIABLE,), STABLE.checks)
CLAIMS = {
    "stability": STABILITY,
    "chain": theorem("sharpness-chain").headline,
    "bound": theorem("weighted-l1").headline,
}


def compare_with_exact(rng: np.random.Generator, count: int, d: int, k: int, n: int, name: str) -> tuple[int, int]:
    """(certified, undecided) rows; asserts that every certified row is what the exact decision says."""
    claim = CLAIMS[name]
    batch = with_step_sizes(rng, networks(rng, count, d, k, n))
    holds, vacuous, *_ = certify(claim, batch, SHARED)
    for row in np.flatnonzero(holds | vacuous):
        verdict = decide(claim, row_instance(claim, batch, SHARED, int(row))).verdict
        assert verdict == ("holds" if holds[row] else "vacuous"), (name, row, verdict)
    return int((holds | vacuous).sum()), int((~holds & ~vacuous).sum())


@pytest.mark.parametrize("name", sorted(CLAIMS))
@pytest.mark.parametrize(("d", "k", "n"), [(1, 2, 3), (1, 4, 5), (2, 3, 4)])
def test_certificates_are_never_wrong(name: str, d: int, k: int, n: int) -> None:
    if name == "bound" and d > 1:
        d = 1
    certified, unknown = compare_with_exact(np.random.default_rng(7), 400, d, k, n, name)
    assert certified >= 100
    assert unknown >= 20, "the batch holds near-ties: certificates that know everything claim too much"


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(100))
def test_certificates_are_never_wrong_on_a_hundred_thousand_networks(chunk: int) -> None:
    rng = np.random.default_rng(1000 + chunk)
    name = sorted(CLAIMS)[chunk % 3]
    d, k, n = (1 if name == "bound" else 1 + chunk % 2), 2 + chunk % 3, 3 + chunk % 2
    certified, _ = compare_with_exact(rng, 1000, d, k, n, name)
    assert certified >= 200


def test_enclosures_contain_the_exact_values() -> None:
    rng = np.random.default_rng(3)
    batch = networks(rng, 60, 2, 3, 4)
    ops = CertifiedOps(60)
    view = View(SHALLOW_RELU, ops, _certified(batch))
    names = ("gauss_newton_sharpness", "stability_norm", "mean_gradient_square", "active_side_sum")
    floats = {name: view[name] for name in names}
    for row in np.flatnonzero(~ops.unsafe):
        exact = SHALLOW_RELU.view(row_instance(CLAIMS["chain"], batch, {**SHARED, "step_size": None}, int(row)))
        for name in names:
            mid, rad = (
                fmpq(*floats[name].mid[row].as_integer_ratio()),
                fmpq(*floats[name].rad[row].as_integer_ratio()),
            )
            value = as_real(exact[name])
            assert compare(value, mid - rad) in (0, 1), (name, row)
            assert compare(value, mid + rad) in (0, -1), (name, row)
            assert rad <= abs(mid) / 10**9 + fmpq(1, 10**200), (name, row)


def test_a_planted_false_bound_is_found_by_a_sweep() -> None:
    record = theorem("weighted-l1")
    false = next(m.claim for m in record.mutants if m.id == "larger-side")
    rng = np.random.default_rng(5)
    batch = with_step_sizes(rng, networks(rng, 300, 1, 1, 3))
    batch["step_size"] = batch["step_size"] * (1 - 2.0**-19)
    result = sweep(false, {**batch, **SHARED})
    assert result.violations
    assert all(decide(false, instance).verdict == "violated" for instance, _ in result.violations)


def test_rows_that_are_not_finite_are_counted() -> None:
    batch = with_step_sizes(np.random.default_rng(1), networks(np.random.default_rng(1), 5, 1, 2, 3))
    batch["w2"][2, 0] = np.nan
    result = sweep(CLAIMS["bound"], {**batch, **SHARED})
    assert result.counts["not finite"] == 1
    assert sum(result.counts.values()) == 5


def test_coinciding_hyperplanes_are_merged_as_in_the_exact_decision() -> None:
    rng = np.random.default_rng(2)
    batch = networks(rng, 60, 1, 3, 4)
    slope = rng.choice([-2.0, 1.0, 0.25], size=60)
    batch["w1"][:, 1], batch["b1"][:, 1] = slope[:, None] * batch["w1"][:, 0], slope * batch["b1"][:, 0]
    cancels = rng.uniform(size=60) < 0.5
    batch["w2"][:, 1] = np.where(cancels, -batch["w2"][:, 0] / np.abs(slope), batch["w2"][:, 1])
    ops = CertifiedOps(60)
    view = View(SHALLOW_RELU, ops, _certified(batch))
    masses, norms = view["merged_mass"], view["stability_norm"]
    safe = np.flatnonzero(~ops.unsafe)
    assert len(safe) >= 30
    for row in safe:
        exact = SHALLOW_RELU.view(row_instance(CLAIMS["chain"], batch, {**SHARED, "step_size": None}, int(row)))
        assert masses.mid[row, 1] == 0
        assert masses.rad[row, 1] == 0
        assert (masses.mid[row, 0] == 0) == bool(exact["merged_mass"][0] == 0)
        assert abs(float(as_real(exact["stability_norm"]).ball(64).mid()) - norms.mid[row]) <= 1e-12 * norms.mid[row]
    holds, vacuous, *_ = certify(CLAIMS["chain"], batch, {**SHARED, "step_size": None})
    assert holds.sum() >= 30
    assert not vacuous.any()


def test_a_product_that_underflows_is_not_taken_for_zero() -> None:
    ops = CertifiedOps(1)
    tiny = ops.array([[[1e-200]]])
    product = ops.matmul(tiny, tiny)
    assert product.mid[0, 0, 0] == 0
    assert product.rad[0, 0, 0] > 0
    assert (tiny * tiny).rad[0, 0, 0] > 0
    structural = ops.matmul(tiny, ops.array([[[0.0]]]))
    assert structural.rad[0, 0, 0] == 0


def test_an_uncertain_factor_that_underflows_keeps_its_error() -> None:
    uncertain = CertifiedArray([0.0], [2.0**-600])
    product = uncertain * CertifiedArray([2.0**-600])
    assert product.rad[0] > 0
    quotient = CertifiedArray([2.0**-1040]) / CertifiedArray([2.0**-500], [2.0**-536])
    assert quotient.rad[0] > 2.0**-580


@pytest.mark.parametrize("value", [fmpq(1, 3), fmpq(1, 10), 2**53 + 1, -(10**30)])
def test_constants_that_floats_cannot_hold_carry_an_error(value: fmpq | int) -> None:
    constant = certified(value)
    mid, rad = (fmpq(*float(part).as_integer_ratio()) for part in (constant.mid, constant.rad))
    assert mid - rad <= fmpq(value) <= mid + rad
    assert rad > 0


def test_objects_without_a_float_value_are_refused() -> None:
    with pytest.raises(NotCertified, match="Surd"):
        certified(as_real(2))


def planted(*checks: tuple[str, str, str]) -> Claim:
    """A claim that compares fields and quantities by name."""
    return Claim(
        "planted",
        SHALLOW_RELU,
        "planted",
        (),
        lambda v: [Check(v[a], op, v[b]) for a, op, b in checks],  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("rows", [2, 3])
def test_a_number_beside_an_array_is_compared_row_by_row(rows: int) -> None:
    claim = planted(("b1", "<=", "step_size"))
    batch = {
        "w1": np.ones((rows, 2, 1)), "b1": np.array([[0.0, 5.0]] * rows), "w2": np.ones((rows, 2)),
        "b2": np.zeros(rows), "x": np.ones((rows, 1, 1)), "step_size": np.array([1.0, 10.0, 3.0])[:rows],
    }  # fmt: skip
    holds, *_ = certify(claim, batch, SHARED)
    exact = [decide(claim, row_instance(claim, batch, SHARED, row)).verdict == "holds" for row in range(rows)]
    assert holds.tolist() == exact


def test_array_headlines_and_empty_ratios_leave_no_number() -> None:
    batch = networks(np.random.default_rng(4), 6, 1, 2, 3)
    result = sweep(
        planted(("residual", "<=", "weight")), {**batch, "x": batch["x"][:, :2], **SHARED, "step_size": None}
    )
    assert result.tightest is None
