"""Whether the backends of a GPU take the same steps as the batched closed form on the CPU, and behave when stopped.

Every check is a function of a device and backends, so that the CPU can stand in for the GPU where these are tested.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.engine.problem import Backend, Control, Problem, State
from refutable.strategies.engine.torch_batched import TorchBackend
from refutable.strategies.engine.train import Data, prepared, train
from refutable.strategies.training.closed_form import Networks, gradient_kernel

Shape = tuple[int, int, int]
Sharpness = Callable[[Networks, Tensor], Tensor]

TOLERANCE = 1e-13
"""Largest difference after `STEPS` steps, relative where a parameter is more than 1."""
STEPS = 50
NETWORKS = 5
"""In each check; every one has a step size of its own."""
MAIN: tuple[Shape, ...] = ((1, 16, 16), (1, 64, 32), (10, 64, 64), (128, 64, 128))
ODD: tuple[Shape, ...] = ((1, 1, 1), (2, 65, 40), (3, 5, 7), (8, 8, 8), (19, 9, 12), (1, 3, 70))
"""(d, k, n): on both sides of every threshold of the layout."""
RULES: dict[str, dict[str, Any]] = {
    "descent": {},
    "sgd": {"batch_size": 3, "seed": 2**40 + 3},
    "momentum": {"momentum": 0.7},
    "delay": {"delay": 3},
    "everything": {"batch_size": 2, "seed": 5, "delay": 2, "momentum": 0.5},
}


@dataclass(frozen=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: what, in words.
        passed: whether it is so.
        figure: the largest difference, or what was seen instead.
    """

    name: str
    passed: bool
    figure: str


def checks(
    device: str,
    backends: Sequence[Backend],
    sharpness: Sharpness,
    shapes: Sequence[Shape] = MAIN + ODD,
    endless: int = 10**9,
) -> Iterator[Check]:
    """All checks, one by one; one that raises is one that failed.

    Args:
        device: where the backends train.
        backends: those to check; the CUDA graph may refuse rules that it does not know, others nothing.
        sharpness: of networks on inputs, on that device.
        shapes: (d, k, n).
        endless: steps that no backend takes in a second.
    """
    for name, job in _jobs(device, backends, sharpness, shapes, endless):
        try:
            yield from job()
        except Exception as error:
            yield Check(name, False, f"{type(error).__name__}: {' '.join(str(error).split())[-300:]}")


def _jobs(
    device: str, backends: Sequence[Backend], sharpness: Sharpness, shapes: Sequence[Shape], endless: int
) -> Iterator[tuple[str, Callable[[], Iterable[Check]]]]:
    """What to check, each with a name in case it breaks off."""
    for shape in shapes:
        for rule in RULES:
            for one in backends:
                yield f"{one.name}: {rule} at (d, k, n) = {shape}", partial(steps_agree, device, one, shape, rule)
    for one in backends:
        yield f"{one.name}: resumption", partial(resumption, device, one)
        yield f"{one.name}: divergence", partial(divergence, device, one)
        yield f"{one.name}: stopping", partial(stopping, device, one, endless)
    yield "Ctrl-C", partial(ctrl_c, device, backends[0].name, endless)
    for shape in shapes:
        yield f"sharpness at (d, k, n) = {shape}", partial(sharpness_agrees, device, sharpness, shape)


def drawn(shape: Shape, count: int = NETWORKS) -> tuple[Networks, Data, Tensor]:
    """Random networks, data of their own, and step sizes from 0.1/sharpness to 0.3/sharpness; on the CPU."""
    d, k, n = shape
    draw = torch.Generator().manual_seed(10**6 * d + 1000 * k + n)

    def normal(*sizes: int) -> Tensor:
        return torch.randn(count, *sizes, generator=draw, dtype=torch.float64)

    networks = Networks(normal(k, d) / d**0.5, normal(k), normal(k) / k**0.5, normal())
    data = Data(normal(n, d), normal(n))
    shares = torch.linspace(0.1, 0.3, count, dtype=torch.float64)
    return networks, data, shares / dense_sharpness(networks, data.x)


def dense_sharpness(networks: Networks, x: Tensor) -> Tensor:
    """The sharpness by all eigenvalues of the gradient kernel, ``[B]``."""
    values: Tensor = torch.linalg.eigvalsh(gradient_kernel(networks, x))
    return values[:, -1]


def problem_of(shape: Shape, rule: str, device: str, count: int = NETWORKS) -> tuple[Problem, State]:
    """A checked problem of that shape and rule on that device, and where it begins."""
    networks, data, eta = drawn(shape, count)
    asked = {"batch_size": None, "delay": 0, "momentum": 0.0, "seed": 0, **RULES[rule]}
    if asked["batch_size"] is not None:
        asked["batch_size"] = min(asked["batch_size"], shape[2])
    # Where training is unstable, rounding would grow within `STEPS` steps.
    eta = eta * (1 - asked["momentum"]) / (1 + asked["delay"])
    return prepared(networks, data, eta, **asked, streams=None, device=device)


def distance(left: Networks, right: Networks) -> float:
    """Largest difference of a parameter, relative where it is more than 1; infinite where one is not finite."""
    worst = 0.0
    for a, b in zip(left, right, strict=True):
        gap = float(((a.cpu() - b.cpu()).abs() / b.cpu().abs().clamp_min(1)).max())
        worst = max(worst, gap if gap == gap else float("inf"))
    return worst


def steps_agree(device: str, backend: Backend, shape: Shape, rule: str) -> Iterator[Check]:
    """`STEPS` steps as the CPU takes them; nothing where the backend says that it cannot do it and may say so."""
    name = f"{backend.name}: {STEPS} steps of {rule} at (d, k, n) = {shape}"
    problem, state = problem_of(shape, rule, device)
    reason = backend.missing(problem, state)
    if reason is not None:
        if backend.name != "cuda-graph":
            yield Check(name, False, f"refused: {reason}")
        return
    backend.advance(problem, state, STEPS, Control())
    home, expected = problem_of(shape, rule, "cpu")
    begun = Networks(*(part.clone() for part in expected.networks))
    TorchBackend().advance(home, expected, STEPS, Control())
    gap = max(distance(state.networks, expected.networks), _losses_apart(state, expected))
    whole = bool((state.steps == STEPS).all())
    moved = distance(begun, expected.networks) > 1e-4
    yield Check(name, whole and moved and gap <= TOLERANCE, f"{gap:.1e}" if whole and moved else "did not move")


def _losses_apart(state: State, expected: State) -> float:
    gap = float(((state.largest_loss.cpu() - expected.largest_loss) / expected.largest_loss).abs().max())
    return gap if gap == gap else float("inf")


def resumption(device: str, backend: Backend) -> Iterator[Check]:
    """Two runs are one run, and networks may stand at different steps."""
    rule = "descent" if backend.name == "cuda-graph" else "everything"
    problem, state = problem_of((3, 5, 7), rule, device)
    backend.advance(problem, state, 17, Control())
    backend.advance(problem, state, STEPS, Control())
    _, once = problem_of((3, 5, 7), rule, device)
    backend.advance(problem, once, STEPS, Control())
    gap = distance(state.networks, once.networks)
    yield Check(f"{backend.name}: goes on from where it stopped ({rule})", gap == 0, f"{gap:.1e}")
    if backend.name == "cuda-graph":
        return
    _, apart = problem_of((3, 5, 7), rule, device)
    _, early = problem_of((3, 5, 7), rule, device)
    backend.advance(problem, apart, 9, Control())
    backend.advance(problem, early, 4, Control())
    for kept, found in zip(_tensors(apart), _tensors(early), strict=True):
        kept[1] = found[1]
    backend.advance(problem, apart, STEPS, Control())
    gap = distance(apart.networks, once.networks)
    yield Check(f"{backend.name}: goes on from networks at different steps", gap <= TOLERANCE, f"{gap:.1e}")


def _tensors(state: State) -> list[Tensor]:
    groups = (state.networks, state.velocity or (), state.history or ())
    return [part for group in groups for part in group] + [state.steps, state.largest_loss]


def divergence(device: str, backend: Backend) -> Iterator[Check]:
    """A network that overflows says so, and harms nobody."""
    networks, data, eta = drawn((1, 16, 16), 3)
    asked: dict[str, Any] = {"batch_size": None, "delay": 0, "momentum": 0.0, "seed": 0, "streams": None}
    eta[1] = 1e6
    problem, state = prepared(networks, data, eta, **asked, device=device)
    backend.advance(problem, state, 200, Control())
    _, calm = prepared(networks, data, eta, **asked, device="cpu")
    home, _ = prepared(networks, data, eta, **asked, device="cpu")
    TorchBackend().advance(home, calm, 200, Control())
    told = state.finite.tolist() == [True, False, True]
    told = told and torch.isfinite(state.largest_loss).tolist() == [True, False, True]
    rest = [Networks(*(part.cpu()[[0, 2]] for part in one.networks)) for one in (state, calm)]
    gap = distance(*rest)
    # Four times as many steps as elsewhere.
    passed = told and gap <= 100 * TOLERANCE
    figure = f"{gap:.1e}" if told else f"finite: {state.finite.tolist()}"
    yield Check(f"{backend.name}: one of three networks diverges", passed, figure)


def stopping(device: str, backend: Backend, endless: int) -> Iterator[Check]:
    """`Control.stop` ends training early, after a number of steps that can be taken again."""
    name = f"{backend.name}: stops when told"
    problem, state = problem_of((1, 16, 16), "descent", device)
    control = Control()
    timer = threading.Timer(0.3, control.stop.set)
    timer.start()
    backend.advance(problem, state, endless, control)
    timer.cancel()
    steps = int(state.steps.max())
    if not 0 < steps < endless:
        yield Check(name, False, f"stopped after {state.steps.tolist()} steps")
        return
    _, again = problem_of((1, 16, 16), "descent", device)
    backend.advance(problem, again, steps, Control())
    farthest = state.steps == steps
    gap = distance(*(Networks(*(part[farthest] for part in one.networks)) for one in (state, again)))
    # The same arithmetic, though in other portions.
    yield Check(name, gap <= TOLERANCE, f"{gap:.1e} after {steps} steps")


def ctrl_c(device: str, backend: str, endless: int) -> Iterator[Check]:
    """Ctrl-C ends `train` and leaves what was done."""
    networks, data, eta = drawn((1, 16, 16))
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        run = train(networks, data, eta, endless, backend=backend, device=device)
    except KeyboardInterrupt:
        yield Check(f"{backend}: Ctrl-C", False, "raised KeyboardInterrupt")
        return
    finally:
        timer.cancel()
    steps = run.state.steps.tolist()
    passed = run.interrupted and min(steps) > 0 and max(steps) < endless and bool(run.finite.all())
    yield Check(f"{backend}: Ctrl-C keeps what was done", passed, f"after {steps[0]} steps")


def sharpness_agrees(device: str, sharpness: Sharpness, shape: Shape) -> Iterator[Check]:
    """The sharpness as LAPACK computes it on the CPU."""
    networks, data, _ = drawn(shape)
    found = sharpness(Networks(*(part.to(device) for part in networks)), data.x.to(device)).cpu()
    expected = dense_sharpness(networks, data.x)
    gap = float((found / expected - 1).abs().max())
    yield Check(f"sharpness at (d, k, n) = {shape}", gap <= 1e-12, f"{gap:.1e}")
