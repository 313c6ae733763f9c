"""Univariate two-layer ReLU networks whose output layer alone is trained: features, multipliers, a rival."""

from refutable.theorems.domains.output_layer.domain import OUTPUT_LAYER

__all__ = ["OUTPUT_LAYER"]
