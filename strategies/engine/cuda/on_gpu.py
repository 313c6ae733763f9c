"""Everything there is to find out on a machine with an NVIDIA GPU, in one call: is training right there, and how fast.

    python -m refutable.strategies.engine.cuda.on_gpu [--out DIR] [--seconds 400]      (make bench-gpu)

Needs torch and numpy, and Triton for the kernel. Writes ``gpu.json`` and ``gpu.md`` after each part, so that a call cut
short leaves what it found. Exit status 0 if every check passed, 1 if one failed, 2 where there is no GPU.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.engine.cuda import gpu_speed
from refutable.strategies.engine.cuda.backend import TritonBackend
from refutable.strategies.engine.cuda.gpu_checks import Check, checks, dense_sharpness
from refutable.strategies.engine.cuda.gpu_speed import COUNTS, MOST, SIZES, Rate, Size
from refutable.strategies.engine.cuda.gpu_tables import document
from refutable.strategies.engine.cuda.graphs import GraphBackend
from refutable.strategies.engine.cuda.versions import unfit
from refutable.strategies.engine.problem import Backend
from refutable.strategies.engine.torch_batched import TorchBackend, cores
from refutable.strategies.training.closed_form import Networks

Sharpness = Callable[[Networks, Tensor], Tensor]


@dataclass
class Findings:
    """What has been found so far.

    Attributes:
        machine: names and versions.
        checks: of correctness.
        peak: measured floating-point operations per second of a large product of doubles.
        rates: of training.
        sharpness: seconds per network, by size.
        minima: relabelled minima per second.
        layouts: rates of the kernel with other numbers of warps; ratios are to the layout that is used.
        left_out: parts for which there was no time, or that broke off, with the reason.
        seconds: that it all took.
    """

    machine: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    peak: float = float("nan")
    rates: list[Rate] = field(default_factory=list)
    sharpness: list[dict[str, Any]] = field(default_factory=list)
    minima: list[dict[str, Any]] = field(default_factory=list)
    layouts: list[Rate] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> list[Check]:
        """Checks that did not pass."""
        return [check for check in self.checks if not check.passed]

    def document(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {"format": "refutable-gpu/1", **asdict(self)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, measure, write, print."""
    asked = _parser().parse_args(arguments)
    if not torch.cuda.is_available() or torch.version.cuda is None:
        print(f"no NVIDIA GPU: torch {torch.__version__} sees none on this machine", file=sys.stderr)
        return 2
    found = Findings()
    begun = time.perf_counter()
    for part in parts(found, "cuda", lambda: asked.seconds - (time.perf_counter() - begun)):
        found.seconds = round(time.perf_counter() - begun, 1)
        print(f"[{found.seconds:6.1f} s] {part}", flush=True)
        written(found, asked.out)
    print("\n" + document(found.document()))
    print(f"written: {asked.out}/gpu.json, {asked.out}/gpu.md")
    return 1 if found.failed else 0


def parts(found: Findings, device: str, left: Callable[[], float]) -> Iterator[str]:
    """Find out one thing after another, the most important first; yields a line about each.

    Args:
        found: what is found is put here.
        device: ``cuda``; ``cpu`` in tests.
        left: seconds that are left; sizes are left out once there are none.
    """
    found.machine = machine()
    yield ", ".join(f"{name} {value}" for name, value in found.machine.items())
    sharpness, whose = _sharpness()
    found.machine["sharpness"] = whose
    yield from _checked(found, device, sharpness)
    yield from _broken(found, "peak", lambda: _peak(found, device))
    jobs = [(f"relabelled minima by {name}", _minima_job(found, sharpness, device, name))
            for name in (["triton"] if _kernel(device) else []) + ["torch"]]  # fmt: skip
    jobs = [*_training_jobs(found, device), *jobs, *_sharpness_jobs(found, sharpness, device)]
    jobs += _layout_jobs(found, device) if _kernel(device) else []
    for name, job in jobs:
        if left() <= 0:
            found.left_out.append(f"{name}: no time left")
            yield f"left out, no time: {name}"
            continue
        yield from _broken(found, name, job)
        gc.collect()
        torch.cuda.empty_cache()


def _kernel(device: str) -> bool:
    return device == "cuda" and unfit() is None


def _checked(found: Findings, device: str, sharpness: Sharpness) -> Iterator[str]:
    """The checks, of the kernel first."""
    backends: list[Backend] = [TorchBackend()]
    if device == "cuda":
        backends.append(GraphBackend())
    if _kernel(device):
        backends.insert(0, TritonBackend())
    elif device == "cuda":
        found.checks.append(Check("triton is there", False, str(unfit())))
    for check in checks(device, backends, sharpness):
        found.checks.append(check)
        if not check.passed or len(found.checks) % 20 == 0:
            yield f"{'FAILED ' if not check.passed else ''}check {len(found.checks)}: {check.name}: {check.figure}"
    yield f"{len(found.checks)} checks, {len(found.failed)} failed"


def _broken(found: Findings, name: str, job: Callable[[], str]) -> Iterator[str]:
    """Do it; what breaks is noted, so that the rest is still measured."""
    try:
        yield f"{name}: {job()}"
    except Exception as error:
        found.left_out.append(f"{name}: {type(error).__name__}: {error}")
        yield f"BROKE {found.left_out[-1]}"


def _peak(found: Findings, device: str) -> str:
    found.peak = gpu_speed.peak_of(device, 8192 if device == "cuda" else 256)
    return f"{found.peak:.3g} FLOP/s"


def _training_jobs(found: Findings, device: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """One network by plain PyTorch at each size, then all contestants at each size and number."""
    for size in SIZES:
        yield f"plain PyTorch at {size}", _plain_job(found, size, device)
    for size in SIZES:
        for count in (*COUNTS, MOST) if size is SIZES[0] else COUNTS:
            yield f"training at {size}, {count} networks", _rates_job(found, size, count, device)


def _plain_job(found: Findings, size: Size, device: str) -> Callable[[], str]:
    def job() -> str:
        (rate,) = gpu_speed.rates({"plain PyTorch": gpu_speed.plain(size, device)}, size, 1, device, found.peak)
        found.rates.append(rate)
        return f"{rate.rate:.3g} network-steps/s"

    return job


def _rates_job(found: Findings, size: Size, count: int, device: str) -> Callable[[], str]:
    def job() -> str:
        new = gpu_speed.rates(gpu_speed.contestants(size, count, device), size, count, device, found.peak)
        found.rates.extend(new)
        return ", ".join(f"{one.name} {one.rate:.3g}" for one in new)

    return job


def _minima_job(found: Findings, sharpness: Sharpness, device: str, backend: str) -> Callable[[], str]:
    def job() -> str:
        counts = COUNTS[1:] if device == "cuda" else COUNTS[:1]
        new = [gpu_speed.minima(sharpness, SIZES[0], count, 1000, device, backend) for count in counts]
        found.minima.extend(new)
        return ", ".join(f"{one['per_second']:.3g} per second ({one['count']} at a time)" for one in new)

    return job


def _sharpness_jobs(found: Findings, sharpness: Sharpness, device: str) -> Iterator[tuple[str, Callable[[], str]]]:
    for size in SIZES:

        def job(size: Size = size) -> str:
            seconds = gpu_speed.sharpness_seconds(sharpness, size, COUNTS[1 if device == "cuda" else 0], device)
            found.sharpness.append({"size": str(size), "seconds": seconds})
            return f"{seconds * 1e6:.3g} us per network"

        yield f"sharpness at {size}", job


def _layout_jobs(found: Findings, device: str) -> Iterator[tuple[str, Callable[[], str]]]:
    for size in SIZES:

        def job(size: Size = size) -> str:
            steps = gpu_speed.layout_steps(size, COUNTS[-1], device)
            new = gpu_speed.rates(steps, size, COUNTS[-1], device, found.peak)
            found.layouts.extend(new)
            best = max(new, key=lambda one: one.rate)
            return f"fastest is {best.name}, {best.ratio:.2f} times the one used"

        yield f"layouts at {size}", job


def _sharpness() -> tuple[Sharpness, str]:
    """The evaluation's sharpness; where what it needs is not installed, all eigenvalues of the gradient kernel."""
    try:
        from refutable.strategies.engine.evaluation import sharpness
    except ModuleNotFoundError as error:
        return dense_sharpness, f"by all eigenvalues ({error.name} is not installed)"
    return sharpness, "by the evaluation"


def machine() -> dict[str, str]:
    """Names and versions of what it runs on."""
    found = {"python": platform.python_version(), "torch": torch.__version__, "triton": "none",
             "cuda": str(torch.version.cuda), "cores": str(cores())}  # fmt: skip
    with suppress(importlib.metadata.PackageNotFoundError):
        found["triton"] = importlib.metadata.version("triton")
    if torch.cuda.is_available():
        about = torch.cuda.get_device_properties(0)
        found = {"GPU": f"{about.name}, {about.multi_processor_count} multiprocessors", "driver": _driver(), **found}
    return found


def _driver() -> str:
    call = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        return subprocess.run(call, capture_output=True, text=True, check=True, timeout=20).stdout.splitlines()[0]
    except (OSError, subprocess.SubprocessError, IndexError):
        return "unknown"


def written(found: Findings, folder: Path) -> None:
    """Write what has been found so far."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gpu.json").write_text(json.dumps(found.document(), indent=1) + "\n", encoding="utf-8")
    (folder / "gpu.md").write_text(document(found.document()), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m refutable.strategies.engine.cuda.on_gpu",
        description="Check training on this machine's NVIDIA GPU and measure it.",
    )
    home = Path(os.environ.get("OUT") or "build-gpu")
    parser.add_argument("--out", type=Path, default=home, help="folder of the report; by default $OUT or build-gpu")
    parser.add_argument("--seconds", type=float, default=400.0, help="no size is begun after these")
    return parser


if __name__ == "__main__":
    sys.exit(main())
