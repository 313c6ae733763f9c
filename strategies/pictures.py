"""Pictures of instances and of the theory, by domain: charts as plain data. Floats only, no verdicts."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refutable.strategies.charts import Chart
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    from refutable.strategies.shallow_relu.pictures.labelled import Labelled
    from refutable.strategies.shallow_relu.pictures.step_sizes import Plan as Plan
    from refutable.strategies.shallow_relu.pictures.step_sizes import Row as Row
    from refutable.strategies.shallow_relu.pictures.step_sizes import Table as Table
    from refutable.theorems.claims import Claim

NETWORKS = "refutable.strategies.shallow_relu.pictures"
DRAWINGS = {
    "shallow-relu": NETWORKS,
    "shallow-relu-density": NETWORKS,
    "deep-linear": "refutable.strategies.drawings.deep_linear",
    "delayed-iteration": "refutable.strategies.drawings.delayed_iteration",
    "delayed-momentum": "refutable.strategies.drawings.delayed_roots",
    "random-delay": "refutable.strategies.drawings.delayed_roots",
    "delayed-descent": "refutable.strategies.drawings.delayed_roots",
    "distribution": "refutable.strategies.drawings.distribution",
    "deep-linear-flow": "refutable.strategies.drawings.deep_linear_flow",
    "diagonal-regression": "refutable.strategies.drawings.diagonal_regression",
    "diagonal-flow": "refutable.strategies.drawings.diagonal_flow",
    "decomposable-flow": "refutable.strategies.drawings.decomposable_flow",
    "scalar-factors": "refutable.strategies.drawings.scalar_factors",
    "hidden-linear": "refutable.strategies.drawings.hidden_linear",
    "quadratic": "refutable.strategies.drawings.quadratic",
    "circular-convolution": "refutable.strategies.drawings.circular_convolution",
    "separable": "refutable.strategies.drawings.separable",
    "decayed-line": "refutable.strategies.drawings.plain_networks",
    "output-layer": "refutable.strategies.drawings.plain_networks",
    "weight-decay-relu": "refutable.strategies.drawings.plain_networks",
}
"""The module of each domain that draws its instances: it has ``drawing``. Others have no picture worth a look."""
THEORY = {"shallow-relu": NETWORKS}
"""The module of each domain that draws its theory: it has ``theory``."""


def drawing(domain_id: str, instance: Instance) -> Chart | None:
    """An instance as a picture; None where there is none, as for networks with more than two inputs."""
    module = _module(DRAWINGS, domain_id)
    if module is None:
        return None
    found: Chart | None = module.drawing(instance)
    return found


def undrawn(domain_id: str) -> str:
    """Why `drawing` has no picture of an instance of a domain."""
    if DRAWINGS.get(domain_id) == NETWORKS:
        return "networks have pictures only for one input or two, and numbers of moderate size"
    return "there is no picture of such an instance"


def theory(domain_id: str) -> tuple[Chart, ...]:
    """What the theory of a domain says, on networks trained here and now; () where there are no such pictures."""
    module = _module(THEORY, domain_id)
    if module is None:
        return ()
    charts: tuple[Chart, ...] = module.theory()
    return charts


def images(mnist: Path | None, classes: tuple[int, int], samples: int, seed: int) -> Labelled:
    """Images of two digits with labels -1 and +1: of MNIST's files in a folder, or those that scikit-learn brings.

    Raises:
        ValueError: they cannot be had; the message says why and what to do.
    """
    from refutable.strategies.shallow_relu.pictures import labelled

    if mnist is None:
        return labelled.digits(classes, samples, seed)
    return labelled.mnist(mnist, classes, samples, seed)


def training_plan(neurons: int, step_sizes: tuple[float, ...] | int, networks: int, steps: int, seed: int = 0) -> Plan:
    """How `across_step_sizes` trains: ``step_sizes`` are those, or how many to choose.

    Raises:
        ValueError: it makes no sense; the message says what to change.
    """
    from refutable.strategies.shallow_relu.pictures import step_sizes as module

    return module.Plan(neurons, step_sizes, networks, steps, seed)


def across_step_sizes(data: Labelled, plan: Plan) -> Table:
    """Networks trained at several step sizes: their sharpness between the bounds below and above.

    Raises:
        ValueError: a plan that makes no sense for these data; the message says why.
    """
    from refutable.strategies.shallow_relu.pictures.step_sizes import across

    return across(data, plan)


def statements() -> Mapping[str, Claim]:
    """What is to be decided on each end point of `across_step_sizes`, by ``lower``, ``upper`` and ``bound``."""
    from refutable.strategies.shallow_relu.pictures.step_sizes import CLAIMS

    return CLAIMS


def step_size_charts(table: Table) -> tuple[Chart, ...]:
    """`across_step_sizes` drawn: sharpness between its bounds first, then the norm below its own."""
    from refutable.strategies.shallow_relu.pictures.curves import norm_chart, sharpness_chart

    return sharpness_chart(table, unconverged=True), norm_chart(table)


def _module(modules: Mapping[str, str], domain_id: str) -> Any:
    name = modules.get(domain_id)
    return None if name is None else importlib.import_module(name)
