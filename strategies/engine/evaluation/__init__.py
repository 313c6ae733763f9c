"""Sharpness, weights and norms of many networks at once, in microseconds each."""

from refutable.strategies.engine.evaluation.hessian import hessian_sharpness, sharpness_radius
from refutable.strategies.engine.evaluation.hyperplanes import stability_norm, weights
from refutable.strategies.engine.evaluation.kernel import sharpness
from refutable.strategies.engine.evaluation.quantities import Evaluation, evaluate

__all__ = [
    "Evaluation",
    "evaluate",
    "hessian_sharpness",
    "sharpness",
    "sharpness_radius",
    "stability_norm",
    "weights",
]
