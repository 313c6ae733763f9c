"""Networks with decaying weights: knots-between-data and effective-regions against autograd and counting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.decayed_line import SUPPLY, four_squares
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.decayed_line import DECAYED_LINE
from refutable.theorems.domains.decayed_line.building import Group
from refutable.theorems.domains.decayed_line.formulas import all_knots, runs
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.safran_2022 import instances as classifiers
from refutable.theorems.papers.safran_2022.regions import EFFECTIVE_REGIONS
from refutable.theorems.papers.shevchenko_2022 import instances as regressions
from refutable.theorems.papers.shevchenko_2022.knots import KNOTS_BETWEEN_DATA
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide

RECORDS = (KNOTS_BETWEEN_DATA, EFFECTIVE_REGIONS)
CLAIMS = [claim for record in RECORDS for claim in (*record.claims, *record.links)]
NAMES = ("output_weights", "input_weights", "biases")


def floats(array: Any) -> torch.Tensor:
    return torch.tensor(np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(array), dtype=torch.float64)


def gradient(instance: Instance) -> torch.Tensor:
    """Of force times output minus decay, by autograd."""
    v, w, b = (floats(instance[name]).requires_grad_() for name in NAMES)
    x, force = floats(instance["x"]), floats(instance["force"])
    decay, bias_decay = (float(floats(instance[name])) for name in ("decay", "bias_decay"))
    outputs = torch.relu(x[:, None] * w + b) @ v
    value = force @ outputs - decay / 2 * (v @ v + w @ w) - bias_decay / 2 * (b @ b)
    return torch.stack(torch.autograd.grad(value, (v, w, b)))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
@seed(3)
@settings(max_examples=30, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(data=st.data())
def test_claims_hold_on_what_is_drawn_for_them(claim: Claim, data: st.DataObject) -> None:
    drawn = SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size())
    assert decide(claim, data.draw(drawn)).verdict == "holds"


@seed(5)
@settings(max_examples=30, deadline=None, database=None, phases=[Phase.generate])
@given(instance=SUPPLY.drawn(frozenset({"stationary", "off-data", "biases-decay"}), Size()))
def test_drawn_points_are_critical_by_autograd(instance: Instance) -> None:
    assert gradient(instance).abs().max() < 1e-9
    moved = instance.replace(biases=instance["biases"] + fmpq(1, 8))
    expected = floats(DECAYED_LINE.view(moved)["stationarity"])
    assert torch.allclose(gradient(moved), expected, atol=1e-9)


@seed(6)
@settings(max_examples=30, deadline=None, database=None, phases=[Phase.generate])
@given(instance=SUPPLY.drawn(frozenset({"stationary", "off-data", "equal-decay", "at-margin"}), Size(), known=False))
def test_kkt_points_separate_their_data(instance: Instance) -> None:
    view = DECAYED_LINE.view(instance)
    for value, force in zip(view["values"], instance["force"], strict=True):
        assert value == (1 if force > 0 else -1)
    assert gradient(instance).abs().max() < 1e-9
    # Slopes on a fine grid: no more regions than knots and one.
    x = np.linspace(-30, 30, 200_001)
    v, w, b = (floats(instance[name]).numpy() for name in NAMES)
    slopes = np.diff(np.maximum(x[:, None] * w + b, 0) @ v) / np.diff(x)
    changes = np.abs(np.diff(slopes)) > 1e-6
    starts = np.flatnonzero(changes[1:] & ~changes[:-1]).size + int(changes[0])
    assert starts <= len(all_knots(view)) <= 12 * len(runs(view)) - 1


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_mutants_die_and_spare_the_claims(record: Any) -> None:
    for mutant in all_mutants(record):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        for claim in (*record.claims, *record.links):
            assert decide(claim, mutant.witness()).verdict in ("holds", "vacuous"), (mutant.id, claim.id)


def test_two_knots_in_one_run_and_one_outside() -> None:
    turned, alone = (DECAYED_LINE.view(one) for one in (classifiers.TURNED_PAIR, classifiers.ALONE))
    assert (len(all_knots(turned)), len(runs(turned))) == (2, 1)
    assert [str(t) for t in all_knots(alone)] == ["-4/3"]
    assert [str(q) for q in alone["values"]] == ["1"]


def test_the_figures_of_the_cards() -> None:
    both = regressions.both_ways()
    assert {str(t) for t in all_knots(DECAYED_LINE.view(both))} == {"4/3", "-4/3"}
    assert [str(q) for q in both["force"]] == ["-49/15", "37/15", "49/15", "-37/15"]
    inward = classifiers.inward(False)
    found = {str(x): str(q) for x, q in zip(inward["x"], inward["force"], strict=True)}
    assert found == {"2": "23/15", "5": "-11/15", "-1": "1"}
    pair = DECAYED_LINE.view(classifiers.facing_pair())
    assert {str(t) for t in all_knots(pair)} == {"3/4", "-3/4"}
    assert len(runs(pair)) == 2


@pytest.mark.parametrize("half", [fmpq(1, 2), fmpq(-2, 3), fmpq(0)])
@pytest.mark.parametrize("root", [fmpq(1), fmpq(2), fmpq(1, 3)])
def test_a_group_lies_on_its_ellipse(half: fmpq, root: fmpq) -> None:
    group = Group(half)
    level, slope = group.pull(root)
    assert slope * slope + level * level / (root * root) == 1
    ((v, w, b),) = group.neurons(root)
    assert -b / w == group.knot(root)
    assert v == w * slope + b * level


@pytest.mark.parametrize("c", [fmpq(1), fmpq(7), fmpq(3, 5), fmpq(12, 37), fmpq(1023, 64)])
def test_four_squares(c: fmpq) -> None:
    assert sum((root * root for root in four_squares(c)), fmpq(0)) == c


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [1, 1]}, "twice"),
        ({"bias_decay": -1}, "negative"),
        ({"force": [2**700, 1]}, "more than 600 bits"),
        ({name: [1] * 60 for name in NAMES}, "too many"),
        ({"decay": 0}, "positive|> 0"),
    ],
)
def test_hostile_instances_are_refused(change: Any, message: str) -> None:
    values = {name: [1] for name in NAMES} | {"x": [1, 2], "force": [1, 1], "decay": 1, "bias_decay": 1}
    with pytest.raises(InstanceError, match=message):
        DECAYED_LINE.instance(**{**values, **change})
