"""Small trained batches shared by the tests."""

import pytest

from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import Trained
from refutable.strategies.training.train import train


@pytest.fixture(scope="session")
def mixed() -> Trained:
    """Some stable and some too sharp, one diverged at least: heavy tails on the line."""
    return train(Recipe(204, 64, 1, 8, 8, "heavy-tailed", "sine", "1/5", 1500), device="cpu")


@pytest.fixture(scope="session")
def wide() -> Trained:
    """Nearly all converged: more neurons and inputs than data, by SGD."""
    return train(Recipe(217, 16, 5, 8, 3, "gaussian", "noise", "1/5", 3000, 1), device="cpu")
