"""What the compiler makes of the kernel, without a GPU: registers, spills, shared memory, instructions.

    python -m refutable.strategies.engine.cuda.compile_report [--json] [--rules] [--shape D,K,N ...] [--capability 90]

Compiles for an NVIDIA GPU of that compute capability with the assembler in Triton's wheel, in exactly the variants that
`TritonBackend` would launch. Exit status 1 if one of them spills registers or does not fit in shared memory. A few
spills are known and bearable: of (128, 64, 128) under SGD, momentum and delay (before Triton 3.8 under plain descent
too), and outside the step loop of (10, 64, 64) with momentum; there more warps avoid them, for a quarter more
instructions.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

SHAPES = ((1, 16, 16), (1, 64, 32), (10, 64, 64), (128, 64, 128))
"""(d, k, n); the last is (784, 64, 128) in the row space of its data."""
RULES: dict[str, dict[str, Any]] = {
    "descent": {},
    "sgd": {"batch_size": 8},
    "momentum": {"momentum": 0.9},
    "delay": {"delay": 4},
}
SHARED = 227 * 1024
"""Bytes of shared memory that one program may use on a GPU of compute capability 9.0."""


@dataclass(frozen=True)
class Report:
    """One compiled variant.

    Attributes:
        rule: key of `RULES`.
        d: inputs; k: neurons; n: data.
        warps: of 32 threads, for one network.
        registers: of a thread.
        stack: bytes of local memory of a thread.
        spills: instructions that move registers to local memory or back.
        spills_in_loop: those inside the step loop.
        shared: bytes of shared memory of a program.
        instructions: of the kernel.
        loop: of the step loop, times the warps: issue slots of a network step.
        tensor: fp64 tensor-core instructions (DMMA) in the step loop.
    """

    rule: str
    d: int
    k: int
    n: int
    warps: int
    registers: int
    stack: int
    spills: int
    spills_in_loop: int
    shared: int
    instructions: int
    loop: int
    tensor: int

    @property
    def sound(self) -> bool:
        """No spills, and it fits."""
        return self.stack == 0 and self.spills == 0 and self.shared <= SHARED


def compiled(d: int, k: int, n: int, rule: str = "descent", capability: int = 90) -> tuple[Any, int]:
    """The kernel as it would be launched for that shape and rule, and its warps.

    Raises:
        ModuleNotFoundError: Triton is not installed.
    """
    # Triton 3.9 asks for it in words otherwise, although the launch says it too.
    os.environ.setdefault("TRITON_DEFAULT_FP_FUSION", "1")
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource, make_backend
    from triton.runtime.jit import create_function_from_signature

    from refutable.strategies.engine.cuda.backend import arguments
    from refutable.strategies.engine.cuda.kernel import train_steps

    target = GPUTarget("cuda", capability, 32)
    backend = make_backend(target)
    given = arguments(*_problem(d, k, n, rule))
    bind = create_function_from_signature(train_steps.signature, train_steps.params, backend)
    bound, special, extra = bind(**given, until=10**6, most=1000)
    options, signature, constants, attributes = train_steps._pack_args(backend, extra, bound, special, None)
    source = ASTSource(train_steps, signature, constants, attributes)
    return triton.compile(source, target=target, options=options.__dict__), given["num_warps"]


def _problem(d: int, k: int, n: int, rule: str) -> tuple[Any, Any]:
    """A problem of that shape, and its state."""
    from refutable.strategies.engine.train import prepared
    from refutable.strategies.training.closed_form import Networks

    asked = {"batch_size": None, "delay": 0, "momentum": 0.0, **RULES[rule]}
    if asked["batch_size"] is not None:
        asked["batch_size"] = min(asked["batch_size"], n)
    zeros = torch.zeros(2, k, dtype=torch.float64)
    networks = Networks(zeros.new_zeros(2, k, d), zeros, zeros, zeros[:, 0])
    data = (zeros.new_zeros(2, n, d), zeros.new_zeros(2, n))
    return prepared(networks, data, 0.1, **asked, seed=0, streams=None, device="cpu")  # type: ignore[arg-type]


def report(d: int, k: int, n: int, rule: str = "descent", capability: int = 90) -> Report:
    """Compile one variant and measure it."""
    kernel, warps = compiled(d, k, n, rule, capability)
    usage, assembly = _dumped(kernel.asm["cubin"])
    found = re.search(r"REG:(\d+) STACK:(\d+)", usage)
    if found is None:
        raise RuntimeError(f"cuobjdump printed no resource usage: {usage[:200]!r}")
    registers, stack = int(found[1]), int(found[2])
    all_codes, loop_codes = opcodes(assembly)
    return Report(
        rule, d, k, n, warps, registers, stack, _spills(all_codes), _spills(loop_codes), int(kernel.metadata.shared),
        all_codes.total(), loop_codes.total() * warps, loop_codes["DMMA"],
    )  # fmt: skip


def _spills(codes: Counter[str]) -> int:
    return codes["LDL"] + codes["STL"]


def opcodes(assembly: str) -> tuple[Counter[str], Counter[str]]:
    """Instructions in a listing of nvdisasm by their first word: all of them, and those of the longest loop."""
    codes: list[str] = []
    labels: dict[str, int] = {}
    loop = (0, 0)
    for line in assembly.splitlines():
        if label := re.match(r"(\.L_x_\d+):", line):
            labels[label[1]] = len(codes)
        elif instruction := re.match(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:@\S+\s+)?([A-Z0-9]+)(.*)", line):
            codes.append(instruction[1])
            jump = re.search(r"`\((\.L_x_\d+)\)", instruction[2]) if instruction[1] == "BRA" else None
            begin = labels.get(jump[1]) if jump else None
            # The kernel ends in a jump to itself, a loop of one.
            if begin is not None and len(codes) - begin > loop[1] - loop[0]:
                loop = (begin, len(codes))
    return Counter(codes), Counter(codes[slice(*loop)])


def _dumped(cubin: bytes) -> tuple[str, str]:
    """Resource usage and assembly of a compiled kernel, by the tools in Triton's wheel."""
    import triton

    tools = Path(triton.__file__).parent / "backends" / "nvidia" / "bin"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kernel.cubin"
        file.write_bytes(cubin)
        calls: tuple[list[str | Path], ...] = (
            [tools / "cuobjdump", "--dump-resource-usage", file],
            [tools / "nvdisasm", "-c", file],
        )
        usage, assembly = (subprocess.run(c, capture_output=True, text=True, check=True).stdout for c in calls)
    return usage, assembly


COLUMNS = ("rule", "d", "k", "n", "warps", "registers", "stack", "spills", "spills_in_loop", "shared", "instructions",
           "loop", "tensor")  # fmt: skip


def table(reports: Sequence[Report]) -> str:
    """A Markdown table."""
    head = [name.replace("_", " ") for name in COLUMNS]
    rows = [[str(getattr(one, name)) for name in COLUMNS] for one in reports]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; 1 if a variant spills or does not fit, 2 if there is no Triton."""
    asked = _parser().parse_args(arguments)
    shapes = asked.shape or SHAPES
    rules = list(RULES) if asked.rules else ["descent"]
    try:
        reports = [report(d, k, n, rule, asked.capability) for rule in rules for d, k, n in shapes]
    except ModuleNotFoundError as error:
        print(f"{error}; install Triton with: pip install 'refutable[cuda]'", file=sys.stderr)
        return 2
    if asked.json:
        print(json.dumps({"capability": asked.capability, "shapes": [asdict(r) | {"sound": r.sound} for r in reports]}))
    else:
        print(table(reports))
        for bad in (one for one in reports if not one.sound):
            print(f"spills or does not fit: {bad.rule} at (d, k, n) = {bad.d, bad.k, bad.n}")
    return 0 if all(one.sound for one in reports) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m refutable.strategies.engine.cuda.compile_report",
        description="Registers, spills, shared memory and instructions of the CUDA kernel, compiled without a GPU.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--rules", action="store_true", help="SGD, momentum and delay too")
    parser.add_argument("--shape", action="append", type=_shape, metavar="D,K,N", help="instead of the usual four")
    parser.add_argument("--capability", type=int, default=90, help="compute capability of the GPU, times ten")
    return parser


def _shape(text: str) -> tuple[int, int, int]:
    try:
        d, k, n = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not three whole numbers D,K,N") from None
    if min(d, k, n) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: d, k and n must be at least 1")
    return d, k, n


if __name__ == "__main__":
    sys.exit(main())
