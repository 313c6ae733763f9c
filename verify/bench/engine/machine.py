"""The machine a measurement was made on, in words and numbers."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import torch

from refutable.strategies.engine.torch_batched import cores

PACKAGES = ("triton", "numpy", "scipy", "python-flint", "curvlinops-for-pytorch", "PyHessian", "hessian-eigenthings")


def described(device: str) -> dict[str, Any]:
    """Processor, cores, instructions, compiler, versions, the load before the run, and the GPU where one is used."""
    return {
        "processor": processor(),
        "architecture": platform.machine(),
        "cores": cores(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "system": platform.system(),
        "compiler": compiler(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "packages": {name: version for name in PACKAGES if (version := _version(name)) is not None},
        "load": load(),
        "gpu": torch.cuda.get_device_name() if device == "cuda" else None,
    }


def processor() -> str:
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def compiler() -> str | None:
    """The first line of what the C compiler says of itself; None where there is none."""
    asked = shlex.split(os.environ.get("CC", "")) or [name for name in ("cc", "gcc", "clang") if shutil.which(name)][:1]
    if not asked:
        return None
    try:
        said = subprocess.run([*asked, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.splitlines()[0].strip() if said else None


def load() -> float | None:
    """Processes that wanted a core, on average over the last minute; None where nobody counts them."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None


def fma_peak(seconds: float = 0.01) -> float | None:
    """Measured floating-point operations per second of one core; None without the native kernel."""
    from refutable.strategies.engine.native import binding, compiler

    try:
        return binding.fma_peak(seconds)
    except compiler.CannotCompile:
        return None


def gpu_peak(size: int = 4096) -> float:
    """Measured float64 operations per second of a matrix product on the GPU: the best of five."""
    matrix, best = torch.randn(size, size, dtype=torch.float64, device="cuda"), 0.0
    for _ in range(5):
        torch.cuda.synchronize()
        begun = time.perf_counter()
        matrix @ matrix
        torch.cuda.synchronize()
        best = max(best, 2 * size**3 / (time.perf_counter() - begun))
    return best


def line(machine: dict[str, Any]) -> str:
    """One line for people."""
    parts = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['instructions']}",
        f"torch {machine['torch']}",
    ]
    parts += [machine["compiler"] or "no C compiler", f"load {machine['load']}"]
    return "; ".join(parts + ([machine["gpu"]] if machine["gpu"] else []))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
