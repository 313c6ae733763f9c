"""The native kernel is compiled once, kept safely, and its absence is said in words."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from refutable.strategies.engine.native import NATIVE, compiler
from refutable.strategies.engine.problem import Control
from refutable.strategies.engine.torch_batched import TorchBackend
from refutable.strategies.engine.train import choose
from tests.engine.drawn_problems import drawn, needs_native, same


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with a library."""
    folder = tmp_path_factory.mktemp("compiled") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REFUTABLE_CACHE", str(folder))
        patch.setenv("REFUTABLE_ISA", "portable")
        assert_works()
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and a temporary folder of its own."""
    monkeypatch.setenv("REFUTABLE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REFUTABLE_ISA", "portable")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / "cache"


def reason() -> str:
    return NATIVE.missing(*drawn(1, 2, 3, 4)) or ""


def library(folder: Path) -> Path:
    (found,) = folder.rglob("kernels-*.so")
    return found


def assert_works() -> None:
    problem, state = drawn(2, 2, 3, 4)
    wanted = same(state)
    assert NATIVE.missing(problem, state) is None
    NATIVE.advance(problem, state, 9, Control())
    TorchBackend().advance(problem, wanted, 9, Control())
    torch.testing.assert_close(state.w1, wanted.w1, rtol=1e-13, atol=1e-13)


def test_a_missing_compiler_is_named(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/nonexistent/cc -O2")
    assert "CC='/nonexistent/cc -O2' is not there" in reason()
    assert not cache.exists()


@pytest.mark.parametrize("asked", ["'gcc", "gcc -v '", 'gcc "-O2'])
def test_a_compiler_that_is_no_command_is_named(asked: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", asked)
    assert f"CC={asked!r} cannot be read as a command (No closing quotation)" in reason()
    assert choose("auto", *drawn(1, 2, 3, 4)).name == "torch"


@needs_native
@pytest.mark.parametrize("blank", ["", " ", "\t \n"])
def test_a_blank_compiler_is_none_asked_for(blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    usual = compiler._compiler()
    monkeypatch.setenv("CC", blank)
    assert compiler._compiler() == usual
    assert reason() == ""


def test_a_compiler_that_writes_nothing_is_named(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "true")
    assert "'true' ended well, but wrote no library" in reason()
    assert list(cache.rglob("*kernels*")) == []


def test_a_compiler_whose_name_is_no_text_is_quoted(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / os.fsdecode(b"failing\xff")
    failing.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "fatal error: out of ink" >&2\nexit 1\n')
    failing.chmod(0o700)
    monkeypatch.setenv("CC", str(failing))
    assert "failed: fatal error: out of ink" in reason()


def test_no_compiler_on_the_path(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(cache))
    assert "there is no C compiler" in reason()


def test_a_failing_compiler_is_quoted(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = tmp_path / "failing"
    failing.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "fatal error: out of ink" >&2\nexit 1\n')
    failing.chmod(0o700)
    monkeypatch.setenv("CC", str(failing))
    assert "failed: fatal error: out of ink" in reason()
    assert list(cache.rglob("*kernels*")) == []


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFUTABLE_NATIVE", "0")
    assert "REFUTABLE_NATIVE=0" in reason()


def test_unknown_instructions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFUTABLE_ISA", "avx1024")
    assert "REFUTABLE_ISA='avx1024' is not one of" in reason()


@needs_native
def test_it_is_kept_for_the_user_alone(compiled: Path) -> None:
    path = library(compiled)
    for kept in (path, path.parent):
        assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {p.suffix for p in path.parent.iterdir()} == {".so", ".sha256"}


@needs_native
def test_a_kept_library_is_used_again(compiled: Path, cache: Path) -> None:
    shutil.copytree(compiled, cache)
    before = library(cache).stat()
    assert_works()
    after = library(cache).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


@needs_native
@pytest.mark.parametrize("damage", ["cut", "empty", "nonsense", "writable", "link", "no checksum"])
def test_a_library_not_to_be_believed_is_compiled_again(damage: str, compiled: Path, cache: Path) -> None:
    shutil.copytree(compiled, cache)
    path = library(cache)
    content = path.read_bytes()
    spoil(path, damage)
    assert_works()
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.lstat().st_mode) == 0o700


def spoil(path: Path, damage: str) -> None:
    content = path.read_bytes()
    changed = {"cut": content[: len(content) // 2], "empty": b"", "nonsense": b"x" * len(content)}
    if damage in changed:
        path.write_bytes(changed[damage])
    elif damage == "writable":
        path.chmod(0o777)
    elif damage == "link":
        path.rename(path.with_suffix(".elsewhere"))
        path.symlink_to(path.with_suffix(".elsewhere"))
    else:
        path.with_suffix(".sha256").unlink()


PROGRAM = """
import os, sys
from refutable.strategies.engine.native.binding import why_not

def begun() -> int:
    child = os.fork()
    if child == 0:
        reason = why_not()
        print(reason or "there", file=sys.stderr, flush=True)
        os._exit(reason is not None)
    return child

children = [begun(), begun()]
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""
"""Processes that share the import of torch, so that they compile at the same moment."""


@needs_native
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_processes_that_start_together_do_not_disturb_each_other(cache: Path) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    call = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    done = subprocess.run(call, env=environment, stderr=subprocess.PIPE, text=True, timeout=240, check=False)
    assert (done.returncode, done.stderr.split()) == (0, ["there", "there"])
    assert {p.suffix for p in library(cache).parent.iterdir()} == {".so", ".sha256"}


@needs_native
def test_a_folder_that_others_may_write_to_is_not_used(cache: Path, tmp_path: Path) -> None:
    (cache / "native").mkdir(parents=True)
    (cache / "native").chmod(0o777)
    assert_works()
    assert list(cache.rglob("*.so")) == []
    assert library(tmp_path).parent.name.startswith("refutable-native-")


@needs_native
def test_a_cache_that_cannot_be_made_gives_way_to_a_temporary_folder(cache: Path, tmp_path: Path) -> None:
    cache.write_text("a file where a folder should be")
    assert_works()
    assert library(tmp_path).parent.name.startswith("refutable-native-")


@needs_native
def test_nowhere_to_write_is_said(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(cache / "temporary"))
    assert "can be neither kept in nor loaded from" in reason()


def test_another_compiler_has_a_library_of_its_own() -> None:
    keys = {compiler._key(about) for about in (("cc", "12"), ("cc", "13"), ("clang", "12"))}
    assert len(keys) == 3


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the C sources, which is compiled in their place."""
    folder = tmp_path / "sources"
    shutil.copytree(compiler.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiler, "FOLDER", folder)
    monkeypatch.setattr(compiler, "SOURCE", folder / "kernels.c")
    return folder


@pytest.mark.parametrize("name", ["kernels.c", "lanes.h", "line.h", "plane.h", "desk.h", "batches.h", "gram.h"])
def test_a_changed_source_is_compiled_anew(name: str, sources: Path) -> None:
    before = compiler._key(("cc",))
    assert compiler._key(("cc",)) == before
    with (sources / name).open("a") as source:
        source.write("/* changed */")
    assert compiler._key(("cc",)) != before


def test_another_processor_has_a_library_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = set()
    for capability in ("AVX512", "AVX2", "DEFAULT"):
        monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda found=capability: found)
        keys.add(compiler._key(("cc",)))
    assert len(keys) == 3


@needs_native
@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no owners here")
def test_what_somebody_else_owns_is_neither_loaded_nor_written_to(
    compiled: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(compiled, cache)
    path = library(cache)
    assert compiler._believed(path)
    somebody_else = os.getuid() + 1
    monkeypatch.setattr("os.getuid", lambda: somebody_else)
    assert not compiler._believed(path)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        compiler._own_folder(path.parent)
    assert "belongs to somebody else" in reason()
