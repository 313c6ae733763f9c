"""The native kernel against automatic differentiation, one network and one step at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.batches import chosen
from refutable.strategies.engine.native import NATIVE
from refutable.strategies.engine.native.compiler import instruction_sets
from refutable.strategies.engine.problem import Control, Problem, State
from refutable.strategies.engine.torch_batched import one_thread
from refutable.strategies.training.closed_form import Networks
from tests.engine.drawn_problems import drawn, needs_native, same

pytestmark = needs_native


def reference(problem: Problem, state: State, row: int, steps: int) -> tuple[list[Tensor], float]:
    """Parameters and largest loss of one network, which has taken no step, after ``steps``."""
    past = [[part[row].clone() for part in state.networks]]
    x, y = (part[row if len(part) > 1 else 0] for part in (problem.x, problem.y))
    velocity = [torch.zeros_like(part) for part in past[0]]
    largest = 0.0
    for step in range(steps):
        at = [part.clone().requires_grad_() for part in past[max(0, step - problem.delay)]]
        use = torch.arange(len(y))
        if problem.batch_size is not None:
            stream = problem.streams[row : row + 1].numpy()
            taken = chosen(problem.seed, stream, np.array([step]), len(y), problem.batch_size)[0]
            use = torch.from_numpy(taken).nonzero()[:, 0]
        output = torch.relu(x[use] @ at[0].T + at[1]) @ at[2] + at[3]
        loss = (output - y[use]).square().mean() / 2
        loss.backward()
        largest = max(largest, loss.item())
        velocity = [problem.momentum * v - problem.step_size[row] * a.grad for v, a in zip(velocity, at, strict=True)]
        past.append([part + v for part, v in zip(past[-1], velocity, strict=True)])
    return past[-1], largest


def assert_agrees(problem: Problem, state: State, steps: int = 50) -> None:
    found = same(state)
    NATIVE.advance(problem, found, steps, Control())
    with one_thread():
        assert_reached(problem, state, found, steps)


def assert_reached(problem: Problem, state: State, found: State, steps: int) -> None:
    assert (found.b2 != state.b2).all()
    assert found.steps.tolist() == [steps] * len(found.steps)
    for row in range(len(state.b2)):
        wanted, largest = reference(problem, state, row, steps)
        for name, part, target in zip(Networks._fields, found.networks, wanted, strict=True):
            torch.testing.assert_close(part[row], target, rtol=1e-13, atol=1e-13, msg=lambda m, n=name: f"{n}: {m}")
        assert found.largest_loss[row].item() == pytest.approx(largest, rel=1e-12)


SHAPES = [
    (d, k, n)
    for d, k, n in [
        (1, 1, 1), (1, 3, 5), (1, 9, 16), (1, 16, 16), (1, 64, 33), (1, 37, 70), (2, 1, 5), (2, 9, 1), (3, 3, 8),
        (3, 25, 5), (7, 17, 6), (7, 33, 9), (11, 3, 7), (20, 9, 5), (20, 40, 10), (5, 64, 3), (13, 8, 4), (9, 24, 12),
    ]
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "neurons", "samples"), SHAPES)
@pytest.mark.parametrize("isa", ["avx512", "avx2", "portable"])
def test_every_shape_and_instruction_set(
    isa: str, inputs: int, neurons: int, samples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isa not in instruction_sets():
        pytest.skip(f"this processor has no {isa}")
    monkeypatch.setenv("REFUTABLE_ISA", isa)
    assert_agrees(*drawn(2, inputs, neurons, samples))


MODES: dict[str, dict[str, float | int | None]] = {
    "batches": {"batch_size": 3},
    "batches of one": {"batch_size": 1},
    "batches of all": {"batch_size": 40},
    "large batches": {"batch_size": 38},
    "delay": {"delay": 1},
    "long delay": {"delay": 7},
    "delay beyond the run": {"delay": 60},
    "momentum": {"momentum": 0.9},
    "everything": {"batch_size": 6, "delay": 3, "momentum": 0.5},
}


@pytest.mark.parametrize("inputs", [1, 4])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_every_mode(mode: str, shared: bool, inputs: int) -> None:
    assert_agrees(*drawn(3, inputs, 10, 40, shared=shared, **MODES[mode]))  # type: ignore[arg-type]


@pytest.mark.parametrize("isa", ["avx512", "avx2", "portable"])
@pytest.mark.parametrize("inputs", [1, 4])
def test_everything_at_once_on_every_instruction_set(isa: str, inputs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if isa not in instruction_sets():
        pytest.skip(f"this processor has no {isa}")
    monkeypatch.setenv("REFUTABLE_ISA", isa)
    assert_agrees(*drawn(2, inputs, 50, 20, batch_size=6, delay=3, momentum=0.5))


def test_inputs_shared_and_labels_not() -> None:
    problem, state = drawn(3, 2, 5, 6)
    assert_agrees(replace(problem, x=problem.x[:1].clone()), state)


def test_large_seeds_and_streams_draw_the_same_batches() -> None:
    problem, state = drawn(2, 1, 8, 30, batch_size=5)
    streams = torch.tensor([2**32 - 1, 12345678])
    assert_agrees(replace(problem, seed=2**63 - 1, streams=streams), state)


def test_a_neuron_on_its_kink_is_inactive() -> None:
    """Preactivation exactly 0: nothing moves but b2."""
    for inputs in (1, 2):
        problem, state = drawn(1, inputs, 3, 4)
        state = replace(state, w1=torch.zeros_like(state.w1), b1=torch.zeros_like(state.b1))
        assert_agrees(problem, state)


@pytest.mark.parametrize("inputs", [1, 3])
@pytest.mark.parametrize("mode", MODES)
def test_going_on_later_changes_no_bit(mode: str, inputs: int) -> None:
    problem, state = drawn(5, inputs, 11, 40, **MODES[mode])  # type: ignore[arg-type]
    whole, parts = same(state), same(state)
    NATIVE.advance(problem, whole, 50, Control(threads=2))
    for goal in (1, 20, 33, 50):
        NATIVE.advance(problem, parts, goal, Control())
    assert_identical(whole, parts)


def test_networks_may_stand_at_different_steps() -> None:
    problem, state = drawn(4, 2, 6, 20, batch_size=4, delay=2, momentum=0.3)
    mixed, whole = same(state), same(state)
    for row, goal in enumerate((0, 7, 30, 90)):
        single = replace(problem, **{f: getattr(problem, f)[row : row + 1] for f in ("x", "y", "step_size", "streams")})
        own = sliced(mixed, row)
        NATIVE.advance(single, own, goal, Control())
    NATIVE.advance(problem, mixed, 60, Control(threads=2))
    assert mixed.steps.tolist() == [60, 60, 60, 90]
    NATIVE.advance(problem, whole, 60, Control())
    for part, wanted in zip(mixed.networks, whole.networks, strict=True):
        assert torch.equal(part[:3], wanted[:3])


def sliced(state: State, row: int) -> State:
    """One network, sharing memory."""
    own = slice(row, row + 1)

    def of(networks: Networks | None) -> Networks | None:
        return None if networks is None else Networks(*(part[own] for part in networks))

    now = of(state.networks)
    assert now is not None
    return State(*now, state.steps[own], state.largest_loss[own], of(state.velocity), of(state.history))


def assert_identical(a: State, b: State) -> None:
    for field in fields(State):
        for one, other in zip(tensors(getattr(a, field.name)), tensors(getattr(b, field.name)), strict=True):
            assert torch.equal(one.nan_to_num(-7), other.nan_to_num(-7)), field.name


def tensors(value: Tensor | Networks | None) -> list[Tensor]:
    if value is None:
        return []
    return [value] if isinstance(value, Tensor) else list(value)


def spoilt_by_a_huge_step(problem: Problem, state: State) -> tuple[Problem, State]:
    step_size = problem.step_size.clone()
    step_size[1] = 1e60
    return replace(problem, step_size=step_size), state


def spoilt_from_the_start(problem: Problem, state: State) -> tuple[Problem, State]:
    w1 = state.w1.clone()
    w1[1, 0, 0] = torch.nan
    return problem, replace(state, w1=w1)


@pytest.mark.parametrize("spoil", [spoilt_by_a_huge_step, spoilt_from_the_start])
@pytest.mark.parametrize("inputs", [1, 3])
def test_a_network_that_is_not_finite_harms_nobody(
    spoil: Callable[[Problem, State], tuple[Problem, State]], inputs: int
) -> None:
    healthy, state = drawn(3, inputs, 9, 12)
    problem, sick = spoil(healthy, same(state))
    NATIVE.advance(healthy, state, 500, Control())
    NATIVE.advance(problem, sick, 500, Control())
    assert not sick.finite[1]
    assert sick.finite[[0, 2]].all()
    assert sick.largest_loss[1].isnan()
    assert sick.steps[1] < 500
    for part, wanted in zip(sick.networks, state.networks, strict=True):
        assert torch.equal(part[[0, 2]], wanted[[0, 2]])


def test_a_loss_that_overflows_leaves_nan() -> None:
    problem, state = drawn(1, 1, 4, 4)
    NATIVE.advance(replace(problem, y=problem.y * 1e200, step_size=problem.step_size * 0), state, 3, Control())
    assert state.finite.all()
    assert state.largest_loss.isnan().all()


@pytest.mark.parametrize("field", ["x", "step_size"])
def test_other_numbers_are_refused_in_words(field: str) -> None:
    problem, state = drawn(1, 2, 3, 4)
    reason = NATIVE.missing(replace(problem, **{field: getattr(problem, field).float()}), state)
    assert reason is not None
    assert field in reason
    assert "float64" in reason


def test_views_are_refused_in_words() -> None:
    problem, state = drawn(1, 2, 3, 4)
    reason = NATIVE.missing(problem, replace(state, w1=state.w1.mT.contiguous().mT))
    assert reason is not None
    assert "w1 must be contiguous" in reason
