"""No factorisation W_m ... W_1 = M has sharpness below kappa m sigma^{2(1 - 1/m)}; balanced ones attain it."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.papers.mulayoff_michaeli_2020 import flattest_forms, flattest_mutants
from refutable.theorems.papers.mulayoff_michaeli_2020.assumptions import BALANCED, WHITE_DATA
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import (
    BALANCED_FACTORS,
    UNBALANCED_FACTORS,
)
from refutable.theorems.papers.mulayoff_michaeli_2020.source import SOURCE
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

LOWER_BOUND = Claim(
    "flattest-sharpness",
    DEEP_LINEAR,
    "every factorisation of M has sharpness at least kappa m sigma^{2(1 - 1/m)}, sigma the spectral norm of M",
    (WHITE_DATA,),
    lambda view: [Check(view["flattest_sharpness"], "<=", view["sharpness"])],
    r"\kappa\, m\, \sigma_{\max}(M)^{2(1-1/m)} \le \lambda_{\max}(\nabla^2 L)",
)

ATTAINED = Claim(
    "balanced-attains",
    DEEP_LINEAR,
    "a balanced factorisation has sharpness exactly kappa m sigma^{2(1 - 1/m)}",
    (WHITE_DATA, BALANCED),
    lambda view: [Check(view["sharpness"], "==", view["flattest_sharpness"])],
    r"W_{i+1}^\top W_{i+1} = W_i W_i^\top \Rightarrow "
    r"\lambda_{\max}(\nabla^2 L) = \kappa\, m\, \sigma_{\max}(M)^{2(1-1/m)}",
)


def _square(view: View, vector: Any) -> Any:
    return view.ops.sum(vector * vector)


def input_gains(view: View) -> list[Any]:
    """|A_j v|^2 for j = 0..m, at the test direction."""
    _, v = view["test_direction"]
    return [_square(view, v), *(_square(view, view.ops.matvec(a, v)) for a in view["prefixes"])]


def output_gains(view: View) -> list[Any]:
    """|B_j^T u|^2 for j = 0..m, at the test direction."""
    u, _ = view["test_direction"]
    matrices = [view["product"], *view["suffixes"]]
    return [_square(view, view.ops.matvec(view.ops.transpose(b), u)) for b in matrices]


def layer_terms(view: View) -> list[Any]:
    """|B_i^T u|^2 |A_{i-1} v|^2 for i = 1..m: what each layer adds to the quadratic form at the rank-one u v^T."""
    return [a * b for a, b in zip(input_gains(view)[:-1], output_gains(view)[1:], strict=True)]


def overlap(view: View) -> Any:
    """u^T M v at the test direction."""
    u, v = view["test_direction"]
    return view.ops.sum(u * view.ops.matvec(view["product"], v))


def _trace(view: View, matrix: Any) -> Any:
    return view.ops.sum(view.ops.sum(matrix * view.ops.identity(matrix)))


def _same_spectrum(view: View) -> Iterable[Check]:
    h, k, ops = view["hessian"], view["hessian_kernel"], view.ops
    yield Check(ops.sum(ops.sum(h * h)), "==", ops.sum(ops.sum(k * k)), "trace of the square")
    yield Check(_trace(view, h), "==", _trace(view, k), "trace")


def _rayleigh(view: View) -> Iterable[Check]:
    size = input_gains(view)[0] * output_gains(view)[-1]
    yield Check(view["loss_scale"] * sum(layer_terms(view)), "<=", view["sharpness"] * size)


def _cauchy_schwarz(view: View) -> Iterable[Check]:
    square = overlap(view) ** 2
    for j, (a, b) in enumerate(zip(input_gains(view), output_gains(view), strict=True)):
        yield Check(square, "<=", a * b, f"between layers {j} and {j + 1}")


def _mean_inequality(view: View) -> Iterable[Check]:
    m, terms = view["depth"], layer_terms(view)
    yield Check(m**m * prod(terms), "<=", sum(terms) ** m)


def _telescope(view: View) -> Iterable[Check]:
    size = input_gains(view)[0] * output_gains(view)[-1]
    yield Check(size * overlap(view) ** (2 * view["depth"] - 2), "<=", prod(layer_terms(view)))


LINKS = (
    Claim(
        "kernel-spectrum",
        DEEP_LINEAR,
        "the Hessian at the minimum and the Kronecker kernel have the same nonzero spectrum (first two moments)",
        (),
        _same_spectrum,
        r"\operatorname{spec}(\nabla^2 L) \sim "
        r"\kappa\sum_i (B_i B_i^\top) \otimes (A_{i-1}^\top A_{i-1})",
    ),
    Claim(
        "rank-one-direction",
        DEEP_LINEAR,
        "for all u, v: kappa sum_i |B_i^T u|^2 |A_{i-1} v|^2 <= sharpness |u|^2 |v|^2",
        (WHITE_DATA,),
        _rayleigh,
        r"\kappa\sum_i |B_i^\top u|^2 |A_{i-1} v|^2 \le \lambda_{\max} |u|^2 |v|^2",
    ),
    Claim(
        "cauchy-schwarz",
        DEEP_LINEAR,
        "(u^T M v)^2 <= |B_j^T u|^2 |A_j v|^2 wherever the product is cut",
        (),
        _cauchy_schwarz,
        r"(u^\top M v)^2 \le |B_j^\top u|^2 |A_j v|^2",
    ),
    Claim(
        "telescoping",
        DEEP_LINEAR,
        "the product over layers is at least |u|^2 |v|^2 (u^T M v)^{2(m-1)}",
        (),
        _telescope,
        r"|u|^2 |v|^2 (u^\top M v)^{2(m-1)} \le \prod_i |B_i^\top u|^2 |A_{i-1} v|^2",
    ),
    Claim(
        "arithmetic-geometric-mean",
        DEEP_LINEAR,
        "m^m times the product of the layers' terms is at most the m-th power of their sum",
        (),
        _mean_inequality,
        r"m^m \prod_i t_i \le \Big(\sum_i t_i\Big)^m",
    ),
)

NECESSITY = (
    Necessity(
        "white-data",
        DEEP_LINEAR.instance(layers=[[[1]], [[1]]], loss_scale=1, inputs=[["1/2"], ["-1/2"]]),
        "inputs of half the size: sharpness 1/2, below 2",
    ),
    Necessity(
        "balanced",
        DEEP_LINEAR.instance(layers=[[[2]], [["1/2"]]], loss_scale=1),
        "2 times 1/2 is a sharper factorisation of 1: sharpness 17/4, not 2",
        "balanced-attains",
    ),
)

FLATTEST_SHARPNESS = Theorem(
    id="flattest-sharpness",
    title="The smallest sharpness of a deep linear network",
    source=SOURCE,
    status="recalled",
    claims=(LOWER_BOUND, ATTAINED),
    links=LINKS,
    right_side="the sharpness",
    equality=(BALANCED_FACTORS, UNBALANCED_FACTORS),
    mutants=flattest_mutants.mutants(),
    necessity=NECESSITY,
    closed_forms=flattest_forms.CLOSED_FORMS,
    evidence={
        "trained-converged": "an instance holds no labels: a trained network is a minimum for the map it computes",
    },
    notes=(
        "kappa = 1 is half the mean square, kappa = 2 the mean square. White data is part of the setting: without "
        "given inputs E x x^T = I. Noise in the labels changes nothing: at the least-squares solution the residual "
        "part of the Hessian vanishes. The paper's condition M != 0 is not needed: for M = 0 the bound is 0 when "
        "m >= 2 and kappa when m = 1. Hidden layers narrower than the rank of M do not occur, since M is the product."
    ),
)
