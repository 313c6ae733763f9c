import pytest
import torch

from refutable.strategies.supplies import supply
from refutable.strategies.supply import Size
from refutable.verify.bench.baselines.coordinates import Coordinates
from refutable.verify.bench.subjects import Subject
from refutable.verify.decide import decide
from refutable.verify.hunting.objective import Objective, Rows
from refutable.verify.hunting.rows import instance_at

SUBJECTS = ("weighted-l1", "sharpness-chain", "laplacian", "flattest-sharpness", "linear-stability")


def begun(theorem: str, count: int = 16, seed: int = 1) -> tuple[Objective, Rows]:
    claim = Subject(theorem).target().claim
    assumes = frozenset(a.id for a in claim.assumes)
    rows = supply(claim.domain.id).batch(assumes, count, Size(), torch.Generator().manual_seed(seed))
    assert rows is not None
    return Objective(claim), rows


@pytest.mark.parametrize("theorem", SUBJECTS)
def test_rows_written_as_points_score_as_before(theorem: str) -> None:
    objective, rows = begun(theorem)
    coordinates = Coordinates(objective, rows)
    points = coordinates.points(rows)
    assert points.shape == (16, coordinates.length)
    scores, again = objective.of(rows)[0], objective.of(coordinates.rows(points))[0]
    torch.testing.assert_close(again, scores, rtol=1e-6, atol=1e-8)


def test_an_enforced_step_size_is_no_coordinate() -> None:
    stable = Coordinates(*begun("weighted-l1"))
    assert [piece.name for piece in stable.pieces] == ["w1", "b1", "w2", "b2", "x"]


def test_positive_numbers_stay_positive_and_semidefinite_matrices_semidefinite() -> None:
    objective, rows = begun("linear-stability")
    coordinates = Coordinates(objective, rows)
    assert {piece.name: piece.kind for piece in coordinates.pieces}["hessians"] == "factor"
    points = 3 * torch.randn(8, coordinates.length, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    numbers = objective.numbers(coordinates.rows(points))
    for row in range(8):
        instance = instance_at(objective.claim.domain, numbers, row)
        assert instance is not None
        assert decide(objective.claim, instance).verdict == "holds"


def test_positive_fields_are_written_as_logarithms() -> None:
    coordinates = Coordinates(*begun("laplacian"))
    kinds = {piece.name: piece.kind for piece in coordinates.pieces}
    assert kinds["radius_squared"] == "logarithm"
    assert kinds["w1"] == "plain"
