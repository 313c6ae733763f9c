"""Instances of many data and neurons: numbers are simplified within the budget, and pairs do not eat it up."""

from __future__ import annotations

import random

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.pairs import MANY, ordered_pairs, unordered_pairs
from refutable.theorems.instances import Instance
from refutable.verify.shrink import shrink
from tests.hunting.test_shrink_mutants import most_digits

MOVES = {move.id: move for move in SHALLOW_RELU.moves}


def many(n: int, k: int) -> Instance:
    source = random.Random(n)
    return SHALLOW_RELU.instance(
        w1=[[source.gauss(0, 1)] for _ in range(k)], b1=[source.gauss(0, 1) for _ in range(k)],
        w2=[source.gauss(0, 1) for _ in range(k)], b2=0, x=[[source.gauss(0, 1)] for _ in range(n)],
    )  # fmt: skip


def test_numbers_of_many_data_are_simplified_within_the_budget() -> None:
    start = many(64, 3)

    def whole(instance: Instance) -> bool:
        """Nothing may be dropped."""
        return instance["x"].shape == (64, 1) and len(instance["b1"]) == 3 and len(set(instance["x"].ravel())) > 9

    assert most_digits(start) > 12
    found = shrink(SHALLOW_RELU, start, whole, 1000)
    assert most_digits(found.instance) <= 3


@pytest.mark.parametrize("id", ["merge data", "mirror a datum", "merge neurons", "mirror a neuron", "shift inputs"])
def test_pairs_of_many_are_few(id: str) -> None:
    few, more = (sum(1 for _ in MOVES[id].reductions(many(size, size))) for size in (20, 40))
    assert 0 < more <= 3 * few


def test_all_pairs_of_few_and_nearest_ones_of_many() -> None:
    points = np.array([[fmpq(c)] for c in (0, 5, 1, 7, -8, 20, 19, 40, 30, 100)], dtype=object)
    few = points[:MANY]
    assert len(unordered_pairs(few)) == MANY * (MANY - 1) // 2
    assert len(ordered_pairs(few, few)) == MANY * (MANY - 1)
    for i, j in ordered_pairs(points, -points):
        gaps = {m: abs(points[i, 0] + points[m, 0]) for m in range(len(points)) if m != i}
        assert gaps[j] == min(gaps.values())
    assert {i for i, _ in ordered_pairs(points, points)} == set(range(len(points)))


def test_points_too_large_for_floats_have_no_partner_or_another() -> None:
    points = np.array([[fmpq(10) ** (400 + j)] for j in range(MANY + 1)], dtype=object)
    assert all(i != j for i, j in ordered_pairs(points, points))
