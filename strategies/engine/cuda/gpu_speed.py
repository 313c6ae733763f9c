"""How fast each way of training is on a GPU: medians of interleaved repeats, in network-steps per second.

The device is an argument: on the CPU the same code runs with the backends that are there, to be tested.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from refutable.strategies.engine.cuda.backend import TritonBackend, launcher
from refutable.strategies.engine.cuda.graphs import UNROLLED, _captured, _Steps
from refutable.strategies.engine.cuda.shapes import Tiling, tiling
from refutable.strategies.engine.cuda.versions import least_inner
from refutable.strategies.engine.native import NATIVE
from refutable.strategies.engine.problem import Control, Problem, State
from refutable.strategies.engine.torch_batched import TorchBackend, cores
from refutable.strategies.engine.train import Data, prepared, train
from refutable.strategies.training.closed_form import Networks, forward, gradient_kernel

REPEATS = 5
SECONDS = 0.12
"""About how long one timed piece takes."""
MOST_ON_CPU = 1024
"""Networks given to the CPU's kernel, whose speed does not depend on how many more there are."""
ENDLESS = 2**40

Step = Callable[[int], int]
"""Takes about so many steps and returns how many network-steps those were."""


@dataclass(frozen=True)
class Size:
    """Networks to be timed: d inputs, k neurons, n data; ``plain`` inputs where d is the reduced number of them."""

    d: int
    k: int
    n: int
    plain: int

    @property
    def flops(self) -> int:
        """Nominal floating-point operations of a network-step: two products forward, two back."""
        return 4 * self.n * self.k * (self.d + 1) + 4 * self.n * self.k

    def __str__(self) -> str:
        whole = f"({self.plain}, {self.k}, {self.n})"
        return whole if self.plain == self.d else f"{whole} in {self.d} dimensions"


SIZES = (Size(1, 16, 16, 1), Size(1, 64, 32, 1), Size(10, 64, 64, 10), Size(128, 64, 128, 784))
COUNTS = (64, 1024, 16384)
MOST = 131072
"""Networks of the smallest size."""


@dataclass(frozen=True)
class Rate:
    """One contestant at one size.

    Attributes:
        size: as printed; count: networks; name: of the contestant.
        rate: network-steps per second, the median.
        ratio: to the CUDA graph (to the first contestant where there is none), the median over the rounds.
        peak: share of the measured peak of products of doubles.
        spread: slowest round over fastest, in seconds.
    """

    size: str
    count: int
    name: str
    rate: float
    ratio: float
    peak: float
    spread: float


def networks_of(size: Size, count: int, device: str, seed: int = 0) -> tuple[Networks, Data, Tensor]:
    """Random networks, data of their own, and step sizes far below 2/sharpness, drawn on the device."""
    draw = torch.Generator(device).manual_seed(seed)

    def normal(*sizes: int) -> Tensor:
        return torch.randn(count, *sizes, generator=draw, dtype=torch.float64, device=device)

    d, k, n = size.d, size.k, size.n
    networks = Networks(normal(k, d) / d**0.5, normal(k), normal(k) / k**0.5, normal())
    data = Data(normal(n, d), normal(n))
    # The trace bounds the sharpness.
    sample = Networks(*(part[:64] for part in networks))
    trace = gradient_kernel(sample, data.x[:64]).diagonal(dim1=-2, dim2=-1).sum(-1).max()
    return networks, data, (0.5 / trace).expand(count)


def contestants(size: Size, count: int, device: str) -> dict[str, Step]:
    """The ways to train that can do it here, each ready to take steps of networks of its own."""
    found: dict[str, Step] = {}
    networks, data, eta = networks_of(size, count, device)
    for name, made in (("triton", _triton), ("cuda-graph", _graph), ("torch", _torch)):
        step = made(*_problem(networks, data, eta))
        if step is not None:
            found[name] = step
    few = min(count, MOST_ON_CPU)
    native = _native(*_problem(Networks(*(p[:few].cpu() for p in networks)), Data(*(p[:few].cpu() for p in data)),
                               eta[:few].cpu()))  # fmt: skip
    if native is not None:
        found["native, CPU"] = native
    return found


def layouts(size: Size) -> dict[str, Tiling]:
    """The kernel's layout first, and that with other numbers of warps and of registers."""
    own = tiling(size.d, size.k, size.n, least_inner())
    found = {"as chosen": own}
    for warps in (1, 2, 4, 8):
        for registers in (128, 168, 255):
            other = replace(own, warps=warps, registers=registers)
            # Preactivations and weights, in two registers each, are kept by all threads together.
            fits = 2 * size.k * (size.n + size.d) <= warps * 32 * registers
            if other != own and fits and warps * 8 <= own.NEURONS:
                found[f"{warps} warps, {registers} registers"] = other
    return found


def layout_steps(size: Size, count: int, device: str) -> dict[str, Step]:
    """The kernel in all `layouts`; empty where it cannot run."""
    networks, data, eta = networks_of(size, count, device)
    steps = {name: _triton(*_problem(networks, data, eta), tiles) for name, tiles in layouts(size).items()}
    return {name: step for name, step in steps.items() if step is not None}


def _problem(networks: Networks, data: Data, eta: Tensor) -> tuple[Problem, State]:
    return prepared(networks, data, eta, None, 0, 0.0, 0, None, None)


def _triton(problem: Problem, state: State, tiles: Tiling | None = None) -> Step | None:
    if problem.x.device.type != "cuda" or TritonBackend().missing(problem, state) is not None:
        return None
    launch = launcher(problem, state, tiles)

    def step(steps: int) -> int:
        launch(ENDLESS, steps)
        return steps * len(state.b2)

    return step


def _graph(problem: Problem, state: State) -> Step | None:
    if problem.x.device.type != "cuda":
        return None
    graph = _captured(_Steps(problem, state))

    def step(steps: int) -> int:
        replays = -(-steps // UNROLLED)
        for _ in range(replays):
            graph.replay()
        return replays * UNROLLED * len(state.b2)

    return step


def _torch(problem: Problem, state: State) -> Step:
    def step(steps: int) -> int:
        TorchBackend().advance(problem, state, int(state.steps[0]) + steps, Control())
        return steps * len(state.b2)

    return step


def _native(problem: Problem, state: State) -> Step | None:
    if NATIVE.missing(problem, state) is not None:
        return None

    def step(steps: int) -> int:
        NATIVE.advance(problem, state, int(state.steps[0]) + steps, Control(threads=cores()))
        return steps * len(state.b2)

    return step


def plain(size: Size, device: str) -> Step:
    """One network as a module of PyTorch, automatic differentiation and torch's own SGD, in the inputs' dimension."""
    torch.manual_seed(0)
    layers = (nn.Linear(size.plain, size.k), nn.ReLU(), nn.Linear(size.k, 1))
    module = nn.Sequential(*layers).to(device, torch.float64)
    x = torch.randn(size.n, size.plain, device=device, dtype=torch.float64)
    y = torch.randn(size.n, 1, device=device, dtype=torch.float64)
    descent = torch.optim.SGD(module.parameters(), lr=1e-3)

    def step(steps: int) -> int:
        for _ in range(steps):
            descent.zero_grad()
            (((module(x) - y) ** 2).mean() / 2).backward()
            descent.step()
        return steps

    return step


def rates(steps: Mapping[str, Step], size: Size, count: int, device: str, peak: float) -> list[Rate]:
    """Time them, in turns."""
    amounts = {name: _amount(step, device) for name, step in steps.items()}
    rounds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(REPEATS):
        for name, step in steps.items():
            seconds, done = timed(partial(step, amounts[name]), device)
            rounds[name].append(done / seconds)
    base = rounds["cuda-graph" if "cuda-graph" in rounds else next(iter(rounds))]
    return [
        Rate(
            str(size), count, name, statistics.median(found),
            statistics.median(one / other for one, other in zip(found, base, strict=True)),
            statistics.median(found) * size.flops / peak, max(found) / min(found),
        )
        for name, found in rounds.items()
    ]  # fmt: skip


def _amount(step: Step, device: str) -> int:
    """Steps that take about `SECONDS`. The first ones compile and warm up."""
    step(2)
    steps = 20
    while True:
        seconds, _ = timed(partial(step, steps), device)
        if seconds > SECONDS / 5 or steps >= 10**7:
            return max(1, int(steps * SECONDS / seconds))
        steps *= 4


def timed(work: Callable[[], int], device: str) -> tuple[float, int]:
    """Seconds until the device has done it, and what it returned."""
    synchronize(device)
    begun = time.perf_counter()
    done = work()
    synchronize(device)
    return time.perf_counter() - begun, done


def synchronize(device: str) -> None:
    """Wait for the device."""
    if device == "cuda":
        torch.cuda.synchronize()


def peak_of(device: str, size: int = 8192) -> float:
    """Floating-point operations per second of a large product of doubles, the median."""
    a, b = (torch.randn(size, size, dtype=torch.float64, device=device) for _ in range(2))
    found = []
    for _ in range(REPEATS + 1):
        seconds, _ = timed(lambda: len(a @ b), device)
        found.append(2 * size**3 / seconds)
    return statistics.median(found[1:])


def sharpness_seconds(sharpness: Callable[[Networks, Tensor], Tensor], size: Size, count: int, device: str) -> float:
    """Seconds of the sharpness of one network among ``count``, the median."""
    networks, data, _ = networks_of(size, count, device)
    found = [timed(lambda: len(sharpness(networks, data.x)), device)[0] for _ in range(REPEATS + 1)]
    return statistics.median(found[1:]) / count


def minima(
    sharpness: Callable[[Networks, Tensor], Tensor], size: Size, count: int, steps: int, device: str, backend: str
) -> dict[str, Any]:
    """Relabelled minima: initial networks, some steps, y := f(x), the sharpness; all on the device.

    Stable are those whose sharpness is at most 2/step size, in floating point.
    """

    def once(seed: int) -> int:
        networks, data, eta = networks_of(size, count, device, seed)
        run = train(networks, data, eta, steps, backend=backend, reduce=False)
        sharp = sharpness(run.networks, data.x)
        labels = forward(run.networks, data.x)
        return int((run.finite & torch.isfinite(labels).all(-1) & (sharp * eta <= 2)).sum())

    once(0)
    pairs = [timed(partial(once, seed), device) for seed in (1, 2, 3)]
    return {
        "size": str(size), "count": count, "steps": steps, "backend": backend, "stable": pairs[-1][1],
        "per_second": statistics.median(done / seconds for seconds, done in pairs),
    }  # fmt: skip
