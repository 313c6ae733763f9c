"""The front of the engine: every backend takes the same steps; what cannot be trained is refused in words."""

from __future__ import annotations

import _thread
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from refutable.strategies.engine.prepare import Data, prepared
from refutable.strategies.engine.problem import State
from refutable.strategies.engine.train import backends, choose, train
from refutable.strategies.training.closed_form import Networks, loss

RULES: dict[str, dict[str, Any]] = {
    "descent": {},
    "sgd": {"batch_size": 2, "seed": 7},
    "sgd-large-seed": {"batch_size": 5, "seed": 2**63 - 1},
    "delay": {"delay": 3},
    "momentum": {"momentum": 0.7},
    "everything": {"batch_size": 3, "delay": 2, "momentum": 0.5, "seed": 2**40 + 3},
}
SHAPES = {"line": (5, 6, 1, 7), "plane": (4, 9, 2, 8), "wide": (3, 5, 12, 6)}
HERE = [name for name in backends() if name not in ("reference", "triton")]


def networks(count: int, k: int, d: int, seed: int = 0) -> Networks:
    draw = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=draw, dtype=torch.float64)

    return Networks(normal(count, k, d) / d**0.5, normal(count, k), normal(count, k) / k, normal(count))


def data(count: int, n: int, d: int, shared: bool = False) -> Data:
    draw = torch.Generator().manual_seed(n)
    lead = () if shared else (count,)
    x = torch.randn(*lead, n, d, generator=draw, dtype=torch.float64)
    return Data(x, torch.randn(*lead, n, generator=draw, dtype=torch.float64))


def close(a: Networks, b: Networks, tolerance: float = 1e-13) -> None:
    for name, left, right in zip(Networks._fields, a, b, strict=True):
        assert torch.isfinite(right).all()
        assert (left - right).abs().max() <= tolerance * max(1.0, float(right.abs().max())), name


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("backend", HERE)
def test_a_backend_takes_the_steps_of_the_reference(backend: str, rule: str, shape: str) -> None:
    count, k, d, n = SHAPES[shape]
    start, table = networks(count, k, d), data(count, n, d)
    eta = torch.linspace(0.01, 0.03, count, dtype=torch.float64)
    asked: dict[str, Any] = {"step_size": eta, "steps": 50, "reduce": False, **RULES[rule]}
    found = train(start, table, backend=backend, **asked)
    expected = train(start, table, backend="reference", **asked)
    assert found.backend == backend
    close(found.networks, expected.networks)
    assert torch.allclose(found.largest_loss, expected.largest_loss, rtol=1e-12, atol=0)
    assert found.state.steps.tolist() == [50] * count
    assert not torch.equal(found.networks.w1, start.w1)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("backend", HERE)
def test_going_on_from_a_state_changes_nothing(backend: str, rule: str) -> None:
    start, table = networks(4, 5, 2), data(4, 6, 2)
    asked: dict[str, Any] = {"step_size": 0.05, "backend": backend, **RULES[rule]}
    whole = train(start, table, steps=41, **asked)
    half = train(start, table, steps=17, **asked)
    rest = train(half.state, table, steps=41, **asked)
    assert half.state.steps.tolist() == [17] * 4
    for a, b in zip(whole.networks, rest.networks, strict=True):
        assert torch.equal(a, b)
    assert torch.equal(whole.largest_loss, rest.largest_loss)


@pytest.mark.parametrize("backend", HERE)
def test_a_network_draws_its_batches_whatever_it_is_trained_beside(backend: str) -> None:
    start, table = networks(5, 4, 1), data(5, 7, 1)
    asked: dict[str, Any] = {"step_size": 0.05, "steps": 30, "batch_size": 2, "seed": 3, "backend": backend}
    whole = train(start, table, **asked).networks
    rows = torch.tensor([3, 1])
    part = train(Networks(*(p[rows] for p in start)), Data(*(p[rows] for p in table)), streams=rows, **asked).networks
    close(part, Networks(*(p[rows] for p in whole)), 0)


@pytest.mark.parametrize("backend", HERE)
@pytest.mark.parametrize("rule", ["descent", "everything"])
def test_training_in_the_row_space_of_the_data_is_the_same_training(backend: str, rule: str) -> None:
    start = networks(3, 5, 20)
    for table in (data(3, 6, 20), data(3, 6, 20, shared=True)):
        asked: dict[str, Any] = {"step_size": 0.02, "steps": 50, "backend": backend, **RULES[rule]}
        small, plain = train(start, table, reduce=True, **asked), train(start, table, reduce=False, **asked)
        assert small.reduced
        assert not plain.reduced
        assert small.state.w1.shape[-1] == 6
        close(small.networks, plain.networks, 1e-12)
        half = train(start, table, reduce=True, **{**asked, "steps": 21})
        rest = train(half.state, table, **asked)
        close(rest.networks, small.networks, 0)


@pytest.mark.parametrize("backend", HERE)
def test_shared_data_are_everyones_data(backend: str) -> None:
    start, shared = networks(4, 3, 2), data(4, 5, 2, shared=True)
    own = Data(shared.x.expand(4, -1, -1), shared.y.expand(4, -1))
    asked: dict[str, Any] = {"step_size": 0.05, "steps": 30, "backend": backend}
    close(train(start, shared, **asked).networks, train(start, own, **asked).networks)


@pytest.mark.parametrize("backend", HERE)
def test_an_exploding_network_harms_nobody(backend: str) -> None:
    start, table = networks(3, 4, 1), data(3, 5, 1)
    eta = torch.tensor([0.05, 1e6, 0.05], dtype=torch.float64)
    run = train(start, table, eta, 3000, backend=backend)
    assert run.finite.tolist() == [True, False, True]
    alone = train(Networks(*(p[[0, 2]] for p in start)), Data(*(p[[0, 2]] for p in table)), 0.05, 3000, backend=backend)
    close(Networks(*(p[[0, 2]] for p in run.networks)), alone.networks, 0)


def test_the_largest_loss_is_that_of_the_run() -> None:
    start, table = networks(2, 4, 1), data(2, 5, 1)
    seen, now = loss(start, table.x, table.y), start
    for _ in range(20):
        now = train(now, table, 0.05, 1, backend="torch").networks
        seen = torch.maximum(seen, loss(now, table.x, table.y))
    assert torch.allclose(train(start, table, 0.05, 21).largest_loss, seen, rtol=1e-12)


@pytest.mark.parametrize("backend", HERE)
def test_ctrl_c_returns_what_is_done(backend: str) -> None:
    start, table = networks(40, 16, 1), data(40, 16, 1)
    saved: list[State] = []
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    run = train(start, table, 1e-6, 10**9, backend=backend, save=saved.append, every=3600, threads=2)
    timer.join()
    assert run.interrupted
    assert 0 < run.network_steps < 40 * 10**9
    assert torch.equal(saved[-1].w1, run.state.w1)
    most = int(run.state.steps.max())
    again = train(start, table, 1e-6, 20, backend=backend)
    assert again.state.steps.tolist() == [20] * 40
    assert most > 0


@pytest.mark.parametrize("backend", HERE)
def test_a_long_run_is_saved_on_the_way_and_is_the_same_run(backend: str) -> None:
    start, table = networks(6, 8, 1), data(6, 8, 1)
    steps = 3_000_000 if backend == "native" else 4000
    asked: dict[str, Any] = {"step_size": 0.01, "steps": steps, "backend": backend}
    saved: list[int] = []
    run = train(start, table, save=lambda state: saved.append(int(state.steps.sum())), every=0.02, **asked)
    assert saved == sorted(saved)
    assert len(saved) > 1
    close(run.networks, train(start, table, **asked).networks, 0)


def test_progress_counts_network_steps() -> None:
    seen: list[tuple[int, int]] = []
    train(networks(3, 4, 1), data(3, 5, 1), 0.01, 400, backend="torch", progress=lambda a, b: seen.append((a, b)))
    assert seen[-1] == (1200, 1200)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"step_size": 0.0}, "step_size must be positive"),
        ({"step_size": float("nan")}, "step_size must be positive"),
        ({"steps": -1}, "steps must be a whole number"),
        ({"batch_size": 0}, "batch_size must be from 1 to the 5 data"),
        ({"batch_size": 6}, "batch_size must be from 1 to the 5 data"),
        ({"delay": -1}, "delay must be"),
        ({"momentum": 1.0}, "momentum must be"),
        ({"momentum": float("nan")}, "momentum must be"),
        ({"seed": -1}, "seed must be"),
        ({"backend": "abacus"}, "unknown backend 'abacus'"),
        ({"data": Data(torch.ones(5, 3), torch.ones(5))}, "inputs must be"),
        ({"data": Data(torch.ones(5, 2), torch.ones(4))}, "labels must be"),
        ({"data": Data(torch.ones(0, 2), torch.ones(0))}, "inputs must be"),
        ({"data": Data(torch.full((5, 2), torch.nan), torch.ones(5))}, "NaN or infinite"),
        ({"batch": networks(2, 3, 2)._replace(b1=torch.ones(2, 4))}, "networks must be"),
        ({"streams": torch.tensor([0, -1])}, "streams must be"),
        ({"streams": torch.tensor([0.0, 1.0])}, "streams must be 2 whole numbers"),
        ({"streams": [0, 1, 2]}, "streams must be 2 whole numbers"),
        ({"streams": "01"}, "streams must be 2 whole numbers"),
        ({"step_size": torch.tensor([0.1, 0.1, 0.1])}, "step_size must be one number, or .2."),
        ({"step_size": "0.1"}, "step_size must be numbers"),
        ({"step_size": True}, "step_size must be real numbers"),
        ({"steps": 3.0}, "steps must be a whole number"),
        ({"steps": True}, "steps must be a whole number"),
        ({"batch_size": 2.0}, "batch_size must be from 1 to the 5 data"),
        ({"batch_size": 2.5}, "batch_size must be from 1 to the 5 data"),
        ({"batch_size": True}, "batch_size must be from 1 to the 5 data"),
        ({"batch_size": "2"}, "batch_size must be from 1 to the 5 data"),
        ({"delay": True}, "delay must be"),
        ({"delay": 1.0}, "delay must be"),
        ({"momentum": "0.5"}, "momentum must be"),
        ({"momentum": None}, "momentum must be"),
        ({"seed": 0.5}, "seed must be"),
        ({"seed": 2**63}, "seed must be"),
        ({"threads": 0}, "threads must be a whole number >= 1"),
        ({"threads": -1}, "threads must be a whole number >= 1"),
        ({"threads": 1.5}, "threads must be a whole number >= 1"),
        ({"device": "gpu"}, "device must be 'auto', 'cpu' or 'cuda'"),
        ({"device": "meta"}, "device must be 'auto', 'cpu' or 'cuda'"),
        ({"device": "cpu:x"}, "device must be 'auto', 'cpu', 'cuda'"),
        ({"device": 3.5}, "device must be"),
        ({"device": "cuda:99"}, "torch sees"),
        ({"backend": None}, "unknown backend None"),
        ({"backend": ["torch"]}, "unknown backend"),
        ({"data": (torch.ones(5, 2),)}, "data must be inputs and labels"),
        ({"data": (torch.ones(5, 2), "labels")}, "labels must be numbers"),
        ({"batch": networks(2, 3, 2)[:3]}, "networks must be"),
        ({"batch": networks(0, 3, 2)}, "B = 0"),
        ({"batch": networks(2, 0, 2)}, "k = 0"),
        ({"batch": networks(2, 3, 2)._replace(b2=torch.ones(2, dtype=torch.complex128))}, "b2 must be real numbers"),
        ({"batch": networks(2, 3, 2)._replace(w2=torch.ones(2))}, "networks must be"),
        ({"batch": None}, "networks must be"),
    ],
)
def test_nonsense_is_refused(change: dict[str, Any], words: str) -> None:
    asked = {"batch": networks(2, 3, 2), "data": data(2, 5, 2), "step_size": 0.1, "steps": 3, **change}
    with pytest.raises(ValueError, match=words):
        train(**asked)


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for device in ("cuda", "cuda:0", torch.device("cuda")):
        with pytest.raises(ValueError, match="torch sees no CUDA device"):
            train(networks(2, 3, 2), data(2, 5, 2), 0.1, 3, device=device)


def test_arrays_and_numbers_of_numpy_do_as_well() -> None:
    start, table = networks(3, 4, 2), data(3, 5, 2)
    asked: dict[str, Any] = {"step_size": 0.1, "steps": 7, "batch_size": 2, "delay": 1, "momentum": 0.5, "seed": 3}
    wanted = train(start, table, streams=torch.tensor([4, 2, 9]), device="cpu", **asked)
    arrays = [part.numpy() for part in start]
    given = {
        **{name: np.int64(asked[name]) for name in ("steps", "batch_size", "delay", "seed")},
        "momentum": np.float64(0.5),
    }
    for streams in ([4, 2, 9], np.array([4, 2, 9], dtype=np.uint32)):
        inputs = np.asfortranarray(table.x.numpy())
        found = train(Networks(*arrays), (inputs, table.y.tolist()), [0.1] * 3, streams=streams, **given)  # type: ignore[arg-type]
        close(found.networks, wanted.networks, 0)


def test_what_is_passed_over_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFUTABLE_NATIVE", "0")
    start, table = networks(2, 3, 2), data(2, 5, 2)
    run = train(start, table, 0.1, 3)
    assert (run.backend, dict(run.passed_over)) == ("torch", {"native": "it is switched off by REFUTABLE_NATIVE=0"})
    assert not train(start, table, 0.1, 3, backend="torch").passed_over


def test_a_state_goes_on_only_under_its_own_rule() -> None:
    start, table = networks(2, 3, 2), data(2, 5, 2)
    state = train(start, table, 0.1, 3, delay=2).state
    for rule in ({}, {"delay": 3}, {"delay": 2, "momentum": 0.5}):
        with pytest.raises(ValueError, match="the state was made with"):
            train(state, table, 0.1, 5, **rule)


def test_the_choice_falls_on_one_that_can() -> None:
    problem, state = prepared(networks(2, 3, 2), data(2, 5, 2), 0.1, None, 0, 0.0, 0, None, None)
    assert choose("auto", problem, state).missing(problem, state) is None
    assert choose("torch", problem, state).name == "torch"


def test_a_reduced_state_goes_on_only_on_its_own_data() -> None:
    start, table, other = networks(3, 5, 20), data(3, 6, 20), data(3, 7, 20)
    state = train(start, table, 0.02, 10, reduce=True).state
    moved = Data(table.x + 1, table.y)
    for wrong in (moved, other):
        with pytest.raises(ValueError, match="row space of other data"):
            train(state, wrong, 0.02, 20)


@pytest.mark.parametrize("name", ["steps", "largest_loss", "velocity", "history", "base"])
def test_a_state_whose_parts_do_not_fit_is_refused(name: str) -> None:
    """The kernels trust the shapes they are given."""
    start, table = networks(4, 5, 20), data(4, 6, 20)
    rule: dict[str, Any] = {"delay": 2, "momentum": 0.5}
    state = train(start, table, 0.02, 10, reduce=True, **rule).state
    part = getattr(state, name)
    cut = Networks(*(p[:1] for p in part)) if isinstance(part, Networks) else part[:1]
    with pytest.raises(ValueError, match=f"the state's {name}"):
        train(replace(state, **{name: cut}), table, 0.02, 20, **rule)
    with pytest.raises(ValueError, match="the state's steps"):
        train(replace(state, steps=state.steps - 11), table, 0.02, 20, **rule)


@pytest.mark.parametrize("every", [0.0, -1.0, float("nan")])
def test_saving_without_a_pause_is_refused(every: float) -> None:
    with pytest.raises(ValueError, match="every must be a positive number of seconds"):
        train(networks(2, 3, 1), data(2, 4, 1), 0.1, 5, save=lambda state: None, every=every)


def test_steps_are_taken_however_often_states_are_saved() -> None:
    start, table = networks(6, 8, 1), data(6, 8, 1)
    saves: list[int] = []
    run = train(start, table, 0.01, 4000, backend="torch", save=lambda s: saves.append(int(s.steps.sum())), every=1e-9)
    assert run.state.steps.tolist() == [4000] * 6
    assert saves == sorted(set(saves)), "every save has gone further than the last"
