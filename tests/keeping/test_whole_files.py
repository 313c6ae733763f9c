"""A file is there whole or not at all: full disks, read-only folders, limits of the system."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from refutable.verify.keeping.whole_files import KeepError, remove_stale_partials, write_whole

TEXT = "0123456789" * 500


def full(*arguments: Any, **more: Any) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_after_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes 100 bytes at most, then no more."""
    real = os.write
    taken: list[int] = []

    def write(handle: int, data: Any) -> int:
        if taken:
            full()
        taken.append(real(handle, data[:100]))
        return taken[0]

    monkeypatch.setattr(os, "write", write)


BREAK: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "in the middle": full_after_a_part,
    "at the start": lambda patch: patch.setattr(os, "open", full),
    "on syncing": lambda patch: patch.setattr(os, "fsync", full),
    "on renaming": lambda patch: patch.setattr(os, "replace", full),
}


@pytest.mark.parametrize("moment", BREAK)
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    kept = tmp_path / "kept.json"
    write_whole(kept, "before")
    with monkeypatch.context() as patch:
        BREAK[moment](patch)
        for name in ("kept.json", "new.json"):
            with pytest.raises(KeepError, match=r"is not kept: No space left on device; nothing was half-written"):
                write_whole(tmp_path / name, TEXT)
    assert [(f.name, f.read_text()) for f in tmp_path.iterdir()] == [("kept.json", "before")]
    write_whole(kept, TEXT)
    assert kept.read_text() == TEXT


def test_the_error_keeps_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError) as caught:
        write_whole(tmp_path / "new.json", TEXT)
    assert caught.value.errno == errno.ENOSPC


def test_writes_in_many_parts_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:7]))
    write_whole(tmp_path / "new.json", TEXT)
    assert (tmp_path / "new.json").read_text() == TEXT


def test_the_same_text_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "new.json", TEXT)
    monkeypatch.setattr(os, "write", full)
    write_whole(tmp_path / "new.json", TEXT)


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "corpus").write_text("")
    with pytest.raises(KeepError, match="corpus"):
        write_whole(tmp_path / "corpus" / "new.json", TEXT)


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_real_limit_of_the_system(tmp_path: Path, start: Any) -> None:
    child = start(
        """
import resource
corpus.add(made(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    corpus.add(made(2))
except OSError as problem:
    print(type(problem).__name__, problem)
""",
        tmp_path,
    )
    out, err = child.communicate(timeout=60)
    assert err == ""
    assert out.startswith("KeepError")
    assert "File too large; nothing was half-written" in out
    [kept] = (tmp_path / "witnesses").iterdir()
    assert kept.stat().st_size > 1000


def test_old_partial_files_are_removed_and_young_ones_left(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".a.json.1.partial", ".b.json.2.partial", "c.json"))
    for file in (old, young, other):
        file.write_text("{")
    hours_ago = time.time() - 2 * 3600
    os.utime(old, (hours_ago, hours_ago))
    os.utime(other, (hours_ago, hours_ago))
    remove_stale_partials(tmp_path)
    assert sorted(f.name for f in tmp_path.iterdir()) == [young.name, other.name]
