"""Few neurons are active at a datum, and few regions lie between two, where gradient descent is stable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import (
    DIFFERENTIABLE,
    HIDDEN_BIASES,
    INPUT_WEIGHTS,
    NOT_NEEDED_AT_KINKS,
    STABLE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, number, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.papers.li_2025 import formulas as of
from refutable.theorems.papers.li_2025 import region_forms, region_mutants
from refutable.theorems.papers.li_2025.networks import ONE_DATUM, ZIGZAG, one_datum, zigzag
from refutable.theorems.papers.li_2025.source import SOURCE
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

SMOOTH = (DIFFERENTIABLE, INPUT_WEIGHTS, HIDDEN_BIASES)
FLAT = (*SMOOTH, STABLE)


def _active(values: Values) -> Claim:
    edge, beyond = values["edge"], values["beyond_norm"]
    return Claim(
        "active-neurons",
        SHALLOW_RELU,
        f"a_min^2 (|x_k|^2 + {number(beyond)}) A_k <= {multiple(edge)} n / eta at every datum x_k, A_k the number of "
        "neurons active there, a_min the smallest |w2_i|",
        FLAT,
        lambda view: [
            Check(
                of.smallest_output_square(view) * of.most_active(view, beyond), "<=", of.samples_over_step(view, edge)
            )
        ],
        rf"a_{{\min}}^2 \left(|x_k|^2 + {tex(beyond)}\right) A_k \le {tex(edge)}\,\frac n\eta",
    )


ADJUSTABLE = Adjustable(
    {
        "edge": Constant(of.TWO, "multiplies n / eta; 2 comes from sharpness <= 2/eta"),
        "beyond_norm": Constant(of.ONE, "added to |x_k|^2; 1 is what the hidden biases give"),
    },
    _active,
)
ACTIVE = ADJUSTABLE.claim


def _regions(view: View) -> Iterable[Check]:
    yield Check(of.smallest_output_square(view) * of.most_regions(view), "<=", of.samples_over_step(view))


REGIONS = Claim(
    "regions-on-segments",
    SHALLOW_RELU,
    "R(x_k, x_l) <= 2 + (2 n / (eta a_min^2)) (1/(1 + |x_k|^2) + 1/(1 + |x_l|^2)), R the number of decision regions on "
    "the segment between two data; written a_min^2 (R - 2) / (1/(1 + |x_k|^2) + 1/(1 + |x_l|^2)) <= 2 n / eta",
    FLAT,
    _regions,
    r"R(x_k, x_l) \le 2 + \frac{2n}{\eta\, a_{\min}^2}\Bigl(\frac1{1+|x_k|^2} + \frac1{1+|x_l|^2}\Bigr)",
)


def _mean_active(view: View) -> Iterable[Check]:
    edge = view["stability_threshold"]
    yield Check(of.weighted_shares(view), "<=", edge)
    mean = of.mean_active(view)
    yield Check(of.smallest_output_square(view) * mean * mean, "<=", edge * of.neurons(view), "mean of A_k")


MEAN_ACTIVE = Claim(
    "mean-active-neurons",
    SHALLOW_RELU,
    "sum_i w2_i^2 q_i^2 <= 2/eta, q_i the share of the data at which neuron i is active; hence, with r neurons, "
    "mean_k A_k <= sqrt(2 r / eta) / a_min",
    FLAT,
    _mean_active,
    r"\sum_i (w^{(2)}_i)^2 q_i^2 \le \frac2\eta,\qquad "
    r"\frac1n\sum_k A_k \le \frac{1}{a_{\min}}\sqrt{\frac{2r}{\eta}}",
)


def _mean_regions(view: View) -> Iterable[Check]:
    beyond = of.mean_regions_beyond(view)
    yield Check(
        of.smallest_output_square(view) * beyond * beyond, "<=", 4 * of.neurons(view) * view["stability_threshold"]
    )


MEAN_REGIONS = Claim(
    "mean-regions",
    SHALLOW_RELU,
    "the mean of R over all pairs of data is at most 2 + 2 sqrt(2 r / eta) / a_min; decided as a_min^2 times the "
    "square of what it has beyond 2, at most 8 r / eta",
    FLAT,
    _mean_regions,
    r"\operatorname{mean}_{k<l} R(x_k, x_l) \le 2 + \frac{2}{a_{\min}}\sqrt{\frac{2r}{\eta}}",
)


def _link(id: str, statement: str, assumes: Any, left: of.Formula, right: of.Formula, latex: str) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, assumes, lambda view: [Check(left(view), "<=", right(view))], latex)


LINKS = (
    _link(
        "block-interlacing",
        "the largest eigenvalue of the (w1, b1)-block J^T J / n of the Hessian is at most the sharpness, whatever the "
        "labels and whatever else is trained: f has no second derivative in (w1, b1)",
        SMOOTH,
        of.block_top,
        lambda view: view["sharpness"],
        r"\lambda_{\max}(\tfrac1n J^\top J) \le \lambda_{\max}(\nabla^2 L)",
    ),
    _link(
        "kernel-diagonal",
        "|(x_k, 1)|^2 times the sum of w2_i^2 over the neurons active at x_k is at most n times the sharpness",
        SMOOTH,
        of.block_diagonal,
        lambda view: view["sharpness"],
        r"\tfrac1n (1+|x_k|^2) \sum_{i: z_{ki} > 0} (w^{(2)}_i)^2 \le \lambda_{\max}(\nabla^2 L)",
    ),
    _link(
        "constant-test-vector",
        "sum_i w2_i^2 q_i^2 is at most the sharpness: the block's kernel at the vector of n equal entries",
        SMOOTH,
        of.weighted_shares,
        lambda view: view["sharpness"],
        r"\sum_i (w^{(2)}_i)^2 q_i^2 \le \lambda_{\max}(\nabla^2 L)",
    ),
    _link(
        "smallest-output",
        "a_min^2 |(x_k, 1)|^2 A_k / n is at most the diagonal entry with the true output weights",
        (),
        lambda view: of.smallest_output_square(view) * of.most_active(view) * view.ops.ratio(1, of.samples(view)),
        of.block_diagonal,
        r"a_{\min}^2 A_k \le \sum_{i: z_{ki} > 0} (w^{(2)}_i)^2",
    ),
    _link(
        "kinks-from-active-neurons",
        "a neuron with a kink strictly between two data is active at exactly one of them",
        (),
        lambda view: view["segment_kinks"],
        of.active_at_both,
        r"K(x_k, x_l) \le A_k + A_l",
    ),
    _link(
        "regions-from-kinks",
        "K kinks leave K + 1 pieces, and each crosses 0 once at most: R <= K + 2",
        (),
        lambda view: of.most_regions_beyond(view, lambda v: v["segment_kinks"]),
        lambda view: 2,
        r"R(x_k, x_l) \le K(x_k, x_l) + 2",
    ),
    _link(
        "mean-of-shares",
        "(mean_k A_k)^2 = (sum_i q_i)^2 <= r sum_i q_i^2",
        (),
        lambda view: of.mean_active(view) * of.mean_active(view),
        lambda view: of.neurons(view) * view.ops.sum(of.shares(view) * of.shares(view)),
        r"\bigl(\tfrac1n\sum_k A_k\bigr)^2 \le r \sum_i q_i^2",
    ),
)

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity(
        "input-weights-trained",
        one_datum(untrained=("w1",)),
        "frozen, the block sees 1 in place of |x_k|^2 + 1: one datum x = 1, A = 3, sharpness 3",
    ),
    Necessity(
        "hidden-biases-trained",
        one_datum(untrained=("b1",)),
        "frozen, the block sees |x_k|^2 in place of |x_k|^2 + 1: one datum x = 1, A = 3, sharpness 3",
    ),
    Necessity("stable", zigzag().replace(step_size=fmpq(1)), "a step size above 2/sharpness bounds nothing"),
)

REGION_COUNT = Theorem(
    id="region-count",
    title="Active neurons and decision regions are few where the step size is large",
    source=SOURCE,
    status="own",
    claims=(ACTIVE, REGIONS, MEAN_ACTIVE, MEAN_REGIONS),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the right side of <=",
    equality=(ONE_DATUM, ZIGZAG),
    mutants=region_mutants.mutants(ACTIVE, REGIONS, MEAN_ACTIVE, MEAN_REGIONS),
    necessity=NECESSITY,
    closed_forms=region_forms.CLOSED_FORMS,
    notes=(
        "The paper bounds regions through the Hessian's norm; its constants are not confirmed, these are derived here. "
        "The network need not interpolate: the sharpness is that of the Hessian of the loss in all trained parameters, "
        "its residual part included, and the trained parameters must contain input weights and hidden biases. "
        "Without hidden biases the 1 beside |x_k|^2 goes. With a_min = 0 the bounds say nothing; they are written "
        "with a_min^2 on the left, so that it need not be assumed positive. a_min cannot be left out where output "
        "weights are frozen; where they are trained, a rescaling that shrinks them makes the sharpness grow instead. "
        "A region is a maximal part of the segment on which f has one sign, zeros ignored: +, 0, + is one region, and "
        "a segment on which f vanishes is one. R = 2 + A_k + A_l needs at least three neurons. Where output weights "
        "and bias are frozen, the zigzag attains the bound on R for its pair, and the averaged bounds as its inputs "
        "shrink to 0."
    ),
)
