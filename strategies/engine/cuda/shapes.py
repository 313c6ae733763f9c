"""How a shape of network is laid out on the GPU: sizes rounded up to powers of two, warps, tiles."""

from __future__ import annotations

from dataclasses import asdict, dataclass

DOT = 3
"""Inputs from which the tensor cores multiply; below, each input is one multiplication by broadcasting. In the compiled
code the tensor cores need fewer instructions from 3 inputs on, although they round the inputs up to 4 or 8."""
MOST_DATA = 128
"""Data of one network, rounded up: a thread keeps something of each."""
MOST_PREACTIVATIONS = 128 * 64
"""Data times neurons, both rounded up: more do not stay in the registers of one program."""
MOST_WEIGHTS = 128 * 64
"""Inputs times neurons, both rounded up."""
MOST_INPUTS = 128 * 128
"""Data times inputs, both rounded up: more do not stay in shared memory."""


@dataclass(frozen=True)
class Tiling:
    """The compile-time constants of the kernel.

    Attributes:
        DATA: n, rounded up to a power of two.
        NEURONS: k, rounded up to a power of two.
        BLOCKS: parts into which the inputs of a neuron are cut: tiles, or single inputs.
        TILE: inputs in a part; 1 where d < `DOT`.
        LANES: neurons beside each other in a warp (used where TILE is 1): the other lanes take other data.
        KEEP: whether inputs and labels stay in registers; else in shared memory and the cache.
        warps: of 32 threads, for one network.
        registers: that a thread may use in plain gradient descent; all 255 under the other rules.
    """

    DATA: int
    NEURONS: int
    BLOCKS: int
    TILE: int
    LANES: int
    KEEP: bool
    warps: int
    registers: int

    @property
    def constants(self) -> dict[str, int | bool]:
        """The kernel's arguments."""
        return {name: value for name, value in asdict(self).items() if name.isupper()}


def tiling(d: int, k: int, n: int, inner: int = 4) -> Tiling:
    """The layout of networks of k neurons with d inputs on n data.

    The sizes of warps and tiles are those whose compiled code needs the fewest instructions without spilling registers
    inside the step loop, as `compile_report` shows.

    Args:
        d: inputs; k: neurons; n: data.
        inner: the smallest inner dimension of a product on the tensor cores, 4 or 16; see `versions`.
    """
    data, neurons, inputs = _padded(d, k, n, inner)
    old = inner > 8
    if d < DOT:
        # The compilers that need 16 also need more registers for these sums.
        warps = _warps(data * neurons, 1024 if old else 2048)
        # One warp with half of the registers leaves room for twice as many networks at once.
        return Tiling(data, neurons, d, 1, 8, data * d <= 256, warps, 128 if warps == 1 and data <= 32 else 255)
    tile = 8 if inputs * data > 8192 and not old else min(16, inputs)
    # Each warp has its own neurons, at least 8, and all data.
    warps = min(neurons // 8, _warps((data + inputs) * neurons, 1408))
    return Tiling(data, neurons, inputs // tile, tile, 8, inputs * data <= 1024, warps, 255)


def refusal(d: int, k: int, n: int, inner: int = 4) -> str | None:
    """Why networks of this shape do not fit; None if they do."""
    data, neurons, inputs = _padded(d, k, n, inner)
    for size, most, words in (
        (data, MOST_DATA, "data"),
        (data * neurons, MOST_PREACTIVATIONS, "data times neurons"),
        (inputs * neurons, MOST_WEIGHTS, "inputs times neurons"),
        (data * inputs, MOST_INPUTS, "data times inputs"),
    ):
        if size > most:
            return f"{words}, rounded up to powers of two, are {size}; at most {most} fit on the chip"
    return None


def _padded(d: int, k: int, n: int, inner: int) -> tuple[int, int, int]:
    """Data, neurons and inputs as they are laid out. Data and inputs are each summed over in one of the products."""
    least = inner if d >= DOT else 1
    return max(8, least, power(n)), max(8, power(k)), max(least, power(d))


def power(size: int) -> int:
    """The least power of two that is at least ``size``."""
    return 1 << (size - 1).bit_length()


def _warps(size: int, each: int) -> int:
    """Warps of which none has more than ``each`` numbers, if 8 are enough for that."""
    return min(8, power(-(-size // each)))
