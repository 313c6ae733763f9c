"""Tables of margins: the record's quantities against 50 digits, and the bounds on brute-force minimisers."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.margin_table import MARGIN_TABLE
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.nacson_2019_margins.constrained_path import CONSTRAINED_PATH
from refutable.theorems.papers.nacson_2019_margins.lexicographic import LEXICOGRAPHIC
from refutable.theorems.papers.nacson_2019_margins.tables import just_below, table, traded
from refutable.theorems.records import Theorem
from refutable.verify.decide import decide

GAP, APPROXIMATE, LOGISTIC = CONSTRAINED_PATH.claims


def drawn(seed: int) -> Instance:
    source = np.random.default_rng(seed)
    m, n = source.integers(2, 6), source.integers(2, 6)
    rows = [[fmpq(int(q), 4) for q in row] for row in source.integers(-8, 20, (m, n))]
    return table(*rows, norm=fmpq(int(source.integers(1, 5)), 2), degree=int(source.integers(1, 4)))


@pytest.mark.parametrize("seed", range(12))
def test_quantities_agree_with_fifty_digits(seed: int) -> None:
    instance = drawn(seed)
    view = MARGIN_TABLE.view(instance)
    with mpmath.workdps(50):
        s = mpmath.mpf(int(instance["norm"].p)) / int(instance["norm"].q)
        s **= instance["degree"]
        rows = [[mpmath.mpf(int(q.p)) / int(q.q) for q in row] for row in instance["margins"]]
        shift = mpmath.exp(s * min(rows[0]))
        for i, row in enumerate(rows):
            loss = shift * mpmath.fsum(mpmath.exp(-s * f) for f in row)
            logistic = mpmath.fsum(mpmath.log1p(mpmath.exp(-s * f)) for f in row)
            assert float(as_real(view["losses"][i])) == pytest.approx(float(loss), rel=1e-14)
            assert float(as_real(view["logistic_losses"][i])) == pytest.approx(float(logistic), rel=1e-14)
            assert [float(f) for f in view["ordered"][i]] == [float(f) for f in sorted(row)[:3]]
    ordered = [sorted(map(float, row)) for row in instance["margins"]]
    assert float(view["gap"]) == max(row[0] for row in ordered) - ordered[0][0]
    for rank, name in ((2, "second_gap"), (3, "third_gap")):
        if len(ordered[0]) >= rank:
            leader = max(row[:rank] for row in ordered)
            assert float(view[name]) == max(0.0, leader[rank - 1] - ordered[0][rank - 1])


def test_minimisers_on_the_circle_keep_nearly_the_largest_margin() -> None:
    """Quadratic margins on a fine circle, brute force in floats: the gap at norm rho stays below log(N) / rho^2."""
    source = np.random.default_rng(1)
    angle = np.linspace(0, 2 * np.pi, 20001)
    c, s = np.cos(angle), np.sin(angle)
    largest = 0.0
    for _ in range(60):
        n = int(source.integers(2, 6))
        f = source.standard_normal((n, 3)) @ np.stack([c * c, c * s, s * s])
        for rho in (1.0, 2.0, 5.0):
            low = f.min(0)
            loss = -(rho**2) * low + np.log(np.exp(rho**2 * (low - f)).sum(0))
            gap = low.max() - low[loss.argmin()]
            largest = max(largest, gap * rho**2 / math.log(n))
    assert 0.05 < largest <= 1


def test_the_card_of_two_margins_that_are_nearly_tight() -> None:
    """Margins (1, 1) against (1 - log 2 + 1/1000, 50): the gap is 0.9986 of log 2."""
    low = 1 - just_below(math.log(2), fmpq(1, 1000))
    outcome = decide(GAP, table((low, 50), (1, 1)))
    assert outcome.verdict == "holds"
    assert outcome.tightness is not None
    assert outcome.tightness > 0.9985


def test_logistic_gap_of_log_three() -> None:
    """Margins (0, 0) lose to (-1.0986, far): beyond log 2, within the logistic bound log 3."""
    instance = table((fmpq(-10985, 10000), 60), (0, 0))
    assert decide(LOGISTIC, instance).verdict == "holds"
    assert decide(GAP, instance).verdict == "vacuous"
    gap, bound = decide(LOGISTIC, instance).checks[0].left, decide(LOGISTIC, instance).checks[0].right
    assert float(as_real(gap)) > 1.0984 > math.log(2)
    assert float(as_real(bound)) == pytest.approx(math.log(3), rel=1e-14)


@pytest.mark.parametrize(("count", "share"), [(2, 0.40), (100, 0.57)])
def test_linear_models_stay_below_the_bound(count: int, share: float) -> None:
    """sup_p log p_max + H(p) over log N, by a scan over p_max, the others alike: 0.40 for two data, 0.57 for 100."""
    p = np.linspace(1 / count, 1 - 1e-9, 200001)
    rest = (1 - p) / (count - 1)
    value = np.log(p) - p * np.log(p) - (1 - p) * np.log(rest)
    assert value.max() / math.log(count) == pytest.approx(share, abs=0.006)


def test_ties_are_decided() -> None:
    """The same margins in another order have the same loss, known to be equal; e^-1 + e^-1 is not e^(-1/2) + ..."""
    outcome = decide(GAP, table((1, 2, 3), (3, 1, 2)))
    assert outcome.verdict == "holds"
    assert outcome.checks[1].touching


def test_far_down_losses_do_not_underflow() -> None:
    """At s = 10^6 floats see both losses as 0."""
    assert math.exp(-(10**6)) == 0.0
    good, bad = table((1, 2), (1, fmpq(199, 100)), norm=10**6), table((1, fmpq(199, 100)), (1, 2), norm=10**6)
    claim = LEXICOGRAPHIC.headline
    assert decide(claim, good).verdict == "holds"
    assert decide(claim, bad).verdict == "vacuous"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"margins": [["1"] * 65]}, "too many"),
        ({"norm": "10000000000"}, "smaller norm"),
        ({"degree": 40}, "at most 16"),
        ({"slack": "-1"}, "at least 0"),
        ({"margins": [[f"1/{3**400}"]]}, "256 bits"),
    ],
)
def test_hostile_tables_are_refused(changes: dict[str, object], said: str) -> None:
    raw: dict[str, object] = {"margins": [["1"]], "norm": "1", "degree": 1}
    with pytest.raises(InstanceError, match=said):
        MARGIN_TABLE.instance(**(raw | changes))


def test_slack_is_needed_for_approximate_minimisers() -> None:
    """(1 - 11/8, far) has twice the loss at most: log 4 is allowed with slack 1, log 2 is not enough."""
    instance = table((fmpq(-3, 8), 50), (1, 1), slack=1)
    assert decide(APPROXIMATE, instance).verdict == "holds"
    assert traded(2, fmpq(1, 10)) != instance


@pytest.mark.parametrize("theorem", [CONSTRAINED_PATH, LEXICOGRAPHIC], ids=lambda t: t.id)
def test_losses_far_apart_are_decided(theorem: Theorem) -> None:
    instance = table((0, 3000), (1, 1), slack=0)
    for claim in (*theorem.claims, *theorem.links):
        if claim.domain.id == "margin-table":
            assert decide(claim, instance).verdict in ("holds", "vacuous"), claim.id
