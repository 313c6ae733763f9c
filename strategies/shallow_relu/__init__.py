"""Shallow ReLU networks to try claims on: drawn, in float batches, and trained."""

from refutable.strategies.shallow_relu.supply import SUPPLY
from refutable.strategies.shallow_relu.tables import missing_tables

__all__ = ["SUPPLY", "missing_tables"]
