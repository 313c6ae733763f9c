"""Runs of Hypothesis that depend on their seed alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants


@contextmanager
def by_seed_alone() -> Iterator[None]:
    """Keep Hypothesis from mixing constants of the modules loaded so far into what it draws.

    It reads the source of every local module for that, so that one seed draws other instances in a checkout
    than from a wheel, and in one process than in two. It offers no setting for this; where a version keeps
    the constants elsewhere, nothing is changed.
    """
    known = getattr(providers, "_get_local_constants", None)
    if known is None:
        yield
        return
    _forget()
    providers._get_local_constants = lambda: _NONE
    try:
        yield
    finally:
        providers._get_local_constants = known
        _forget()


def _forget() -> None:
    """Drop the cache of constants, which was filled with the others."""
    cache = getattr(getattr(providers, "CONSTANTS_CACHE", None), "cache", None)
    if cache is not None:
        cache.clear()


_NONE = Constants()
