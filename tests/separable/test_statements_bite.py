"""Statements go through what they speak of: wrong multipliers break them, and solutions tell false variants apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import mpmath
import pytest
import torch
from flint import fmpq

from refutable.strategies.separable.solutions import SOLUTIONS
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.exact import as_real, compare
from refutable.theorems.exact.exponential_sums import ExponentialSum, exponential
from refutable.theorems.exact.finer import Finer
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.papers.soudry_2018.data import UNEVEN, state
from refutable.theorems.papers.soudry_2018.direction import SEPARABLE_DIRECTION
from refutable.theorems.papers.soudry_2018.flow_bounds import SEPARABLE_FLOW_BOUNDS
from refutable.theorems.papers.soudry_2018.rates import SEPARABLE_RATES
from refutable.theorems.papers.soudry_2018.rates_formulas import scaled_loss
from refutable.theorems.papers.soudry_2018.residual import SEPARABLE_RESIDUAL
from refutable.theorems.records import Theorem
from refutable.theorems.views import View
from refutable.verify.decide import decide
from refutable.verify.integrations import compared

RECORDS = (SEPARABLE_DIRECTION, SEPARABLE_RESIDUAL, SEPARABLE_RATES, SEPARABLE_FLOW_BOUNDS)


@pytest.mark.parametrize("theorem", [SEPARABLE_RESIDUAL, SEPARABLE_RATES], ids=lambda t: t.id)
@pytest.mark.parametrize("alphas", [(7, 5), (fmpq(1, 16), fmpq(3, 16)), (fmpq(1, 9), fmpq(1, 9))])
def test_headlines_fail_with_other_multipliers(theorem: Theorem, alphas: tuple[Any, Any]) -> None:
    instance = state(UNEVEN, (1, 0), 4, 10)
    view = SEPARABLE.view(instance)
    wrong = replace(view["margin"], multipliers=tuple(fmpq(a) for a in alphas))
    fields = {field.name: instance[field.name] for field in SEPARABLE.fields}
    bent = View(SEPARABLE, view.ops, fields, {**view.structure, "margin": wrong}, instance)
    (headline, *_) = theorem.claims
    assert all(check.decide().truth for check in headline.concludes(view))
    assert not all(check.decide().truth for check in headline.concludes(bent))


def test_loss_on_the_curve_against_forty_digits() -> None:
    rows, eta, s = ((2, 1), (2, -3), (5, 1)), fmpq(7, 3), fmpq(5, 2)
    view = SEPARABLE.view(state(rows, (1, 0), eta, s))
    with mpmath.workdps(40):
        x = mpmath.matrix([[mpmath.mpf(entry) for entry in row] for row in rows])
        step, time = mpmath.mpf(7) / 3, mpmath.mpf(5) / 2
        w_tilde = x[:2, :] ** -1 * mpmath.matrix([mpmath.log(step * 16 / a) for a in (3, 1)])
        margins = x * (mpmath.matrix(["0.5", "0"]) * time + w_tilde)
        loss = step * mpmath.exp(time) * mpmath.fsum(mpmath.exp(-u) for u in margins)
        found = mpmath.mpf(as_real(scaled_loss(view)).ball(150).mid().str(40, radius=False))
        assert abs(found - loss) < mpmath.mpf(10) ** -35 * loss


@pytest.mark.parametrize("theorem", RECORDS, ids=lambda t: t.id)
@pytest.mark.parametrize("seed", [0, 4, 6])
def test_three_solutions_tell_every_false_variant(theorem: Theorem, seed: int) -> None:
    for integration in theorem.integrated:
        assumed = frozenset(a.id for a in integration.claim.assumes)
        found = list(SOLUTIONS.solutions(integration.claim.id, assumed, 3, seed))
        assert {compared(integration.claim, one).sight for one in found} == {"agrees"}
        for decoy in integration.decoys:
            assert "suspect" in {compared(decoy, one).sight for one in found}, decoy.id


@pytest.mark.parametrize("w", [(0, 40), (0, 700), (-3000, 0)])
def test_rate_of_reciprocal_is_decided_far_out(w: tuple[int, int]) -> None:
    (claim,) = (c for c in SEPARABLE_FLOW_BOUNDS.claims if c.id == "rate-of-reciprocal")
    assert decide(claim, state([[1, 1], [1, -1], [2, 0]], w)).verdict == "holds"


@pytest.mark.parametrize("id", ["radius-not-squared", "smoothness-one-eighth", "whole-descent", "longer-step"])
def test_float_batches_are_weighed(id: str) -> None:
    (mutant,) = (m for m in SEPARABLE_FLOW_BOUNDS.mutants if m.id == id)
    fields = {"x": torch.randn(4, 3, 2).double(), "w": torch.randn(4, 2).double(), "step_size": torch.ones(4).double()}
    for check in mutant.claim.concludes(View(SEPARABLE, TorchOps(), fields)):
        assert tuple((check.right - check.left).shape) == (4,)


def test_finer_numbers_are_told_apart() -> None:
    tiny = as_real(exponential(fmpq(-4000)))
    root = (tiny + 1).sqrt()
    assert compare(root, fmpq(1)) is None
    assert compare(Finer(root), fmpq(1)) == 1
    assert compare(Finer(as_real(fmpq(1))), root) == -1
    assert Finer(as_real(fmpq(3))).exact() == 3


def test_many_terms_stop_early() -> None:
    """(e^h - 1)^64 with a tiny h has 65 terms that nearly cancel: undecided, not minutes."""
    h, row = fmpq(1, 2**300), [fmpq(1)]
    for _ in range(64):
        row = [a - b for a, b in zip([fmpq(0), *row], [*row, fmpq(0)], strict=True)]
    assert ExponentialSum((h * k, q) for k, q in enumerate(row)).sign() is None
