"""The working precision of ball arithmetic: the only module that touches python-flint's global state."""

from collections.abc import Iterator
from contextlib import contextmanager

from flint import ctx

__all__ = ["working_precision"]


@contextmanager
def working_precision(bits: int) -> Iterator[None]:
    """Run the body with balls of `bits` bits; the precision found on entry is restored on exit.

    The setting is global to the process: use processes, not threads, to decide in parallel.

    Raises:
        ValueError: `bits` is less than 2.
    """
    if bits < 2:
        raise ValueError(f"a working precision of {bits} bits is too small; ask for at least 2")
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before
