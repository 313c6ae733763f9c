"""The gradient in the input is bounded by the gradient in the first layer, and so by the step size of stable SGD."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import (
    DIFFERENTIABLE,
    HIDDEN_BIASES,
    INPUT_WEIGHTS,
    OUTPUT_BIAS,
    STABLE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, number, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.papers.ma_ying_2021 import smoothness_forms
from refutable.theorems.papers.ma_ying_2021 import smoothness_formulas as of
from refutable.theorems.papers.ma_ying_2021.smoothness_instances import (
    ALIGNED,
    FLAT_NEURON,
    LOW_NEURON,
    NEAR_AND_FAR,
    ONE,
    SPREAD_OUT,
    TWIN,
    at_trace_edge,
)
from refutable.theorems.papers.ma_ying_2021.source import source
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, variant
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View


def _trace_below(view: View) -> Iterable[Check]:
    yield Check(of.trace(view), "<=", view["stability_threshold"], "Tr Hess L <= 2 / step size")


def _enforce_trace(view: View) -> dict[str, Any]:
    return {"step_size": view.ops.ratio(2**41 - 2, 2**40) / of.trace(view)}


TRACE_STABLE = Assumption(
    "trace-stable",
    "Tr Hess L <= 2 / step size, as at interpolating minima where SGD on single data is mean-square stable",
    _trace_below,
    _enforce_trace,
    last=True,
)


def _quotient(values: Values) -> Formula:
    return lambda view: of.largest_quotient(view, of.reach(view, values["bias_input"]), of.with_biases(view))


def _smoothness(values: Values) -> Claim:
    constant = values["bias_input"]
    return Claim(
        "gradient-smoothness",
        SHALLOW_RELU,
        f"({number(constant)} + |x_j|^2) |grad_x f(x_j)|^2 <= |W1|_2^2 |grad_(W1,b1) f(x_j)|_F^2 at every datum; "
        f"stated "
        "for the largest quotient",
        (DIFFERENTIABLE,),
        at_most(_quotient(values), of.spectral_square),
        rf"\max_j \frac{{({tex(constant)}+\|x_j\|^2)\,\|\nabla_x f(x_j)\|^2}}"
        r"{\|\nabla_{(W_1,b_1)} f(x_j)\|_F^2} \le \|W_1\|_2^2",
    )


ADJUSTABLE = Adjustable(
    {"bias_input": Constant(fmpq(1), "added to |x_j|^2; 1 is the input of the hidden biases")}, _smoothness
)
SMOOTHNESS = ADJUSTABLE.claim


def _plain_quotient(view: View) -> Any:
    return of.largest_quotient(view, of.squared_length(view, view["x"]), of.without_biases(view))


WITHOUT_BIASES = Claim(
    "without-biases",
    SHALLOW_RELU,
    "|x_j|^2 |grad_x f(x_j)|^2 <= |W1|_2^2 |grad_W1 f(x_j)|_F^2 at every datum, the biases left out; stated for the "
    "largest quotient",
    (DIFFERENTIABLE,),
    at_most(_plain_quotient, of.spectral_square),
    r"\max_j \frac{\|x_j\|^2\,\|\nabla_x f(x_j)\|^2}{\|\nabla_{W_1} f(x_j)\|_F^2} \le \|W_1\|_2^2",
)
AVERAGED = Claim(
    "averaged-smoothness",
    SHALLOW_RELU,
    "mean_j |grad_x f(x_j)|^2 <= (2/eta - 1) |W1|_2^2 / min_j (1 + |x_j|^2) wherever Tr Hess L <= 2/eta",
    (DIFFERENTIABLE, INPUT_WEIGHTS, HIDDEN_BIASES, OUTPUT_BIAS, TRACE_STABLE),
    at_most(of.mean_input_gradient, of.averaged_bound),
    r"\operatorname{Tr}\nabla^2 L \le \tfrac2\eta \;\Rightarrow\; \tfrac1n\sum_j \|\nabla_x f(x_j)\|^2 \le "
    r"\frac{\|W_1\|_2^2}{\min_j (1+\|x_j\|^2)} \Bigl(\frac2\eta - 1\Bigr)",
)

LINKS = (
    Claim(
        "layer-gradient",
        SHALLOW_RELU,
        "|grad_(W1,b1) f(x_j)|_F^2 = (1 + |x_j|^2) sum_i w2_i^2 over the neurons active on x_j",
        (),
        lambda view: [Check(of.with_biases(view), "==", of.reach(view) * of.squared_length(view, of.gates(view)))],
        r"\|\nabla_{(W_1,b_1)} f(x_j)\|_F^2 = (1+\|x_j\|^2) \sum_{i\text{ active}} (w^{(2)}_i)^2",
    ),
    Claim(
        "trace-is-mean-gradient",
        SHALLOW_RELU,
        "Tr Hess L = mean_j |grad f(x_j)|^2: the residual part has trace 0",
        (DIFFERENTIABLE,),
        lambda view: [Check(of.hessian_trace(view), "==", of.trace(view))],
        r"\operatorname{Tr}\nabla^2 L = \tfrac1n \sum_j \|\nabla f(x_j)\|^2",
    ),
    Claim(
        "first-layer-of-the-trace",
        SHALLOW_RELU,
        "mean_j |grad_(W1,b1) f(x_j)|^2 <= Tr Hess L - 1: the output bias takes 1",
        (INPUT_WEIGHTS, HIDDEN_BIASES, OUTPUT_BIAS),
        at_most(lambda view: view.ops.mean(of.with_biases(view)), lambda view: of.trace(view) - 1),
        r"\tfrac1n\sum_j \|\nabla_{(W_1,b_1)} f(x_j)\|_F^2 \le \operatorname{Tr}\nabla^2 L - 1",
    ),
)


def _longest_row(view: View) -> Any:
    return view.ops.max(of.squared_length(view, view["w1"]))


def _sum_for_root(view: View) -> Any:
    """(1 + |x_j|)^2 in place of 1 + |x_j|^2."""
    length = 1 + view.ops.norm(view["x"])
    return of.largest_quotient(view, length * length, of.with_biases(view))


def _with_largest_input(view: View) -> Any:
    """The averaged bound with max_j in place of min_j."""
    share = (view["stability_threshold"] - 1) / view.ops.max(of.reach(view))
    return of.spectral_square(view) * share


MUTANTS = (
    Mutant(
        "biases-left-out-of-the-gradient",
        variant(
            SMOOTHNESS,
            "biases-left-out-of-the-gradient",
            lambda view: of.largest_quotient(view, of.reach(view), of.without_biases(view)),
            of.spectral_square,
        ),
        "the 1 of 1 + |x|^2 is the share of the hidden biases",
        ALIGNED,
    ),
    Mutant(
        "sum-for-root",
        variant(SMOOTHNESS, "sum-for-root", _sum_for_root, of.spectral_square),
        "the length of (x, 1) is sqrt(1 + |x|^2), below 1 + |x|",
        ALIGNED,
    ),
    Mutant(
        "longest-row",
        variant(SMOOTHNESS, "longest-row", _quotient({"bias_input": fmpq(1)}), _longest_row),
        "several neurons add up: the spectral norm, not the longest row",
        TWIN,
    ),
    Mutant(
        "plain-longest-row",
        variant(WITHOUT_BIASES, "plain-longest-row", _plain_quotient, _longest_row),
        "several neurons add up: the spectral norm, not the longest row",
        TWIN,
    ),
    Mutant(
        "two-taken-off",
        variant(AVERAGED, "two-taken-off", of.mean_input_gradient, lambda view: of.averaged_bound(view, fmpq(2))),
        "the output bias takes 1 of the trace, not 2",
        LOW_NEURON,
    ),
    Mutant(
        "half-the-step-size",
        variant(
            AVERAGED,
            "half-the-step-size",
            of.mean_input_gradient,
            lambda view: (
                of.spectral_square(view)
                * ((view["stability_threshold"] * view.ops.ratio(1, 2) - 1) * of.smallest_reach_inverse(view))
            ),
        ),
        "Tr Hess L may be as large as 2/eta, not 1/eta",
        LOW_NEURON,
    ),
    Mutant(
        "largest-input",
        variant(AVERAGED, "largest-input", of.mean_input_gradient, _with_largest_input),
        "the datum nearest to 0 sees the least of the first layer: min, not max",
        NEAR_AND_FAR,
    ),
    Mutant(
        "gradient-descent",
        Claim(
            "averaged-smoothness: gradient-descent",
            SHALLOW_RELU,
            "the averaged bound wherever the sharpness, not the trace, is at most 2/eta (false variant)",
            (DIFFERENTIABLE, INPUT_WEIGHTS, HIDDEN_BIASES, OUTPUT_BIAS, STABLE),
            AVERAGED.concludes,
        ),
        "gradient descent bounds the largest eigenvalue alone, not the sum of all of them",
        SPREAD_OUT,
    ),
)

_AVERAGED = "averaged-smoothness"


def _frozen(group: str) -> Instance:
    network = FLAT_NEURON if group == "b2" else LOW_NEURON
    return at_trace_edge(network.replace(frozen=frozenset({group})))


NECESSITY = (
    Necessity("differentiable", None, "not needed: at a kink both gradients are taken with that neuron off"),
    Necessity("input-weights-trained", _frozen("w1"), "half of the trace comes from the input weight", _AVERAGED),
    Necessity("hidden-biases-trained", _frozen("b1"), "half of the trace comes from the hidden bias", _AVERAGED),
    Necessity("output-bias-trained", _frozen("b2"), "the 1 taken off comes from the output bias", _AVERAGED),
    Necessity("trace-stable", ONE.replace(step_size=fmpq(1)), "Tr Hess L = 7 above 2/eta = 2", _AVERAGED),
)

GRADIENT_SMOOTHNESS = Theorem(
    id="gradient-smoothness",
    title="Flat in the parameters is smooth in the input",
    source=source(
        "gradients of networks with a multiplicative first layer (number uncertain)",
        "the averaged form with 2/eta - 1 is own: the paper's constants are not confirmed",
    ),
    status="recalled",
    claims=(SMOOTHNESS, WITHOUT_BIASES, AVERAGED),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="|W1|_2^2",
    equality=(ALIGNED,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=smoothness_forms.CLOSED_FORMS,
    notes=(
        "Squared, so that both sides are exact. The first layer sees x through W1 x + b1 alone, so that its gradient "
        "at x_j is an outer product with (x_j, 1). A datum on which no neuron is active has both gradients 0 and the "
        "quotient 0. The averaged form takes Tr Hess L <= 2/eta for granted: sgd-trace-bounds says that mean-square "
        "stability of SGD on single data gives it at an interpolating minimum, while gradient descent does not. It "
        "needs no interpolation by itself, since the residual part of the Hessian has trace 0."
    ),
)
