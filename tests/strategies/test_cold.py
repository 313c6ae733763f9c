"""Without what is known: no equality family, nothing beside one, no threshold."""

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from flint import fmpq
from hypothesis.strategies import SearchStrategy

from refutable.strategies import delayed_iteration, supplies
from refutable.strategies.deep_linear import SUPPLY as DEEP_LINEAR
from refutable.strategies.shallow_relu import SUPPLY, data, tables
from refutable.strategies.shallow_relu.data import scaled
from refutable.strategies.shallow_relu.density import SUPPLY as DENSITIES
from refutable.strategies.shallow_relu.opposed_kinks import centred, leaning_places
from refutable.strategies.supply import Size, Supply, buildable
from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_sharpness import FLATTEST_SHARPNESS
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_conjecture import CONJECTURE
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


@pytest.mark.parametrize("supply", [SUPPLY, DENSITIES], ids=["networks", "densities"])
def test_no_data_come_from_a_table(supply: Supply, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one takes a second, and what is drawn would depend on what is installed."""
    ids = frozenset({"interpolating", "stable"} if supply is SUPPLY else {"interpolating", "density-below-weight"})
    read: list[str] = []
    entry = data.entry
    monkeypatch.setattr(data, "entry", lambda name, *at: read.append(name) or entry(name, *at))
    monkeypatch.setattr(data, "available_tables", lambda: ("digits", "diabetes"))
    monkeypatch.setattr(data, "table", lambda name: np.zeros((9, 9)))
    monkeypatch.setattr(tables, "table", lambda name: np.zeros((9, 9), dtype=int))
    cold = draw(supply.drawn(ids, Size(), known=False), 100)
    assert not read
    monkeypatch.setattr(data, "available_tables", tuple)
    assert draw(supply.drawn(ids, Size(), known=False), 100) == cold


def opposed_knots(instance: Instance) -> tuple[set[fmpq], set[fmpq]]:
    """Data under kinks with E[(1 + x_j X) 1_i] < 0, by the definition: with w2_i > 0, with w2_i < 0."""
    points, found = [row[0] for row in instance["x"]], (set[fmpq](), set[fmpq]())
    for (w,), b, out in zip(instance["w1"], instance["b1"], instance["w2"], strict=True):
        for place in points:
            active = [x for x in points if w * x + b > 0]
            if w * place + b == 0 and sum(1 + place * x for x in active) < 0:
                found[out < 0].add(place)
    return found


def test_opposed_kinks_are_drawn_anywhere(draw: Draw) -> None:
    assumes = ids(CONJECTURE)
    found = set(draw(SUPPLY.drawn(assumes, Size(), known=False), 150))
    verdicts = Counter(decide(CONJECTURE, instance).verdict for instance in found)
    assert verdicts["holds"] == verdicts.total() >= 60
    knots = {instance: opposed_knots(instance) for instance in found}
    assert all(up and down and len(up | down) >= 2 for up, down in knots.values())
    assert len(set().union(*(up | down for up, down in knots.values()))) >= 25
    assert len({tuple(sorted(row[0] for row in instance["x"])) for instance in found}) >= 40
    assert len({len(instance["w2"]) for instance in found}) >= 3
    for sign in (1, -1):
        assert sum(sign * min(up) > sign * max(down) for up, down in knots.values()) >= 10
    alike = Counter(instance["w1"][0][0] * instance["w1"][1][0] > 0 for instance in found)  # the opposed pair is first
    assert alike[True] >= 5
    assert alike[False] >= 20


def test_opposed_kinks_need_no_output_bias_only_where_it_is_asked_for(draw: Draw) -> None:
    free = draw(SUPPLY.drawn(frozenset({"univariate", "opposed-kinks"}), Size(), known=False), 60)
    assert {instance["b2"] is not None and not instance["frozen"] for instance in free} == {True, False}
    trained = draw(SUPPLY.drawn(frozenset({"opposed-kinks", "output-bias-trained"}), Size(), known=False), 30)
    assert all(instance["b2"] is not None and not instance["frozen"] for instance in trained)


@pytest.mark.parametrize("places", [[3, 5], [0, 0, 0], [-7, -7, -1], [-1, 2], [0, 0, 4, 9], [-5, -4, -3, 6]])
def test_centred_data_have_room_for_opposed_kinks(places: list[int]) -> None:
    rows = centred([[fmpq(place, 64)] for place in places])
    while max(abs(row[0]) for row in rows) < 2**20:
        rows = scaled(rows, fmpq(2))
    assert len({place for place, _ in leaning_places(rows)}) >= 2


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
