"""The persistent kernel as a backend: what it can do here, and the launches that do it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.engine.cuda.shapes import Tiling, refusal, tiling
from refutable.strategies.engine.cuda.versions import least_inner, unfit
from refutable.strategies.engine.problem import Control, Problem, State

FIRST_LAUNCH = 1000
"""Steps of the first launch; the later ones are sized by how long it took."""
LAUNCH_SECONDS = 0.2
"""About how long a launch may keep the caller from looking at `Control.stop`."""
MOST_STEPS = 2**30
"""Of one launch: the kernel counts them in 32 bits."""


class TritonBackend:
    """One program per network, its parameters in registers, the step loop inside the kernel."""

    name = "triton"

    def missing(self, problem: Problem, state: State) -> str | None:
        """Why it cannot do it here: no GPU, no Triton, or a shape that does not fit on the chip; None if it can."""
        where = problem.x.device
        if where.type != "cuda" and not interpreted():
            return f"the networks are on the device {where}, and this backend needs an NVIDIA GPU: give device='cuda'"
        if (reason := unfit()) is not None:
            return reason
        if where.type == "cuda" and torch.version.cuda is None:
            return "this torch drives a GPU that is not NVIDIA's"
        return refusal(*_shape(problem, state), least_inner())

    def advance(self, problem: Problem, state: State, until: int, control: Control) -> None:
        """Take the steps, launch after launch; see `problem.Backend`."""
        launch = launcher(problem, state)
        before, most = int(state.steps.sum()), FIRST_LAUNCH
        left = until - int(state.steps.min())
        timed = False
        while left > 0 and not control.stop.is_set():
            begun = time.perf_counter()
            launch(until, min(most, left))
            done = int(state.steps.sum()) - before  # waits for the launch
            left = until - int(state.steps.min())
            if control.progress is not None:
                control.progress(done)
            most = resized(most, time.perf_counter() - begun) if timed else FIRST_LAUNCH
            timed = True  # the first launch compiles


def resized(most: int, seconds: float) -> int:
    """Steps of the next launch, if ``most`` took so long: towards `LAUNCH_SECONDS`, at most by a factor of 8."""
    factor = LAUNCH_SECONDS / max(seconds, 1e-9)
    return max(FIRST_LAUNCH, min(MOST_STEPS, int(most * min(8.0, max(0.125, factor)))))


def interpreted() -> bool:
    """Whether Triton interprets kernels (TRITON_INTERPRET=1): slowly, on the CPU, to test them."""
    return os.environ.get("TRITON_INTERPRET", "").lower() in ("1", "true", "on", "y", "yes")


def launcher(problem: Problem, state: State, tiles: Tiling | None = None) -> Callable[[int, int], None]:
    """A function of ``until`` and ``most`` that launches the kernel on the state, in place; see `arguments`."""
    from refutable.strategies.engine.cuda.kernel import train_steps

    given = arguments(problem, state, tiles)

    def launch(until: int, most: int) -> None:
        with torch.cuda.device_of(state.w1):  # type: ignore[no-untyped-call]
            train_steps[(len(state.b2),)](**given, until=until, most=most)

    return launch


def arguments(problem: Problem, state: State, tiles: Tiling | None = None) -> dict[str, Any]:
    """Everything the kernel is launched with, but how far to go: tensors, numbers, constants, options of Triton.

    The layout is by default that of `tiling`.

    Raises:
        ValueError: a tensor of the state is not contiguous.
    """
    tiles = tiles or tiling(*_shape(problem, state), least_inner())
    arrays = _arrays(problem, state, tiles)
    wanted = {"MOMENTUM": problem.momentum > 0, "DELAY": problem.delay > 0, "STOCHASTIC": problem.stochastic}
    registers = 255 if any(wanted.values()) else tiles.registers
    options = {"num_warps": tiles.warps, "num_stages": 1, "enable_fp_fusion": True, "maxnreg": registers}
    return {**arrays, **_numbers(problem, state, arrays["x"], arrays["y"]), **tiles.constants, **wanted, **options}


def _shape(problem: Problem, state: State) -> tuple[int, int, int]:
    """d, k and n."""
    return state.w1.shape[2], state.w1.shape[1], problem.samples


def _arrays(problem: Problem, state: State, tiles: Tiling) -> dict[str, Tensor]:
    """The kernel's tensors; where there is no velocity or no history, the parameters stand in and are not touched."""
    groups = {"": state.networks, "v_": state.velocity or state.networks, "h_": state.history or state.networks}
    found = {prefix + name: part for prefix, group in groups.items() for name, part in group._asdict().items()}
    if not all(part.is_contiguous() for part in found.values()):
        raise ValueError("the parameters of a state must be contiguous tensors; call .contiguous() on each")
    width = tiles.BLOCKS * tiles.TILE
    x = problem.x.new_zeros(len(problem.x), tiles.DATA, width)
    x[:, : problem.samples, : problem.x.shape[2]] = problem.x
    y = problem.y.new_zeros(len(problem.y), tiles.DATA)
    y[:, : problem.samples] = problem.y
    rest = {"step_size": problem.step_size, "steps": state.steps, "largest": state.largest_loss}
    return {**found, "x": x, "y": y, **rest, "streams": problem.streams}


def _numbers(problem: Problem, state: State, x: Tensor, y: Tensor) -> dict[str, int | float]:
    return {
        "x_stride": x[0].numel() if len(x) > 1 else 0,
        "y_stride": y[0].numel() if len(y) > 1 else 0,
        "n": problem.samples,
        "k": state.w1.shape[1],
        "d": state.w1.shape[2],
        "delay": problem.delay,
        "momentum": problem.momentum,
        "batch_size": problem.batch_size or problem.samples,
        "seed_low": problem.seed & 0xFFFFFFFF,
        "seed_high": problem.seed >> 32,
        "zero": 0,
    }
