"""Separable data whatever its support vectors: maximum margin problems solved one after the other, and the flow."""

from refutable.theorems.domains.iterated_margins.domain import ITERATED_MARGINS

__all__ = ["ITERATED_MARGINS"]
