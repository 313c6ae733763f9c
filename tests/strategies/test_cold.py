"""Without what is known: no equality family, nothing beside one, no threshold."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flint import fmpq
from hypothesis.strategies import SearchStrategy

from refutable.strategies import delayed_iteration, supplies
from refutable.strategies.deep_linear import SUPPLY as DEEP_LINEAR
from refutable.strategies.shallow_relu import SUPPLY
from refutable.strategies.shallow_relu.density import SUPPLY as DENSITIES
from refutable.strategies.supply import Size, buildable
from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_sharpness import FLATTEST_SHARPNESS
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.decide import decide

Draw = Callable[[SearchStrategy[Instance], int], list[Instance]]


def claims() -> Iterator[tuple[Theorem, Claim]]:
    for theorem in CATALOGUE:
        for claim in (*theorem.claims, *theorem.links, *(m.claim for m in all_mutants(theorem))):
            yield theorem, claim


def ids(claim: Claim) -> frozenset[str]:
    return frozenset(a.id for a in claim.assumes)


@pytest.mark.parametrize("theorem", CATALOGUE, ids=lambda t: t.id)
def test_every_claim_is_drawn_without_what_is_known(theorem: Theorem, draw: Draw) -> None:
    for claim in {ids(c): c for t, c in claims() if t is theorem}.values():
        found = draw(supplies.supply(claim.domain.id).drawn(ids(claim), Size(), known=False), 12)
        verdicts = Counter(decide(claim, instance).verdict for instance in found)
        assert verdicts["vacuous"] <= 3, (claim.id, verdicts)


@pytest.mark.parametrize(
    ("strategy", "count"),
    [
        (SUPPLY.drawn(frozenset({"interpolating", "stable"}), Size(), known=False), 300),
        (DENSITIES.drawn(frozenset({"interpolating", "density-below-weight"}), Size(), known=False), 100),
        (SUPPLY.drawn(frozenset({"interpolating", "strongly-stable"}), Size(), known=False), 100),
        (SUPPLY.drawn(frozenset({"univariate", "interpolating", "opposed-kinks"}), Size(), known=False), 60),
    ],
    ids=["networks", "densities", "kinks", "opposed kinks"],
)
def test_no_network_comes_from_a_family(
    strategy: SearchStrategy[Instance], count: int, draw: Draw, regimes: Counter[str]
) -> None:
    draw(strategy, count)
    assert sum(regimes.values()) > count
    assert not [r for r in regimes if "family" in r or "beside a known" in r]


def test_the_same_draws_do_use_families_where_they_are_known(draw: Draw, regimes: Counter[str]) -> None:
    draw(SUPPLY.drawn(frozenset({"interpolating", "stable"}), Size()), 300)
    assert any("family" in r for r in regimes)


def test_delayed_iterations_never_ask_for_the_threshold(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the threshold was used")

    monkeypatch.setattr(delayed_iteration, "delay_threshold", refuse)
    for side in ("mean-stable", "mean-unstable"):
        assert draw(delayed_iteration.SUPPLY.drawn(frozenset({side}), Size(), known=False), 40)


def test_halving_encloses_the_edge_of_stability() -> None:
    for delay in (0, 1, 2, 7):
        low, high = delayed_iteration.edge_of_stability(delay, 20)
        assert delayed_iteration.stable(low, delay)
        assert not delayed_iteration.stable(high, delay)
        assert high - low == fmpq(1, 2**19)


def test_flattest_networks_need_not_be_balanced(draw: Draw) -> None:
    mutant = next(m.claim for m in FLATTEST_SHARPNESS.mutants if m.id == "balanced")
    found = draw(DEEP_LINEAR.drawn(frozenset({"white-data", "flattest"}), Size(), known=False), 40)
    verdicts = Counter(decide(mutant, instance).verdict for instance in found)
    assert verdicts["vacuous"] == 0
    assert verdicts["violated"] > 0


def test_assumptions_of_others_are_told_apart() -> None:
    for domain in supplies.SUPPLIES:
        assert not buildable(supplies.supply(domain), frozenset({"sober"}))
    assert buildable(SUPPLY, frozenset({"stable", "sober"})) == {"stable"}
