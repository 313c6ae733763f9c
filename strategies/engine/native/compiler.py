"""C source to a shared library in the user's cache folder, compiled once for each source, compiler and processor."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from refutable.strategies.training.cache import cache_folder

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "kernels.c"
TIME_LIMIT = 120.0
"""Seconds for one run of the compiler."""

FLAGS = ("-O3", "-std=gnu11", "-fPIC", "-shared", "-ffp-contract=fast", "-fno-math-errno")
INSTRUCTION_SETS = {
    "avx512": ("-DREFUTABLE_AVX512", "-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mtune=native"),
    "avx2": ("-DREFUTABLE_AVX2", "-mavx2", "-mfma", "-mtune=native"),
    "portable": (),
}
"""Compiler flags of each set of vector instructions, the widest first."""


class CannotCompile(Exception):
    """There is no library; the message says why, in one sentence for a person."""


def instruction_sets() -> list[str]:
    """Those that this processor has, the widest first."""
    found = {"AVX512": 0, "AVX2": 1}.get(torch.backends.cpu.get_cpu_capability(), 2)
    return list(INSTRUCTION_SETS)[found:]


def asked_instruction_sets() -> list[str]:
    """Those to try, in order: all that are here, or ``$REFUTABLE_ISA`` alone.

    Raises:
        CannotCompile: the variable asks for what is not there.
    """
    here = instruction_sets()
    asked = os.environ.get("REFUTABLE_ISA")
    if not asked:
        return here
    if asked not in here:
        raise CannotCompile(f"REFUTABLE_ISA={asked!r} is not one of {', '.join(here)}, which this processor has")
    return [asked]


def loaded() -> ctypes.CDLL:
    """The library for the widest instructions that the compiler knows, compiled now if nobody has done so.

    Raises:
        CannotCompile: no compiler, or it fails, or there is nowhere to write or to load from.
    """
    compiler = _compiler()
    about = _run([*compiler, "--version"])
    problem = ""
    for isa in asked_instruction_sets():
        flags = (*FLAGS, *INSTRUCTION_SETS[isa])
        try:
            return _from_some_folder(compiler, flags, f"kernels-{isa}-{_key((*compiler, about, *flags))}.so")
        except CannotCompile as error:
            problem = problem or str(error)
    raise CannotCompile(problem)


def _from_some_folder(compiler: Sequence[str], flags: Sequence[str], name: str) -> ctypes.CDLL:
    problem = ""
    for folder in (cache_folder() / "native", Path(tempfile.gettempdir()) / f"refutable-native-{_user()}"):
        try:
            _own_folder(folder)
            path = folder / name
            if not _believed(path):
                _compile(compiler, flags, path)
            return ctypes.CDLL(str(path))
        except OSError as error:
            problem = f"the compiled kernel can be neither kept in nor loaded from {folder} ({error})"
    raise CannotCompile(problem)


def _compiler() -> list[str]:
    """The command ``$CC``, or the first compiler found where it is blank."""
    asked = os.environ.get("CC", "").strip()
    if asked:
        command = _words(asked)
        if shutil.which(command[0]) is None:
            raise CannotCompile(f"the C compiler CC={asked!r} is not there")
        return command
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name) is not None:
            return [name]
    raise CannotCompile("there is no C compiler (cc, gcc or clang) on the PATH")


def _words(asked: str) -> list[str]:
    """The words of ``$CC``, which is not blank."""
    try:
        return shlex.split(asked)
    except ValueError as error:
        raise CannotCompile(f"the C compiler CC={asked!r} cannot be read as a command ({error})") from None


def _key(about: Sequence[str]) -> str:
    """Digest of all that the library depends on; machines of different kinds may share a home directory."""
    total = hashlib.sha256()
    for path in sorted([SOURCE, *FOLDER.glob("*.h")]):
        total.update(path.read_bytes())
    total.update(os.fsencode("\n".join((*about, sys.platform, platform.machine(), *instruction_sets()))))
    return total.hexdigest()[:24]


def _compile(compiler: Sequence[str], flags: Sequence[str], path: Path) -> None:
    """Compile elsewhere and move the library into its place, so that nobody ever sees half of one."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="compiling-") as folder:
        new = Path(folder) / path.name
        _run([*compiler, *flags, str(SOURCE), "-o", str(new)])
        if not new.exists():
            raise CannotCompile(f"the C compiler {compiler[0]!r} ended well, but wrote no library")
        new.chmod(0o700)
        _checksum_path(new).write_text(_checksum(new), encoding="ascii")
        os.replace(new, path)
        os.replace(_checksum_path(new), _checksum_path(path))


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotCompile(f"the C compiler {command[0]!r} did not run ({error})") from None
    if done.returncode != 0:
        said = done.stderr.splitlines()
        first = next((line for line in said if "error" in line), said[0] if said else "without a word")
        raise CannotCompile(f"the C compiler {command[0]!r} failed: {first[:200]}")
    return done.stdout


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _own_folder(folder: Path) -> None:
    """Make the folder; refuse one where somebody else could put a library."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _ours(folder.lstat(), stat.S_ISDIR):
        raise PermissionError("the folder belongs to somebody else, or others may write to it")


def _believed(path: Path) -> bool:
    """Whether the library is there, whole, and nobody else can have written it: loading it runs it."""
    checksum = _checksum_path(path)
    try:
        ours = all(_ours(file.lstat(), stat.S_ISREG) for file in (path, checksum))
        return ours and checksum.read_text(encoding="ascii", errors="replace") == _checksum(path)
    except FileNotFoundError:
        return False


def _checksum_path(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _ours(status: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Whether it is a file (or a folder) of ours that only we may write to."""
    if not hasattr(os, "getuid"):
        return kind(status.st_mode)
    return kind(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWOTH | stat.S_IWGRP)
