"""Arithmetics: one formula, written once, runs on exact numbers, float batches and SymPy symbols."""

from refutable.theorems.ops.protocol import Ops

__all__ = ["Ops"]
