"""What the standard recipes yield: enough of every kind of evidence."""

from functools import cache

from refutable.strategies.training.recipes import available
from refutable.strategies.training.results import Trained
from refutable.strategies.training.standard import standard
from refutable.strategies.training.train import train


@cache
def results(profile: str) -> tuple[Trained, ...]:
    return tuple(train(r, device="cpu") for r in standard(profile).values() if available(r) is None)


def tally(profile: str) -> dict[str, int]:
    total = {"stable": 0, "controls": 0, "interpolating": 0, "diverged": 0}
    for result in results(profile):
        alive = result.alive()
        total["stable"] += int(result.stable[alive].sum())
        total["controls"] += int((~result.stable[alive]).sum())
        total["interpolating"] += int(result.interpolating[result.with_outcome("converged")].sum())
        total["diverged"] += result.counts()["diverged"]
    return total


def test_the_default_recipes_yield_enough_of_everything() -> None:
    found = tally("default")
    assert found["stable"] >= 300
    assert found["interpolating"] >= 40
    assert found["controls"] >= 5
    assert found["diverged"] <= 5


def test_the_quick_recipes_yield_enough_for_a_quick_run() -> None:
    found = tally("quick")
    assert found["stable"] >= 80
    assert found["interpolating"] >= 15
    assert found["controls"] >= 2


def test_many_default_networks_end_near_the_edge_of_stability() -> None:
    near = 0
    for result in results("default"):
        share = result.sharpness * float(result.recipe.eta) / 2
        near += int(((share > 0.95) & (share <= 1)).sum())
    assert near >= 15
