"""Where the statements about circular-convolutional networks come from."""

from __future__ import annotations

from refutable.theorems.records import Source

FOURIER_SOURCE = Source(
    "Yun, Krishnan, Mobahi, ICLR 2021",
    "linear full-length convolutional networks (number uncertain)",
    link="https://arxiv.org/abs/2010.02501",
    note="recalled, not read; re-derived, with the convention of the layers stated. The convention with 1/sqrt(d) is "
    "that of Gunasekar, Lee, Soudry, Srebro, NeurIPS 2018 (https://arxiv.org/abs/1806.00468), recalled too",
)
SINGLE_DATUM_SOURCE = Source(
    "Yun, Krishnan, Mobahi, ICLR 2021",
    "two-layer convolutional networks on one datum, filters of one and of two entries (number uncertain)",
    link="https://arxiv.org/abs/2010.02501",
    note="recalled, not read; re-derived through the singular value decomposition of (x, x_left)",
)
