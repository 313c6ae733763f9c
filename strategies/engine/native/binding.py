"""The compiled library, and the layout of what is handed to it (`job` in kernels.c)."""

from __future__ import annotations

import ctypes
import os
import time
from functools import cache

import torch
from torch import Tensor

from refutable.strategies.engine.native.compiler import CannotCompile, loaded
from refutable.strategies.engine.problem import Problem, State
from refutable.strategies.training.closed_form import Networks

SWITCHED_OFF = "it is switched off by REFUTABLE_NATIVE=0"
"""Why there is none where nobody wants one."""


class Arrays(ctypes.Structure):
    """Addresses of w1, b1, w2, b2; all null where there are none."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("w1", "b1", "w2", "b2")]


class Job(ctypes.Structure):
    """What threads work on together, and how they are stopped."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("networks", "neurons", "inputs", "samples", "batch", "delay", "until")),
        *((name, ctypes.c_int64) for name in ("x_stride", "y_stride")),
        ("seed", ctypes.c_uint64),
        ("momentum", ctypes.c_double),
        *((name, ctypes.c_void_p) for name in ("x", "y", "step_size", "streams", "steps", "largest_loss")),
        *((name, Arrays) for name in ("now", "velocity", "history")),
        *((name, ctypes.c_int64) for name in ("next", "taken")),
        *((name, ctypes.c_int32) for name in ("stop", "failed")),
    ]


def why_not() -> str | None:
    """Why there is no native kernel here, in words; None if there is one (compiled now, if nobody has)."""
    found = _found()
    return found if isinstance(found, str) else None


def library() -> ctypes.CDLL:
    """The native kernel.

    Raises:
        CannotCompile: there is none; see `why_not`.
    """
    found = _found()
    if isinstance(found, str):
        raise CannotCompile(found)
    return found


def job(problem: Problem, state: State, until: int) -> Job:
    """The job of training all networks; it holds addresses only, so keep the tensors alive."""
    networks, neurons, inputs = state.w1.shape
    return Job(
        networks=networks,
        neurons=neurons,
        inputs=inputs,
        samples=problem.samples,
        batch=problem.batch_size if problem.stochastic else 0,
        delay=problem.delay,
        until=until,
        x_stride=problem.samples * inputs if len(problem.x) > 1 else 0,
        y_stride=problem.samples if len(problem.y) > 1 else 0,
        seed=problem.seed,
        momentum=problem.momentum,
        x=problem.x.data_ptr(),
        y=problem.y.data_ptr(),
        step_size=problem.step_size.data_ptr(),
        streams=problem.streams.data_ptr(),
        steps=state.steps.data_ptr(),
        largest_loss=state.largest_loss.data_ptr(),
        now=_arrays(state.networks),
        velocity=_arrays(state.velocity),
        history=_arrays(state.history),
    )


def gradient_kernels(networks: Networks, x: Tensor) -> Tensor | None:
    """The gradient kernels of networks, as `closed_form.gradient_kernel` computes them, on one core.

    Args:
        networks: parameters of B networks.
        x: inputs ``[B, n, d]``, or ``[1, n, d]`` for all.

    Returns:
        ``[B, n, n]``; None where there is no native kernel, or the tensors are not contiguous float64 on the CPU, or
        ask for derivatives.
    """
    tensors = {"x": x, **networks._asdict()}
    differentiable = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors.values())
    if differentiable or unfit(tensors, frozenset()) or why_not():
        return None
    count, k, d = networks.w1.shape
    samples = x.shape[1]
    out = torch.empty(count, samples, samples, dtype=torch.float64)
    stride = samples * d if len(x) > 1 else 0
    addresses = (networks.w1, networks.b1, networks.w2, x)
    done = library().refutable_gradient_kernels(
        count, k, d, samples, *(tensor.data_ptr() for tensor in addresses), stride, out.data_ptr()
    )
    return out if done else None


def fma_peak(seconds: float = 0.05) -> float:
    """Floating-point operations per second of one core on multiply-adds in registers, with the widest instructions.

    Args:
        seconds: about how long one of five measurements may take; the best counts.

    Raises:
        CannotCompile: there is no native kernel here.
    """
    run = library().refutable_fma_work
    sink, rounds, best = ctypes.c_double(), 1000, 0.0
    measured = 0
    while measured < 5:
        begun = time.perf_counter()
        work = run(rounds, ctypes.byref(sink))
        spent = time.perf_counter() - begun
        if spent < seconds:
            rounds *= 2
            continue
        best, measured = max(best, work / spent), measured + 1
    return best


def _arrays(networks: Networks | None) -> Arrays:
    return Arrays() if networks is None else Arrays(*(part.data_ptr() for part in networks))


def _found() -> ctypes.CDLL | str:
    """The library, or why there is none; looked for anew when the environment asks for something else."""
    names = ("REFUTABLE_NATIVE", "REFUTABLE_ISA", "CC", "REFUTABLE_CACHE")
    return _find(*(os.environ.get(name, "") for name in names))


@cache
def _find(switch: str, isa: str, compiler: str, folder: str) -> ctypes.CDLL | str:
    if switch == "0":
        return SWITCHED_OFF
    try:
        return _described(loaded())
    except (CannotCompile, AttributeError, OSError) as error:
        return str(error)


def _described(found: ctypes.CDLL) -> ctypes.CDLL:
    found.refutable_advance.argtypes = [ctypes.POINTER(Job)]
    found.refutable_advance.restype = None
    found.refutable_fma_work.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_double)]
    found.refutable_fma_work.restype = ctypes.c_double
    found.refutable_gradient_kernels.argtypes = [*[ctypes.c_int64] * 4, *[ctypes.c_void_p] * 4, ctypes.c_int64,
                                                 ctypes.c_void_p]  # fmt: skip
    found.refutable_gradient_kernels.restype = ctypes.c_int32
    found.refutable_job_bytes.restype = ctypes.c_int64
    if found.refutable_job_bytes() != ctypes.sizeof(Job):
        raise CannotCompile("the compiled kernel expects another layout of its arguments")
    return found


def unfit(tensors: dict[str, Tensor], whole: frozenset[str]) -> str | None:
    """What is wrong with tensors for a kernel that sees their addresses only; ``whole`` names those of int64."""
    for name, tensor in tensors.items():
        kind = torch.int64 if name in whole else torch.float64
        if tensor.device.type != "cpu":
            return f"{name} is on {tensor.device}, and this kernel is for the CPU"
        if tensor.dtype != kind or not tensor.is_contiguous():
            return f"{name} must be contiguous {kind}, and is {tensor.dtype}"
    return None
