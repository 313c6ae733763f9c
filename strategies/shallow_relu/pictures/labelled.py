"""Images of two classes, labelled -1 and +1: scikit-learn's digits, or a folder with the files of MNIST."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from refutable.strategies.training.idx_files import read_images

Array = NDArray[np.float64]
CLASSES = range(10)


class DataError(ValueError):
    """Data that cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class Labelled:
    """Data with labels.

    Attributes:
        x: inputs [n, d]; pixels from 0 to 1.
        y: labels [n].
        origin: what they are, for people: ``Digits 0 and 1 of scikit-learn, 128 images of 8 x 8``.
    """

    x: Array
    y: Array
    origin: str


def digits(classes: tuple[int, int], samples: int, seed: int) -> Labelled:
    """Images of two of scikit-learn's digits, drawn without replacement; nothing is downloaded.

    Raises:
        DataError: scikit-learn is absent, or there are not so many images.
    """
    try:
        from sklearn import datasets
    except ImportError:
        raise DataError("the digits come with scikit-learn: pip install 'refutable[data]'") from None
    images, shown = datasets.load_digits(return_X_y=True)
    return _two_classes(images / 16.0, shown, classes, (samples, seed), ("Digits", "scikit-learn", "8 x 8"))


def mnist(folder: Path, classes: tuple[int, int], samples: int, seed: int) -> Labelled:
    """Images of two digits of MNIST, from the files in a folder.

    Raises:
        IdxError: no such folder, or files that are not those of MNIST.
        DataError: there are not so many images.
    """
    images = read_images(folder)
    height, width = images.pixels.shape[1:]
    rows = np.flatnonzero(np.isin(images.labels, classes))
    # Only what is drawn becomes float64: the training images are 47 MB of bytes.
    kept = images.pixels[rows].reshape(len(rows), height * width)
    source = ("Digits", f"MNIST ({images.part} images)", f"{height} x {width}")
    return _two_classes(kept, images.labels[rows], classes, (samples, seed), source, scale=255.0)


def _two_classes(
    images: NDArray[Any],
    shown: NDArray[Any],
    classes: tuple[int, int],
    draw: tuple[int, int],
    source: tuple[str, str, str],
    scale: float = 1.0,
) -> Labelled:
    """So many images [n, d], as even as may be: the classes alternate."""
    (low, high), (samples, seed), (what, where, size) = classes, draw, source
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    wanted = {low: samples - samples // 2, high: samples // 2}
    chosen = []
    for one in classes:
        rows = np.flatnonzero(shown == one)
        if len(rows) < wanted[one]:
            raise DataError(
                f"{where} has {len(rows)} images of class {one}, but {wanted[one]} are asked for; "
                "take fewer samples or other classes"
            )
        chosen.append(rng.permutation(rows)[: wanted[one]])
    order = np.concatenate(chosen)
    y = np.repeat([-1.0, 1.0], [len(part) for part in chosen])
    x = np.asarray(images[order], np.float64) / scale
    return Labelled(x, y, f"{what} {low} and {high} of {where}, {samples} images of {size}")
