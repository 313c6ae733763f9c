"""Sharpness, weights and norms of many networks at once, in microseconds each."""

from refutable.strategies.engine.evaluation.hessian import hessian_sharpness, sharpness_radius
from refutable.strategies.engine.evaluation.hyperplanes import Norms, norms, stability_norm, weights
from refutable.strategies.engine.evaluation.kernel import sharpness
from refutable.strategies.engine.evaluation.quantities import Evaluation, evaluate

__all__ = [
    "Evaluation",
    "Norms",
    "evaluate",
    "hessian_sharpness",
    "norms",
    "sharpness",
    "sharpness_radius",
    "stability_norm",
    "weights",
]
