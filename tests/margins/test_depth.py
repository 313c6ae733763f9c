"""A linear part beside a deep one: least norms against a numerical minimiser, rates against known ones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import brentq, minimize, minimize_scalar

from refutable.theorems.domains.shallow_plus_deep import SHALLOW_PLUS_DEEP
from refutable.theorems.exact import as_real
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.nacson_2019_margins.depth_networks import least, network
from refutable.theorems.papers.nacson_2019_margins.depth_sensitive import CLAIMS, DEPTH_SENSITIVE
from refutable.verify.decide import decide


def least_norm(needed: float, depth: int) -> float:
    """min t^2 + L p^(2/L), t + p = needed, by a scan and a bounded search."""

    def norm(t: float) -> float:
        return float(t * t + depth * abs(needed - t) ** (2 / depth))

    grid = np.linspace(0, needed, 2001)
    start = grid[np.argmin([norm(t) for t in grid])]
    step = needed / 1000
    found = minimize_scalar(norm, bounds=(max(0.0, start - step), min(needed, start + step)), method="bounded",
                            options={"xatol": 1e-12})  # fmt: skip
    return min(float(found.fun), norm(0.0), norm(needed))


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
@pytest.mark.parametrize("factor", ["3/2", "2", "5"])
def test_the_certificate_is_the_least_norm(depth: int, factor: str) -> None:
    q = fmpq(*(int(p) for p in (*factor.split("/"), "1")[:2]))
    view = SHALLOW_PLUS_DEEP.view(least((q,), depth, margin=3))
    needed = float(view["needed"][0])
    assert float(view["shallow_norm"] + view["deep_norm"]) == pytest.approx(least_norm(needed, depth), rel=1e-9)


def test_unequal_factors_and_other_starts_find_no_smaller_norm() -> None:
    """All weights free: 8 starts of a constrained solver for t + u v w >= 17/2."""
    source, best = np.random.default_rng(0), np.inf
    for _ in range(8):
        found = minimize(lambda z: float(z @ z), source.standard_normal(4) + 2, method="SLSQP",
                         constraints={"type": "ineq", "fun": lambda z: z[0] + z[1] * z[2] * z[3] - 8.5})  # fmt: skip
        best = min(best, found.fun) if found.success else best
    assert best == pytest.approx(12.25, rel=1e-5)


def test_below_the_certificate_a_linear_network_is_cheaper() -> None:
    """L = 4, q = 11/10: q^6 = 1.77 < 2, and t = gamma/x alone costs less."""
    small = least((fmpq(11, 10),), 4)
    assert decide(CLAIMS[0], small).verdict == "vacuous"
    view = SHALLOW_PLUS_DEEP.view(small)
    assert float(view["needed"][0]) ** 2 < float(view["shallow_norm"] + view["deep_norm"])


def test_the_linear_part_falls_by_the_card_s_rate() -> None:
    """t / gamma at gamma = 10 .. 10^4: each decade multiplies it by 10^(-4/3) = 0.0464, never by 10^(-2/3)."""
    shares = []
    for gamma in (10.0, 1e2, 1e3, 1e4):
        q = brentq(lambda z, g=gamma: z**3 + 1 / z - g, 1.2, 40)
        shares.append(1 / (q * gamma))
    ratios = [b / a for a, b in pairwise(shares)]
    assert ratios == pytest.approx([10 ** (-4 / 3)] * 3, rel=0.03)


def test_figures_of_the_simplest_network() -> None:
    view = SHALLOW_PLUS_DEEP.view(least((2,), 3, margin=fmpq(17, 2)))
    assert (view["data"][0], view["shallow"][0]) == (1, fmpq(1, 2))
    assert view["shallow_norm"] + view["deep_norm"] == fmpq(49, 4)
    assert float(as_real(view["deep_only_norm"])) == pytest.approx(3 * 8.5 ** (2 / 3), rel=1e-14)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"data": [0]}, "must be > 0"), ({"depth": 13}, "at most"), ({"factors": [f"1/{7**300}"]}, "bits")],
)
def test_hostile_networks_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InstanceError, match=said):
        SHALLOW_PLUS_DEEP.instance(**{**network(1, (1,), (1,), (1,)).values, **changes})


def test_every_mutant_dies() -> None:
    for mutant in DEPTH_SENSITIVE.mutants:
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
