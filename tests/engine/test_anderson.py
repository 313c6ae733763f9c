"""Anderson mixing against what is known of it: linear maps, and a slow least-squares twin."""

from __future__ import annotations

import numpy as np
import torch

from refutable.strategies.engine.anderson import Anderson


def linear(size: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A contraction theta -> A theta + c and its fixed point."""
    source = torch.Generator().manual_seed(seed)
    matrix = torch.randn(size, size, generator=source, dtype=torch.float64)
    matrix = 0.95 * matrix / torch.linalg.matrix_norm(matrix, 2)
    return matrix, torch.randn(size, generator=source, dtype=torch.float64)


def test_a_linear_map_is_solved_in_as_many_steps_as_it_has_dimensions() -> None:
    size = 5
    (a, c), (other, shift) = linear(size, 0), linear(size, 1)
    matrices, shifts = torch.stack([a, other]), torch.stack([c, shift])
    fixed = torch.linalg.solve(torch.eye(size, dtype=torch.float64) - matrices, shifts)
    mixer = Anderson(2, size, size, torch.device("cpu"))
    points = torch.zeros(2, size, dtype=torch.float64)
    for _ in range(size + 1):
        images = torch.einsum("bij,bj->bi", matrices, points) + shifts
        mixer.remember(points, images)
        points = mixer.mixed()
    assert (points - fixed).abs().max() < 1e-8 * fixed.abs().max()
    plain = torch.zeros(2, size, dtype=torch.float64)
    for _ in range(size + 1):
        plain = torch.einsum("bij,bj->bi", matrices, plain) + shifts
    assert (plain - fixed).abs().max() > 1e-4


def test_mixing_agrees_with_least_squares_over_weights_that_sum_to_one() -> None:
    rng = np.random.default_rng(2)
    points, images = rng.normal(size=(2, 4, 9))
    mixer = Anderson(1, 9, 3, torch.device("cpu"))
    for point, image in zip(points, images, strict=True):
        mixer.remember(torch.from_numpy(point)[None], torch.from_numpy(image)[None])
    residuals = (images - points).T
    # min |residuals w| with sum w = 1, by Lagrange multipliers
    system = np.block([[residuals.T @ residuals, np.ones((4, 1))], [np.ones((1, 4)), np.zeros((1, 1))]])
    weights = np.linalg.solve(system, [0, 0, 0, 0, 1])[:4]
    assert np.allclose(mixer.mixed()[0].numpy(), images.T @ weights, atol=1e-10)


def test_only_the_last_images_are_remembered() -> None:
    rng = np.random.default_rng(3)
    history = [torch.from_numpy(rng.normal(size=(2, 1, 6))) for _ in range(7)]
    long, short = (Anderson(1, 6, 2, torch.device("cpu")) for _ in range(2))
    for point, image in history:
        long.remember(point, image)
    for point, image in history[-3:]:
        short.remember(point, image)
    assert torch.equal(long.mixed(), short.mixed())


def test_forgetting_and_keeping_touch_the_rows_they_name() -> None:
    rng = np.random.default_rng(4)
    mixer = Anderson(3, 4, 2, torch.device("cpu"))
    assert not mixer.ready.any()
    for _ in range(3):
        points, images = torch.from_numpy(rng.normal(size=(2, 3, 4)))
        mixer.remember(points, images)
    assert mixer.ready.all()
    before = mixer.mixed()
    mixer.forget(torch.tensor([False, True, False]))
    assert mixer.ready.tolist() == [True, False, True]
    mixer.keep(torch.tensor([True, False, True]))
    assert torch.equal(mixer.mixed(), before[[0, 2]])


def test_what_is_not_finite_stays_alone() -> None:
    mixer = Anderson(2, 3, 2, torch.device("cpu"))
    for step in range(3):
        points = torch.full((2, 3), float(step), dtype=torch.float64)
        images = points * 0.5 + torch.arange(3) * (step + 1)
        images[1, 0] = torch.nan
        mixer.remember(points, images)
    mixed = mixer.mixed()
    assert torch.isfinite(mixed[0]).all()
    assert torch.isnan(mixed[1]).any()


def test_equal_points_give_the_last_image() -> None:
    mixer = Anderson(1, 3, 2, torch.device("cpu"))
    points, images = torch.ones(1, 3, dtype=torch.float64), torch.full((1, 3), 2.0, dtype=torch.float64)
    for _ in range(3):
        mixer.remember(points, images)
    assert torch.equal(mixer.mixed(), images)
