"""Batches, trained minima, densities, families, step sizes, and the table of supplies."""

import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from refutable.strategies import supplies
from refutable.strategies.families import instances
from refutable.strategies.shallow_relu import SUPPLY, trained
from refutable.strategies.shallow_relu.demands import demands
from refutable.strategies.shallow_relu.density import SUPPLY as DENSITIES
from refutable.strategies.shallow_relu.labels import null_space
from refutable.strategies.shallow_relu.step_sizes import just_stable, three_bits_below
from refutable.strategies.supply import Size
from refutable.strategies.training.recipes import Recipe
from refutable.theorems.assumptions.shallow_relu import STABLE
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, compare
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain import SHARPNESS_CHAIN
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_bound import (
    NONDIFFERENTIABLE_BOUND,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.weighted_l1 import WEIGHTED_L1
from refutable.theorems.papers.nacson_2023.laplacian import LAPLACIAN
from refutable.theorems.views import View
from refutable.verify.decide import decide

Draw = Callable[[SearchStrategy[Instance], int], list[Instance]]

CHAIN_IDS = frozenset(a.id for a in SHARPNESS_CHAIN.headline.assumes)
LINE_IDS = frozenset(a.id for a in WEIGHTED_L1.headline.assumes)
DENSITY_IDS = frozenset(a.id for a in LAPLACIAN.headline.assumes)


@pytest.mark.parametrize("domain", supplies.SUPPLIES)
def test_every_supply_is_of_its_domain(domain: str) -> None:
    assert supplies.supply(domain).domain.id == domain


def test_an_unknown_domain_is_named_with_the_known_ones() -> None:
    with pytest.raises(supplies.UnknownDomain, match=r"'shallow-tanh'.*shallow-relu"):
        supplies.supply("shallow-tanh")


@pytest.mark.parametrize("ids", [CHAIN_IDS, LINE_IDS, frozenset({"wide-data", "distinct-data"})])
def test_batches_have_no_kink_on_a_datum_and_come_near_equality(ids: frozenset[str]) -> None:
    generator = torch.Generator().manual_seed(0)
    best = 0.0
    for _ in range(3):
        batch = SUPPLY.batch(ids, 2000, Size(), generator)
        assert batch is not None
        assert all(bool(torch.isfinite(a).all()) for a in batch.values())
        view = View(SHALLOW_RELU, TorchOps(), batch)
        assert float(view["preactivation"].abs().amin()) > 0
        ratio = 2 * view["stability_norm"] / (view["gauss_newton_sharpness"] - 1)
        assert float(ratio.amax()) <= 1 + 1e-9
        best = max(best, float(ratio.amax()))
    assert best > 0.95


def exact_row(batch: dict[str, Any], row: int) -> Instance:
    raw = {name: a[row].tolist() if isinstance(a, torch.Tensor) else a for name, a in batch.items()}
    return SHALLOW_RELU.instance(**raw)


@pytest.mark.parametrize("ids", [LINE_IDS, frozenset({"stable"}), frozenset({"stable", "critical"})])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_rows_of_a_batch_are_exactly_stable(ids: frozenset[str], seed: int) -> None:
    batch = SUPPLY.batch(ids, 20, Size(), torch.Generator().manual_seed(seed))
    assert batch is not None
    assert ("y" in batch) == (ids == {"stable"})
    for row in range(20):
        assert all(c.decide().truth for c in STABLE.checks(SHALLOW_RELU.view(exact_row(batch, row))))


KINKED_BATCHES = [
    frozenset({"kink-on-datum"}),
    frozenset({"kink-on-datum", "output-bias-untrained"}),
    frozenset({"kink-on-datum", "output-bias-trained", "strongly-stable"}),
    frozenset({"univariate", "opposed-kinks", "output-bias-untrained"}),
    frozenset({"strongly-stable"}),
    frozenset({"strongly-stable", "output-bias-untrained"}),
]


@pytest.mark.parametrize("ids", KINKED_BATCHES, ids=lambda ids: " ".join(sorted(ids)))
def test_what_is_not_trained_leaves_kinks_that_move_and_step_sizes_to_bound(ids: frozenset[str]) -> None:
    wanted, seen = demands(ids), set()
    for seed in range(24):
        batch = SUPPLY.batch(ids, 12, Size(), torch.Generator().manual_seed(seed))
        assert batch is not None
        frozen = batch.get("frozen", frozenset())
        seen.add(frozen)
        assert wanted.untrained <= frozen
        assert not frozen & wanted.trained
        assert torch.isfinite(batch["step_size"]).all()
        moved = View(SHALLOW_RELU, TorchOps(), batch)["toggling"].sum(dim=(-2, -1))
        for row in range(0, 12, 4):
            view = SHALLOW_RELU.view(exact_row(batch, row))
            if wanted.on_data and not wanted.opposed:
                assert moved[row] >= 1, (seed, frozen)
                assert len(view["toggles"]) >= 1, (seed, frozen)
            tops = [as_real(v) for v in view["mode_sharpnesses"]]
            assert max(map(float, tops)) * float(batch["step_size"][row]) == pytest.approx(2, rel=1e-6)
    assert len(seen) >= 4  # groups are indeed left untrained


def test_quick_trained_minima_are_many_and_their_controls_vacuous() -> None:
    for theorem, ids, least in ((SHARPNESS_CHAIN, CHAIN_IDS, 60), (WEIGHTED_L1, LINE_IDS, 60)):
        supply = SUPPLY.trained(ids, "quick")
        relabelled = [i for i in supply.instances if i.kind == "trained-relabelled"]
        seen = Counter((i.control, decide(theorem.headline, i.instance).verdict) for i in relabelled)
        assert set(seen) <= {(False, "holds"), (True, "vacuous")}
        assert seen[False, "holds"] >= least
        assert len({i.origin for i in supply.instances if i.kind == "trained-relabelled"}) == len(relabelled)


def test_converged_minima_keep_their_labels_and_are_offered_only_where_these_are_allowed() -> None:
    free = [i for i in SUPPLY.trained(CHAIN_IDS, "quick").instances if i.kind == "trained-converged"]
    assert len(free) >= 5
    assert all(i.instance["y"] is not None for i in free)
    for extra in ("interpolating", "critical"):
        bound = SUPPLY.trained(CHAIN_IDS | {extra}, "quick")
        assert all(i.kind == "trained-relabelled" and i.instance["y"] is None for i in bound.instances)


def test_minima_on_the_line_alone_where_asked_for() -> None:
    assert {i.instance["x"].shape[1] for i in SUPPLY.trained(LINE_IDS, "quick").instances} == {1}
    assert len({i.instance["x"].shape[1] for i in SUPPLY.trained(CHAIN_IDS, "quick").instances}) >= 3


@pytest.fixture
def two_recipes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Recipe, Recipe]]:
    """Training reduced to one drawn recipe and one on a table, with a cache of its own."""
    drawn = Recipe(7, 6, 1, 4, 3, "uniform", "noise", "1/5", 60)
    table = Recipe(8, 5, 2, 4, 3, "digits", "table", "1/5", 60)
    monkeypatch.setenv("REFUTABLE_CACHE", str(tmp_path))
    monkeypatch.setattr(trained, "RECIPES", {"default": (drawn, table)})
    trained.end_points.cache_clear()
    yield drawn, table
    trained.end_points.cache_clear()


def test_fresh_minima_are_counted_and_all_hold(two_recipes: tuple[Recipe, Recipe]) -> None:
    pytest.importorskip("sklearn")
    supply = SUPPLY.trained(CHAIN_IDS, "default", "cpu")
    ended = [supply.counts[name] for name in ("converged", "unconverged", "dead", "diverged")]
    assert sum(ended) == supply.counts["trained"] == 11
    fresh = [i for i in supply.instances if not i.origin.startswith("frozen corpus")]
    alive = supply.counts["converged"] + supply.counts["unconverged"]
    assert len([i for i in fresh if i.kind == "trained-relabelled"]) == alive > 0
    assert {decide(SHARPNESS_CHAIN.headline, i.instance).verdict for i in fresh} == {"holds"}
    assert {i.origin.split(",")[0] for i in fresh} == {f"recipe {r.digest()[:12]}" for r in two_recipes}


def test_an_absent_table_is_named_and_what_it_costs_counted(
    two_recipes: tuple[Recipe, Recipe], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "sklearn" else find(name, *rest)
    )
    supply = SUPPLY.trained(CHAIN_IDS, "default", "cpu")
    assert [line.split(":")[0] for line in supply.missing] == ["digits", "diabetes"]
    assert supply.counts["not trained, a table is absent"] == two_recipes[1].networks
    assert supply.counts["trained"] == two_recipes[0].networks


@pytest.mark.parametrize("claim", NONDIFFERENTIABLE_BOUND.claims, ids=lambda claim: claim.id)
def test_trained_minima_with_a_kink_on_a_datum_meet_every_assumption(claim: Claim) -> None:
    supply = SUPPLY.trained(frozenset(a.id for a in claim.assumes), "quick")
    assert {i.kind for i in supply.instances} == {"trained-relabelled"}
    for item in supply.instances:
        assert len(SHALLOW_RELU.view(item.instance)["toggles"]) >= 1
        assert decide(claim, item.instance).verdict == "holds"


def test_drawn_densities_meet_every_assumption_and_some_touch(draw: Draw, regimes: Counter[str]) -> None:
    found = draw(DENSITIES.drawn(DENSITY_IDS, Size()), 200)
    outcomes = [decide(LAPLACIAN.headline, instance) for instance in found]
    assert {o.verdict for o in outcomes} == {"holds"}
    assert sum((o.tightness or 0) > 0.99 for o in outcomes) >= 4
    assert min(regimes["density: Gaussian"], regimes["density: power on a ball"]) >= 20
    for kind in ("as large as allowed", "a hair below the largest", "half of the largest", "far below the largest"):
        assert regimes[f"density: {kind}"] >= 10


def test_trained_densities_hold() -> None:
    supply = DENSITIES.trained(DENSITY_IDS, "quick")
    verdicts = Counter(decide(LAPLACIAN.headline, i.instance).verdict for i in supply.instances if not i.control)
    assert set(verdicts) == {"holds"}
    assert verdicts["holds"] >= 60


def test_a_family_shrinks_to_its_first_instance_and_stays_inside(draw: Draw) -> None:
    found = draw(instances(TWO_ATOMS), 60)
    everything = set(TWO_ATOMS.instances(10_000))
    assert set(found) <= everything
    assert len(set(found)) >= 20
    assert TWO_ATOMS.first() in found


@given(st.fractions(min_value=Fraction(1, 10**12), max_value=10**12).filter(bool))
@settings(database=None, deadline=None, max_examples=200)
def test_three_binary_digits_below(value: Fraction) -> None:
    found = three_bits_below(fmpq(value.numerator, value.denominator))
    rounded = Fraction(int(found.p), int(found.q))
    assert rounded <= value < rounded * Fraction(5, 4)
    odd = rounded
    while odd.denominator > 1:
        odd *= 2
    while odd.numerator % 2 == 0:
        odd /= 2
    assert odd.numerator < 8


def test_the_edge_is_exact_where_it_is_rational_and_a_hair_below_elsewhere() -> None:
    tie = SHALLOW_RELU.view(two_atoms())["sharpness"]
    assert compare(tie, 2 / just_stable(tie, exactly=True)) == 0
    golden = SHALLOW_RELU.instance(w1=[[1]], b1=[1], w2=[1], b2=0, x=[[0], [2]])
    irrational = SHALLOW_RELU.view(golden)["sharpness"]
    for exactly in (True, False):
        step_size = just_stable(irrational, exactly)
        assert compare(irrational, 2 / step_size) == -1
        assert compare(irrational, 2 / (step_size * fmpq(2**39 + 1, 2**39))) == 1


def test_a_network_that_learns_nothing_gets_step_size_one() -> None:
    dead = SHALLOW_RELU.instance(w1=[[1]], b1=[-9], w2=[1], x=[[0], [2]])
    assert just_stable(SHALLOW_RELU.view(dead)["sharpness"], exactly=True) == 1


def test_null_spaces_have_the_rank_that_numpy_finds() -> None:
    generator = np.random.default_rng(3)
    for rows, columns in ((2, 5), (4, 4), (5, 3), (1, 1)):
        integers = generator.integers(-2, 3, (rows, columns))
        matrix = to_matrix(np.array([[fmpq(int(v)) for v in row] for row in integers], dtype=object))
        basis = null_space(matrix)
        assert len(basis) == columns - np.linalg.matrix_rank(integers)
        for vector in basis:
            assert all(sum(int(a) * v for a, v in zip(row, vector, strict=True)) == 0 for row in integers)
