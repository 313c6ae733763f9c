"""What a claim's assumptions ask of an instance, by assumption id."""

from __future__ import annotations

from dataclasses import dataclass

from refutable.theorems.domains.shallow_relu.forward import GROUPS

TRAINED = {
    "input-weights-trained": "w1",
    "hidden-biases-trained": "b1",
    "output-weights-trained": "w2",
    "output-bias-trained": "b2",
}
KINKED = frozenset(
    {
        "strongly-stable",
        "modes-stable",
        "kink-on-datum",
        "one-toggling-neuron",
        "opposed-kinks",
        "unopposed-kinks",
        "output-bias-untrained",
        "few-surplus-neurons",
        "shared-direction",
        "modes-below-3",
        "half-the-threshold",
        "without-defect",
    }
)
"""Assumptions about networks whose kinks lie on data: built by `strategies.shallow_relu_kinks`."""
ON_DATA = frozenset({"kink-on-datum", "opposed-kinks"})
"""Those that need a kink on a datum."""
PLAIN = frozenset(
    {
        "univariate",
        "differentiable",
        "interpolating",
        "stable",
        "critical",
        "nonzero-output-weights",
        "nonzero-input-weights",
        "distinct-data",
        "wide-data",
        "semidefinite-hessian",
        "trace-stable",
    }
)

LOOSE = frozenset({"wide-from-a-tenth"})
"""Assumptions of false variants that most networks satisfy: none is built to."""


class UnknownAssumption(LookupError):
    """An assumption that no instance is built to satisfy; the message says where to add it."""


@dataclass(frozen=True)
class Demands:
    """What an instance must satisfy.

    Attributes:
        univariate: d = 1.
        differentiable: no datum on a kink.
        interpolating: y = f(x).
        stable: step size at most 2/sharpness.
        trace_stable: step size at most 2 over the trace of the Hessian.
        critical: the gradient of the loss is exactly 0.
        semidefinite: at a critical point, the Hessian of the loss is positive semidefinite.
        live_outputs: no output weight is 0.
        proper_inputs: no row of input weights is 0.
        distinct: no datum twice.
        wide: some datum has norm at least 1.
        kinked: kinks on data and strong stability.
        on_data: some kink lies on a datum.
        opposed: two kinks on data are opposed.
        few_surplus: many data for the number of neurons.
        untrained: the parameter groups that must not be trained.
        trained: the parameter groups that must be trained.
    """

    univariate: bool = False
    differentiable: bool = False
    interpolating: bool = False
    stable: bool = False
    trace_stable: bool = False
    critical: bool = False
    semidefinite: bool = False
    live_outputs: bool = False
    proper_inputs: bool = False
    distinct: bool = False
    wide: bool = False
    kinked: bool = False
    on_data: bool = False
    opposed: bool = False
    few_surplus: bool = False
    untrained: frozenset[str] = frozenset()
    trained: frozenset[str] = frozenset(GROUPS)


def demands(assumes: frozenset[str]) -> Demands:
    """The demands of these assumption ids.

    Raises:
        UnknownAssumption: an id that is not known here.
    """
    for name in sorted(assumes - PLAIN - LOOSE - KINKED - TRAINED.keys()):
        raise UnknownAssumption(
            f"no strategy builds shallow networks with the assumption {name!r}; "
            "add it to strategies/shallow_relu/demands.py and construct it there"
        )
    return Demands(
        univariate="univariate" in assumes,
        differentiable="differentiable" in assumes,
        interpolating="interpolating" in assumes,
        stable="stable" in assumes,
        trace_stable="trace-stable" in assumes,
        critical="critical" in assumes,
        semidefinite="semidefinite-hessian" in assumes,
        live_outputs="nonzero-output-weights" in assumes,
        proper_inputs="nonzero-input-weights" in assumes,
        distinct="distinct-data" in assumes,
        wide="wide-data" in assumes,
        kinked=bool(assumes & KINKED),
        on_data=bool(assumes & ON_DATA),
        opposed="opposed-kinks" in assumes,
        few_surplus="few-surplus-neurons" in assumes,
        untrained=frozenset({"b2"} if "output-bias-untrained" in assumes else ()),
        trained=frozenset(group for name, group in TRAINED.items() if name in assumes),
    )
