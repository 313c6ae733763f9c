import pytest
import torch

from refutable.strategies.engine.problem import Problem, State
from refutable.strategies.engine.torch_batched import TorchBackend
from refutable.strategies.engine.train import Data, train
from refutable.strategies.training.closed_form import Networks
from refutable.verify.bench.engine import trainers, training
from refutable.verify.bench.engine.cases import rows_of
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import (
    Shallow,
    Shape,
    flat_parameters,
    half_mean_square,
    interpolated,
    networks_and_data,
)

SMALL, WIDE = Shape(2, 3, 5), Shape(12, 3, 4)
TINY = Settings(quick=True, seconds=1e-4, rounds=1, threads=2)


def problem(shape: Shape, count: int) -> trainers.Training:
    return trainers.Training(*networks_and_data(shape, count, 1), 0.01)


@pytest.mark.parametrize("make", [trainers.PlainTrainer, trainers.vmapped, trainers.closed_form])
@pytest.mark.parametrize("count", [1, 3])
def test_every_way_to_train_takes_the_same_steps(make: training.Make, count: int) -> None:
    given = problem(SMALL, count)
    trainer = make(given)
    assert trainer.shot(7) == (7 if make is trainers.PlainTrainer else 7 * count)
    expected = train(given.networks, given.data, 0.01, 7, backend="reference").networks
    assert (trainer.first() - flat_parameters(expected, 0)).abs().max() < 1e-14


def test_the_module_is_the_network() -> None:
    networks, data = networks_and_data(SMALL, 2, 0)
    own = interpolated(networks, data)
    for row in range(2):
        module = Shallow(networks, row)
        assert torch.allclose(module(data.x[row]).squeeze(-1), own.y[row], rtol=1e-13)
        assert half_mean_square(module(data.x[row]), own.y[row].unsqueeze(-1)) < 1e-28
        count = sum(p.numel() for p in module.parameters())
        assert count == SMALL.parameters == len(flat_parameters(networks, row))


def test_unrolled_steps_are_counted() -> None:
    given = problem(SMALL, 3)
    single = trainers.closed_form(given)
    stepper = trainers.StepTrainer(given, lambda now: single.step(single.step(now)), 2)
    assert stepper.shot(5) == 6 * 3
    single.shot(6)
    assert torch.equal(stepper.first(), single.first())


def test_another_backend_can_be_measured_though_the_engine_does_not_offer_it() -> None:
    given = problem(SMALL, 3)
    trainer = trainers.GraphTrainer(given, TorchBackend())
    assert trainer.shot(7) == 21
    expected = train(given.networks, given.data, 0.01, 7, backend="torch").networks
    assert torch.equal(trainer.first(), flat_parameters(expected, 0))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SHAPES", (SMALL, WIDE))
    monkeypatch.setattr(training, "WIDE", 10)
    monkeypatch.setattr(training, "REDUCED_STEPS", 20)


@pytest.mark.usefixtures("small")
def test_rows_agree_with_the_reference_and_those_absent_are_named() -> None:
    found = [rows_of(case, TINY, lambda: None) for case in training.cases(TINY)]
    rows = [row for rows, _ in found for row in rows]
    assert {row["networks"] for row in rows} == {1, 64}
    for method in ("plain PyTorch", "torch.func.vmap(grad)", "torch closed form, whole batch", "torch"):
        assert sum(row["method"] == method for row in rows) == len(found)
    assert all(row["difference"] < 1e-13 for row in rows)
    assert all(row["reference"] == "plain PyTorch" and row["ratio"] > 0 for row in rows)
    assert {row["steps"] for row in rows if row["method"].endswith("reduced by QR")} == {20}
    assert {row["threads"] for row in rows if row["method"].endswith("2 threads")} == {2}
    assert {row["ours"] for row in rows if row["method"].startswith("torch ")} == {False}
    names = {one.method for _, absent in found for one in absent}
    assert training.COMPILED in names


@pytest.mark.usefixtures("small")
def test_a_backend_that_cannot_do_it_is_absent_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        name = "elsewhere"

        def missing(self, problem: Problem, state: State) -> str:
            return "it is somewhere else"

    monkeypatch.setattr(training, "backends", lambda: {"elsewhere": Elsewhere()})
    case = next(iter(training.cases(TINY)))
    assert ("elsewhere", "it is somewhere else") in [(one.method, one.reason) for one in case.absent]


@pytest.mark.usefixtures("small")
def test_a_backend_of_ours_that_breaks_down_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*arguments: object) -> None:
        raise RuntimeError("no such kernel")

    monkeypatch.setattr(training, "EngineTrainer", type("Broken", (trainers.EngineTrainer,), {"__init__": breaks}))
    monkeypatch.setattr(training, "vmapped", breaks)
    absent = next(iter(training.cases(TINY))).absent
    broken = {one.method: one.failed for one in absent if one.reason == "RuntimeError: no such kernel"}
    assert broken["torch"]
    assert not broken["torch.func.vmap(grad)"]


@pytest.mark.usefixtures("small")
def test_a_compiler_that_fails_is_absent_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(given: trainers.Training) -> trainers.StepTrainer:
        def step(now: Networks) -> Networks:
            raise RuntimeError("no C++ compiler")

        return trainers.StepTrainer(given, step)

    monkeypatch.setattr(training, "compiled", fails)
    case = next(iter(training.cases(Settings(seconds=1e-4, rounds=1))))
    assert (training.COMPILED, "RuntimeError: no C++ compiler") in [(one.method, one.reason) for one in case.absent]


def test_nominal_operations() -> None:
    assert SMALL.operations == 4 * 5 * 3 * (2 + 1) + 4 * 5 * 3


def test_subjects_are_made_from_their_seed() -> None:
    one, other = (networks_and_data(SMALL, 2, seed) for seed in (0, 1))
    again = networks_and_data(SMALL, 2, 0)
    assert isinstance(one[1], Data)
    assert torch.equal(one[0].w1, again[0].w1)
    assert not torch.equal(one[0].w1, other[0].w1)
