"""IDX files made by hand."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from refutable.verify.commands import picture


def idx(array: np.ndarray) -> bytes:
    """The bytes of an IDX file, written as the format's description says."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


@pytest.fixture
def images() -> tuple[np.ndarray, np.ndarray]:
    """Twelve images of 3 x 2, six of class 3 and six of class 5."""
    rng = np.random.default_rng(5)
    labels = np.array([3, 5] * 6)
    bright = np.where(labels == 3, 40, 200)[:, None, None]
    return bright + rng.integers(-40, 40, (12, 3, 2)), labels


@pytest.fixture
def folder(tmp_path: Path, images: tuple[np.ndarray, np.ndarray]) -> Path:
    """A folder as MNIST is distributed: gzipped test images with their labels."""
    pixels, labels = images
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(pixels)))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    return tmp_path


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`refutable picture` in process: exit code, output, errors."""
    import argparse

    def ask(*words: object) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser(prog="refutable")
        picture.add(parser.add_subparsers())
        try:
            arguments = parser.parse_args(["picture", *map(str, words)])
            code = int(arguments.run(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return ask
