"""Every domain's supply of instances, by domain id; each is loaded on first use."""

from __future__ import annotations

import importlib
from functools import cache

from refutable.strategies.supply import Supply

SUPPLIES = {
    "shallow-relu": "refutable.strategies.shallow_relu",
    "shallow-relu-density": "refutable.strategies.shallow_relu.density",
    "distribution": "refutable.strategies.distribution",
    "deep-linear": "refutable.strategies.deep_linear",
    "delayed-iteration": "refutable.strategies.delayed_iteration",
    "delayed-momentum": "refutable.strategies.delayed_momentum",
    "random-delay": "refutable.strategies.random_delay",
    "delayed-descent": "refutable.strategies.delayed_descent",
    "deep-linear-flow": "refutable.strategies.deep_linear_flow",
    "diagonal-regression": "refutable.strategies.diagonal_regression",
    "scalar-factors": "refutable.strategies.scalar_factors",
    "quadratic": "refutable.strategies.quadratic",
    "ball-caps": "refutable.strategies.ball_caps",
    "pyramid": "refutable.strategies.pyramid",
    "gaussian-bumps": "refutable.strategies.gaussian_bumps",
    "regular-minimum": "refutable.strategies.regular_minimum",
    "finite-prior": "refutable.strategies.finite_prior",
    "quantised-network": "refutable.strategies.quantised_network",
    "tensor-network": "refutable.strategies.tensor_network",
    "decomposable-flow": "refutable.strategies.decomposable_flow",
    "margin-table": "refutable.strategies.margin_table",
    "margin-surface": "refutable.strategies.margin_surface",
    "shallow-plus-deep": "refutable.strategies.shallow_plus_deep",
    "homogeneous-network": "refutable.strategies.homogeneous_network",
    "diagonal-flow": "refutable.strategies.diagonal_flow",
    "matrix-regression": "refutable.strategies.matrix_regression",
    "normalised-descent": "refutable.strategies.normalised_descent",
    "multilinear-flow": "refutable.strategies.multilinear_flow",
    "circular-convolution": "refutable.strategies.circular_convolution",
    "separable": "refutable.strategies.separable",
    "weight-decay-relu": "refutable.strategies.weight_decay_relu",
    "output-layer": "refutable.strategies.output_layer",
    "iterated-margins": "refutable.strategies.iterated_margins",
    "hidden-linear": "refutable.strategies.hidden_linear",
    "minibatch-descent": "refutable.strategies.minibatch_descent",
    "decayed-line": "refutable.strategies.decayed_line",
    "multiclass-margins": "refutable.strategies.multiclass_margins",
    "leaky-margin": "refutable.strategies.leaky_margin",
    "tail-margins": "refutable.strategies.tail_margins",
}
"""The module of each domain that holds its ``SUPPLY``."""


class UnknownDomain(LookupError):
    """A domain nothing is drawn for; the message names the known ones."""


@cache
def supply(domain_id: str) -> Supply:
    """The supply of a domain.

    Raises:
        UnknownDomain: no supply is registered for it.
    """
    if domain_id not in SUPPLIES:
        known = ", ".join(sorted(SUPPLIES))
        raise UnknownDomain(
            f"no instances are drawn for the domain {domain_id!r}; known domains: {known}. "
            "A new domain needs a module with a SUPPLY, named in strategies/supplies.py"
        )
    found: Supply = importlib.import_module(SUPPLIES[domain_id]).SUPPLY
    return found
