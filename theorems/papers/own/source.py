"""How results of our own are cited."""

from __future__ import annotations

from refutable.theorems.records import Source


def own(note: str) -> Source:
    """A result proved here; ``note`` says what it builds on."""
    return Source("own", note=note)
