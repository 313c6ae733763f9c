"""Reading MNIST's files: what is right is read to the last byte, what is wrong is refused in one line."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from refutable.strategies.training import idx_files
from refutable.strategies.training.idx_files import IdxError, read_idx, read_images

Pair = tuple[np.ndarray, np.ndarray]
HEAD = bytes([0, 0, 8, 1, 0, 0, 0, 3])


def test_images_and_labels_come_back(folder: Path, images: Pair) -> None:
    found = read_images(folder)
    np.testing.assert_array_equal(found.pixels, images[0])
    np.testing.assert_array_equal(found.labels, images[1])
    assert found.part == "t10k"


def test_unpacked_training_images_come_first(folder: Path) -> None:
    one = bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 250])
    (folder / "train-images.idx3-ubyte").write_bytes(one)
    (folder / "train-labels.idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 1, 9]))
    found = read_images(folder)
    assert (found.part, found.pixels.tolist(), found.labels.tolist()) == ("train", [[[7, 250]]], [9])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an IDX file"),
        (HEAD[:6], "not an IDX file"),
        (b"\x89PNG" + HEAD, "not an IDX file"),
        (bytes([0, 0, 13]) + HEAD[3:] + b"abc", "not an IDX file"),
        (bytes([0, 0, 8, 3]) + HEAD[4:] + b"abc", "not an IDX file"),
        (HEAD + b"ab", "cut short: 2 bytes of numbers where 3"),
        (HEAD + b"abcd", "too long: 4 bytes"),
        (HEAD[:4] + b"\xff\xff\xff\xff", "where 4,294,967,295 are announced"),
        (gzip.compress(HEAD + b"abc" * 99, mtime=0)[:-9], "cannot be read"),
        (gzip.compress(HEAD + b"abc", mtime=0)[:10] + b"\xff" * 40, "cannot be read"),
    ],
)
def test_what_is_no_whole_idx_file_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(IdxError, match=said) as refusal:
        read_idx(path, 1)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_unpacks_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idx_files, "LARGEST", 1 << 20)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(HEAD[:4] + (1 << 24).to_bytes(4, "big") + bytes(1 << 24)))
    assert path.stat().st_size < 1 << 16
    with pytest.raises(IdxError, match="more than 1 MiB"):
        read_idx(path, 1)


def test_a_folder_must_be_there_and_whole(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(IdxError, match="no such folder"):
        read_images(tmp_path / "nowhere")
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(IdxError, match="no MNIST files; it needs train-images"):
        read_images(folder)


def test_labels_of_other_images_are_refused(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(HEAD + b"abc")
    with pytest.raises(IdxError, match="3 labels for the 12 images"):
        read_images(folder)
