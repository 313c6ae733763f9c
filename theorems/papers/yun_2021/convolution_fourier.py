"""The record `convolution-fourier`: circular-convolutional networks multiply in the Fourier domain, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.fourier import layers, root
from refutable.theorems.papers.yun_2021.convolution_fourier_forms import CLOSED_FORMS
from refutable.theorems.papers.yun_2021.convolution_fourier_mutants import MUTANTS
from refutable.theorems.papers.yun_2021.convolution_source import FOURIER_SOURCE
from refutable.theorems.records import Theorem
from refutable.theorems.views import View


def _scaled(left: str, right: str, power: Callable[[int], int]) -> Callable[[View], Iterable[Check]]:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(view[left], "==", view[right] * root(view, power(layers(view))))

    return concludes


def _spectral(view: View) -> Iterable[Check]:
    found = view["spectral_prediction"]
    expected: Any = np.array([view["prediction"], *[view.ops.ratio(0)] * (len(found) - 1)], dtype=object)
    return [Check(found, "==", expected)]


PREDICTOR = Claim(
    "convolution-fourier",
    CIRCULAR_CONVOLUTION,
    "F beta = d^((L-1)/2) prod_l F w_l, entry by entry, F unitary, for hidden layers that correlate without 1/sqrt(d)",
    (),
    _scaled("transformed_predictor", "transformed_filters", lambda count: count - 1),
    r"\mathcal{F}\beta = d^{(L-1)/2}\, \mathcal{F}w_1 \odot \cdots \odot \mathcal{F}w_L",
)
SPECTRAL = Claim(
    "decomposes-orthogonally",
    CIRCULAR_CONVOLUTION,
    "f(x) = d^((L-1)/2) sum_j conj(F x)_j prod_l (F w_l)_j: the data tensor is diagonal in the columns of F",
    (),
    _spectral,
    r"f(x) = d^{(L-1)/2} \sum_j \overline{(\mathcal{F}x)_j}\, \prod_l (\mathcal{F}w_l)_j",
)
OTHER_CONVENTION = Claim(
    "layers-with-root-d",
    CIRCULAR_CONVOLUTION,
    "with a factor 1/sqrt(d) in every hidden layer, F beta = prod_l F w_l without a power of d",
    (),
    _scaled("transformed_scaled_predictor", "transformed_filters", lambda count: 0),
    r"\text{layers } \tfrac{1}{\sqrt d} \textstyle\sum_k h_{i+k} w_k: \; "
    r"\mathcal{F}\beta = \mathcal{F}w_1 \odot \cdots \odot \mathcal{F}w_L",
)
CONVOLVING = Claim(
    "layers-that-convolve",
    CIRCULAR_CONVOLUTION,
    "with convolutions, sum_k h_(i-k) w_k, in place of correlations the hidden filters' transforms are conjugated",
    (),
    _scaled("transformed_convolution", "turned_filters", lambda count: count - 1),
    r"\text{layers } \textstyle\sum_k h_{i-k} w_k: \; \mathcal{F}\beta = d^{(L-1)/2}\, "
    r"\overline{\mathcal{F}w_1} \odot \cdots \odot \overline{\mathcal{F}w_{L-1}} \odot \mathcal{F}w_L",
)
LINEAR = Claim(
    "predictor-is-linear",
    CIRCULAR_CONVOLUTION,
    "the network applied to x is <beta, x>, beta the network applied to the unit vectors",
    (),
    lambda view: [Check(view["prediction"], "==", view.ops.sum(view["predictor"] * view["x"]))],
    r"f(x) = \langle \beta, x\rangle",
)
POLYNOMIALS = Claim(
    "filters-multiply",
    CIRCULAR_CONVOLUTION,
    "beta(z) = w_1(z) ... w_L(z) modulo z^d - 1: beta is the circular convolution of all factors",
    (),
    lambda view: [Check(view["predictor"], "==", view["filter_product"])],
    r"\beta(z) = w_1(z) \cdots w_L(z) \bmod (z^d - 1)",
)

CONVOLUTION_FOURIER = Theorem(
    id="convolution-fourier",
    title="Circular-convolutional networks are diagonal in the Fourier domain",
    source=FOURIER_SOURCE,
    status="recalled",
    claims=(PREDICTOR, SPECTRAL, OTHER_CONVENTION, CONVOLVING),
    links=(LINEAR, POLYNOMIALS),
    mutants=MUTANTS,
    closed_forms=CLOSED_FORMS,
    not_tight="the headline is an equation, for all filters",
    evidence={
        "constructed": "the equation holds at every network: drawn ones are enough",
        "trained-relabelled": "the equation holds at any weights: training adds nothing",
        "trained-converged": "the equation holds at any weights: training adds nothing",
        "visited": "the equation holds at any weights: training adds nothing",
        "integrated": "the equation holds at any weights: no differential equation is in it",
        "swept": "transforms are computed exactly, in a cyclotomic field, one network at a time",
    },
    notes=(
        "Layers: (h * w)_i = sum_k h_(i+k mod d) w_k, no factor 1/sqrt(d); the last one is an inner product; "
        "F_jk = e^(-2 pi i jk/d) / sqrt(d). Both sides are numbers of Q(e^(2 pi i/d)) times a power of sqrt(d), "
        "compared coefficient by coefficient: no root of unity is rounded. Filters may be shorter than d here: the "
        "equation holds for them, filled up with zeros; that every F w_l can be reached, and with it the bias towards "
        "the l_(2/L) norm of F beta, needs full length. Conventions move constants: Gunasekar et al. have 1/sqrt(d) in "
        "each layer, and then no power of d; mixing the two is among the mutants. No hypothesis, hence nothing to drop."
    ),
)
