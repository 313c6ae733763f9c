"""Orthogonally decomposable linear tensor networks: start, a state that the gradient flow reaches, data."""

from refutable.theorems.domains.decomposable_flow.domain import DECOMPOSABLE_FLOW

__all__ = ["DECOMPOSABLE_FLOW"]
