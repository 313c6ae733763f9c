"""A random network with Q values for each parameter labels as a narrower teacher does with probability >= Q^-C."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.quantised_network import QUANTISED_NETWORK
from refutable.theorems.instances import Instance
from refutable.theorems.papers.buzaglo_2024 import teacher_forms, teacher_mutants
from refutable.theorems.papers.buzaglo_2024.sample_sizes import ENOUGH, PAPER, SampleSize
from refutable.theorems.papers.buzaglo_2024.source import source
from refutable.theorems.papers.buzaglo_2024.teacher_assumptions import (
    CONVOLUTIONAL,
    DENSE,
    REALISED,
    SCALED,
    UNSCALED,
    WIDE_ENOUGH,
    sampled_enough,
)
from refutable.theorems.papers.buzaglo_2024.teachers import (
    BINARY,
    NO_ZERO,
    RECTIFIER,
    TENT,
    TERNARY,
    network,
    rectifier,
    sampled,
)
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _power(view: View, exponent: str) -> fmpq:
    power: fmpq = fmpq(view["value_count"]) ** -view[exponent]
    return power


CONVOLUTIONAL_NETWORK = (
    "a random convolutional network with one hidden layer (one input channel, one dimension, the sum over all windows, "
    "one output)"
)
OUTPUT_SCALE = ", s = 1 with an output scale and 0 without"


def _at_least(id: str, what: str, exponent: str, formula: str, form: tuple[Assumption, ...], latex: str) -> Claim:
    scale = r", \quad s = 1 \text{ with an output scale, else } 0" if SCALED in form else ""
    return Claim(
        id,
        QUANTISED_NETWORK,
        f"{what} gives the teacher's labels with probability at least Q^-C, C = {formula}",
        (*REALISED, *form),
        lambda view: [Check(_power(view, exponent), "<=", view["probability"])],
        rf"Q^{{-\left({latex}\right)}} \le \mathbb{{P}}(h = h^\star){scale}",
    )


FULLY_CONNECTED = _at_least(
    "fully-connected",
    "a random fully connected network with one hidden layer",
    "plain_exponent",
    "d* (d_0 + 1) + d + 1",
    (DENSE, UNSCALED),
    r"d^\star (d_0 + 1) + d + 1",
)
SCALED_NETWORK = _at_least(
    "scaled",
    "a random fully connected network with one hidden layer of scaled units",
    "scaled_exponent",
    f"d* d_0 + 2 d + d* + 1 + s{OUTPUT_SCALE}",
    (DENSE, SCALED),
    r"d^\star d_0 + 2 d + d^\star + 1 + s",
)
CONVOLUTION = _at_least(
    "convolution",
    f"{CONVOLUTIONAL_NETWORK}, kernels of length k and c channels",
    "plain_exponent",
    "c* (k + 1) + c + 1",
    (CONVOLUTIONAL, UNSCALED),
    r"c^\star (k + 1) + c + 1",
)
SCALED_CONVOLUTION = _at_least(
    "scaled-convolution",
    f"{CONVOLUTIONAL_NETWORK}, kernels of length k and c scaled channels",
    "scaled_exponent",
    f"c* k + 2 c + c* + 1 + s{OUTPUT_SCALE}",
    (CONVOLUTIONAL, SCALED),
    r"c^\star k + 2 c + c^\star + 1 + s",
)


def _enough(id: str, size: SampleSize, needed: str, latex: str) -> Claim:
    return Claim(
        id,
        QUANTISED_NETWORK,
        f"with N >= ({needed}) / epsilon samples, a random network with one hidden layer (C is that of the bound on "
        "the probability for its kind) that fits them has risk >= epsilon with probability at most delta",
        (*REALISED, sampled_enough(size)),
        lambda view: [Check(view["failure"], "<=", view["delta"])],
        rf"N \ge \frac{{{latex}}}{{\varepsilon}} \Rightarrow \mathbb{{P}}\left(L(h) \ge \varepsilon\right) \le \delta",
    )


SAMPLES = _enough(
    "samples", ENOUGH, "C log Q + log(1/delta)", r"C \log Q + \log\frac1\delta"
)  # fmt: skip
PAPER_SAMPLES = _enough(
    "samples-paper-form", PAPER, "C log Q + 3 log(2/delta)", r"C \log Q + 3 \log\frac2\delta"
)  # fmt: skip


def pinned(instance: Instance, value: fmpq) -> Instance:
    """The teacher widened to the student's width: surplus units have that value wherever they may."""
    surplus, scaled = instance["width"] - len(instance["biases"]), instance["scales"] is not None
    zero = fmpq(0)
    rows = [*map(list, instance["weights"]), *([[value] * instance["weights"].shape[1]] * surplus)]
    wide: dict[str, Any] = {name: instance[name] for name in instance.values}
    wide |= {
        "weights": rows,
        "biases": [*instance["biases"], *([zero if scaled else value] * surplus)],
        "output_weights": [*instance["output_weights"], *([value if scaled else zero] * surplus)],
        "scales": [*instance["scales"], *([zero] * surplus)] if scaled else None,
    }
    return QUANTISED_NETWORK.instance(**wide)


def _pinned_agree(view: View) -> Iterable[Check]:
    assert view.instance is not None
    for value in view["values"]:
        student = view.domain.view(pinned(view.instance, value))
        yield Check(student["teacher_outputs"], "==", view["teacher_outputs"], "surplus units")


LINKS = (
    Claim(
        "every-student-counted",
        QUANTISED_NETWORK,
        "the counts of all labellings sum to Q to the number of parameters",
        (),
        lambda view: [
            Check(fmpq(sum(view["labellings"].values())), "==", fmpq(view["value_count"]) ** view["parameters"])
        ],
        r"\sum_\ell \#\{\theta : h_\theta = \ell\} = Q^{\dim\theta}",
    ),
    Claim(
        "surplus-units-are-silent",
        QUANTISED_NETWORK,
        "the teacher's parameters, with output weight 0 (with scales: scale and bias 0) at surplus hidden units, make "
        "a student with the teacher's outputs, whatever else the surplus units do",
        (WIDE_ENOUGH,),
        _pinned_agree,
        r"\theta \supseteq \theta^\star,\; \text{surplus silenced} \Rightarrow z_\theta = z_{\theta^\star}",
    ),
    Claim(
        "pinned-students",
        QUANTISED_NETWORK,
        "so at least Q^{(d - d*)(f + 1)} students give the teacher's labels",
        REALISED,
        lambda view: [
            Check(
                fmpq(view["value_count"]) ** ((view["width"] - view["teacher_width"]) * (view["fan_in"] + 1)),
                "<=",
                fmpq(view["labellings"].get(view["teacher_labels"], 0)),
            )
        ],
        r"Q^{(d - d^\star)(f + 1)} \le \#\{\theta : h_\theta = h^\star\}",
    ),
)

NECESSITY = (
    Necessity("zero-in-set", NO_ZERO, "values -1 and 1: surplus hidden units cannot be silenced"),
    Necessity(
        "teacher-in-set",
        network(BINARY, [[0], [1]], ([[1]], [0], [-1], 1), 1),
        "a teacher that falls, students of values 0 and 1 that never do",
    ),
    Necessity(
        "wide-enough",
        network(TERNARY, [[-2], [0], [2]], TENT, 1),
        "|x| > 1 takes two hidden units",
    ),
    Necessity("dense", None, "not needed: a kernel of length k takes the place of the inputs", "fully-connected"),
    Necessity(
        "unscaled", rectifier(form="scaled"), "each scale is one parameter more, and one in two is wrong"
    ),
    Necessity("convolutional", None, "not needed: the whole input takes the place of a window", "convolution"),
    Necessity("scaled", None, "not needed: the exponent for scaled networks is the larger one", "scaled"),
    Necessity(
        sampled_enough(ENOUGH).id,
        sampled(fmpq(1, 5), fmpq(1, 4), 0),
        "without a sample a random network labels as it likes",
        "samples",
    ),
    Necessity(
        sampled_enough(PAPER).id,
        sampled(fmpq(1, 5), fmpq(1, 4), 0),
        "without a sample a random network labels as it likes",
        "samples-paper-form",
    ),
)  # fmt: skip

TEACHER_PROBABILITY = Theorem(
    id="teacher-probability",
    title="A random quantised network is a narrow teacher with probability at least Q^-C",
    source=source(
        "lower bounds on the probability of the teacher (numbers uncertain)",
        "recalled, not read; re-derived, and enumerated for one hidden layer. Recalled forms: sums over layers of "
        "d*_l d_(l-1) + d*_l (plain) and d*_l d*_(l-1) + 2 d_l (scaled, the last layer too), with kernel lengths for "
        "convolutions; the number of samples with 3 log(2/delta). The form for one with log(1/delta) is own",
    ),
    status="recalled",
    claims=(FULLY_CONNECTED, SCALED_NETWORK, CONVOLUTION, SCALED_CONVOLUTION, SAMPLES, PAPER_SAMPLES),
    links=LINKS,
    right_side="the probability of the teacher's labels",
    equality=(RECTIFIER,),
    mutants=teacher_mutants.mutants(FULLY_CONNECTED, SCALED_NETWORK, CONVOLUTION, SCALED_CONVOLUTION, SAMPLES),
    necessity=NECESSITY,
    closed_forms=teacher_forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "it counts networks with random parameters; none is trained",
        "trained-converged": "it counts networks with random parameters; none is trained",
        "swept": "it counts networks with parameters from a finite set, exactly, one instance at a time",
    },
    notes=(
        "One hidden layer of ReLU units and one output, labels 1{z > 0}, the same convention for teacher and student. "
        "Convolutions slide over one-dimensional inputs with one channel, sum over all windows, and end in one output. "
        "The activation gives 0 at 0, which scaled networks use; whether another one violates the bound is not known "
        "(none that was enumerated does). The agreement is on the inputs given: on more inputs p is smaller, and the "
        "bounds hold for all. Equal labels come from many parameters (a permutation of the hidden units, for one), so "
        "that the bounds are loose for d > d*. The form d* (f + 1) + d* + 1, which forgets the zero output weights of "
        "surplus units, holds on few inputs and fails on the five of its counterexample; forgetting the scales and "
        "biases of surplus units of scaled networks was not refuted at sizes that can be enumerated, and half of the "
        "logarithm of Q^C in the number of samples neither: they are not among the mutants."
    ),
)
