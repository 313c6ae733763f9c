"""Training counts every network, depends on nothing but the recipe, and ends where it says it does."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch

from refutable.strategies.engine.batches import chosen
from refutable.strategies.training.datasets import DRAWN, draw_data
from refutable.strategies.training.recipes import DRAWN_DATA, TABLE_SHAPES, Recipe
from refutable.strategies.training.results import OUTCOMES
from refutable.strategies.training.train import device_kind, initial, train

BASE = Recipe(5, 12, 1, 4, 4, "uniform", "sine", "1/5", 200)


def test_too_large_a_step_size_diverges_everywhere_and_says_so() -> None:
    result = train(replace(BASE, step_size="9", steps=2000), device="cpu")
    assert result.counts() == {"converged": 0, "unconverged": 0, "dead": 0, "diverged": 12}
    assert np.isinf(result.largest_loss).all()
    assert not result.stable.any()
    assert result.alive() == []


def test_an_explosion_that_is_still_finite_counts_as_diverged() -> None:
    result = train(replace(BASE, step_size="3", steps=300), device="cpu")
    assert np.isfinite(result.loss).all()
    assert result.loss.min() > 1e12
    assert result.counts()["diverged"] == 12


def test_dead_networks_are_counted_and_have_sharpness_one() -> None:
    recipe = replace(BASE, data="two-atoms", step_size="3/2", labels="noise", steps=1000)
    result = train(recipe, device="cpu")
    dead = result.with_outcome("dead")
    assert 4 <= len(dead) < recipe.networks
    for index in dead:
        z = result.x[index] @ result.w1[index].T + result.b1[index]
        assert (z <= 0).all()
        assert result.sharpness[index] == pytest.approx(1, abs=1e-14)


def test_converged_networks_are_stationary_and_the_wide_ones_interpolate() -> None:
    result = train(Recipe(3, 24, 8, 16, 4, "gaussian", "noise", "1/10", 2000), device="cpu")
    converged = result.with_outcome("converged")
    assert len(converged) >= 20
    assert result.interpolating[converged].all()
    for index in converged:
        network = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1)).double()
        parts = (result.w1, result.b1, result.w2[:, None], result.b2[:, None])
        for parameter, values in zip(network.parameters(), parts, strict=True):
            parameter.data = torch.from_numpy(values[index].copy())
        x, y = torch.from_numpy(result.x[index]), torch.from_numpy(result.y[index])
        (torch.nn.functional.mse_loss(network(x).squeeze(-1), y) / 2).backward()  # type: ignore[no-untyped-call]
        slopes = torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None])
        assert slopes.norm().item() < 1e-8


def test_few_steps_are_unconverged_and_every_network_has_one_outcome() -> None:
    result = train(replace(BASE, steps=3), device="cpu")
    assert result.counts()["unconverged"] == 12
    mixed = train(replace(BASE, data="two-atoms", labels="noise", steps=2000), device="cpu")
    assert sum(mixed.counts().values()) == mixed.recipe.networks
    assert set(mixed.counts()) == set(OUTCOMES)


def test_the_largest_loss_is_that_of_the_whole_run() -> None:
    result = train(replace(BASE, steps=0), device="cpu")
    assert result.largest_loss.tolist() == result.loss.tolist()
    longer = train(BASE, device="cpu")
    assert (longer.largest_loss >= result.loss).all()
    assert (longer.loss < longer.largest_loss).any()


@pytest.mark.parametrize("batch_size", [None, 1, 3])
def test_a_recipe_determines_the_result(batch_size: int | None) -> None:
    recipe = replace(BASE, batch_size=batch_size, steps=300)
    first, second = train(recipe, device="cpu"), train(recipe, device="cpu")
    for name, array in first.arrays().items():
        assert np.array_equal(array, second.arrays()[name], equal_nan=True), name
    other = train(replace(recipe, seed=6), device="cpu")
    assert not np.array_equal(first.x, other.x)


def test_sgd_equals_gradient_steps_on_the_drawn_subsets() -> None:
    """The subsets are drawn again here, from the seed and the step alone, and each step is taken by autograd."""
    recipe = replace(BASE, networks=2, samples=5, batch_size=2, steps=20)
    result = train(recipe, device="cpu")
    networks, x, y = initial(recipe)
    for index in range(2):
        w1, b1, w2, b2 = (part[index].clone().requires_grad_() for part in networks)
        for step in range(20):
            rows = torch.from_numpy(chosen(recipe.seed, np.array(index), np.array(step), 5, 2))
            assert rows.sum() == 2
            values = torch.relu(x[index, rows] @ w1.T + b1) @ w2 + b2
            ((values - y[index, rows]).square().mean() / 2).backward()  # type: ignore[no-untyped-call]
            for part in (w1, b1, w2, b2):
                assert part.grad is not None
                part.data -= 0.2 * part.grad
                part.grad = None
        np.testing.assert_allclose(result.w1[index], w1.detach(), rtol=0, atol=1e-13)
        np.testing.assert_allclose(result.w2[index], w2.detach(), rtol=0, atol=1e-13)


def test_a_full_batch_of_sgd_is_gradient_descent() -> None:
    whole, drawn = train(BASE, device="cpu"), train(replace(BASE, batch_size=4), device="cpu")
    assert np.array_equal(whole.w1, drawn.w1)


@pytest.mark.parametrize("data", DRAWN_DATA)
@pytest.mark.parametrize(("inputs", "samples"), [(1, 1), (1, 6), (3, 6), (5, 2)])
def test_drawn_data_have_their_shape_and_start_not_too_sharp(data: str, inputs: int, samples: int) -> None:
    recipe = Recipe(1, 10, inputs, 4, samples, data, "teacher", "1/4", 0)
    x, y = draw_data(recipe)
    assert x.shape == (10, samples, inputs)
    assert y.shape == (10, samples)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()
    assert len({table.tobytes() for table in x}) > 1
    result = train(recipe, device="cpu")
    assert (result.initial_sharpness <= 16 * (1 + 1e-12)).all()
    assert result.counts()["diverged"] == 0


def test_the_families_are_what_their_names_say() -> None:
    assert set(DRAWN) == set(DRAWN_DATA)
    rng = np.random.default_rng(0)
    x = {name: draw(rng, 5, 6, 3) for name, draw in DRAWN.items()}
    np.testing.assert_allclose(np.linalg.norm(x["sphere"], axis=-1), 1)
    assert [len(np.unique(table, axis=0)) for table in x["two-atoms"]] == [2] * 5
    assert [len(np.unique(table, axis=0)) for table in x["duplicated"]] == [3] * 5
    assert (x["lattice"] * 4 == np.round(x["lattice"] * 4)).all()
    for table in x["collinear"]:
        assert np.linalg.matrix_rank(table - table[0], tol=1e-9) == 1
    norms = np.linalg.norm(x["outlier"], axis=-1)
    assert (norms[:, 0] > 3 * norms[:, 1:].max(axis=1)).all()


@pytest.mark.parametrize("table", TABLE_SHAPES)
def test_tables_give_their_own_rows_and_standardised_targets(table: str) -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    features, target = getattr(datasets, f"load_{table}")(return_X_y=True)
    varying = features[:, features.std(axis=0) > 0]
    assert varying.shape == TABLE_SHAPES[table]
    x, y = draw_data(Recipe(1, 3, 3, 4, 6, table, "table", "1/4", 0))
    scaled = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    for column in range(3):
        matches = np.isclose(scaled[:, :, None], x[0, :, column]).any(axis=0)
        assert matches.all(axis=1).any()
    assert np.isin(np.round(y, 9), np.round((target - target.mean()) / target.std(), 9)).all()


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    train(replace(BASE, steps=600), device="cpu", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (600, 600)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_unknown_devices_are_refused() -> None:
    with pytest.raises(ValueError, match="'auto', 'cpu' or 'cuda'"):
        device_kind("tpu")
    if not torch.cuda.is_available():
        assert device_kind("auto") == "cpu"
        with pytest.raises(ValueError, match="no CUDA device"):
            train(BASE, device="cuda")


def test_a_slower_backend_is_warned_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/nonexistent/compiler-of-this-test")
    recipe = Recipe(0, 2, 1, 2, 3, "uniform", "sine", "1/5", 5)
    with pytest.warns(UserWarning, match="trained by the slower backend torch: native .*compiler-of-this-test"):
        train(recipe)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(recipe)
