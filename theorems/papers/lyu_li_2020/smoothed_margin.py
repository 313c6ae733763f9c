"""Along the gradient flow the smoothed normalised margin log(1/L) / |theta|^a does not fall once L < 1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.homogeneous_network import HOMOGENEOUS_NETWORK
from refutable.theorems.domains.homogeneous_network.forward import along, along_weights, degree, margins
from refutable.theorems.domains.homogeneous_network.forward import smoothed_margin as smoothed
from refutable.theorems.exact import Real
from refutable.theorems.exact.finer import Finer
from refutable.theorems.flows import derivative_along
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.papers.lyu_li_2020 import smoothed_forms, smoothed_mutants
from refutable.theorems.papers.lyu_li_2020.assumptions import DIFFERENTIABLE, HOMOGENEOUS, SEPARATED
from refutable.theorems.papers.lyu_li_2020.networks import ALIGNED, BIASED, MISSED
from refutable.theorems.records import Integration, Necessity, Source, Theorem
from refutable.theorems.views import View


def _rises(view: View) -> Iterable[Check]:
    yield Check(_finer(view, smoothed_mutants.needed_rise(view)), "<=", view["rise"])


def _derivative(view: View) -> Iterable[Check]:
    if not view.ops.exact:
        raise NotCertified("the derivative of the smoothed margin is taken exactly")
    yield Check(0, "<=", along(view, smoothed), "derivative of log(1/L) / |theta|^a through its own formula")


def _euler(view: View) -> Iterable[Check]:
    yield Check(along_weights(view), "==", view["margins"] * degree(view))


def _kernel(view: View) -> Iterable[Check]:
    """The formula of the margins, differentiated along each margin's gradient, against inner products of gradients."""
    if not view.ops.exact:
        raise NotCertified("the derivatives of the margins are taken exactly")
    slopes = view["gradients"]
    for m in range(len(view["y"])):
        one = {name: g[m] for name, g in slopes.items()}
        products = sum(_inner_of(g, one[name]) for name, g in slopes.items())
        yield Check(derivative_along(view, margins, one), "==", products, f"along the gradient of margin {m}")


def _inner_of(rows: Any, one: Any) -> Any:
    """Inner products [n] of gradients [n, ...] with one of them."""
    product = rows * one
    return product.reshape(len(rows), -1).sum(axis=1)


def _mean_margin(view: View) -> Iterable[Check]:
    mean = view.ops.sum(view["margins"] * view["weights_of_data"]) / view["relative_loss"]
    yield Check(_finer(view, view["log_inverse_loss"]), "<=", mean)


def _finer(view: View, number: Any) -> Any:
    """Data far ahead of the others change both sides by e^(-thousands) only: more bits tell them apart."""
    return Finer(number) if view.ops.exact and isinstance(number, Real) else number


def _later(view: View) -> Iterable[Check]:
    yield Check(view["earlier"]["smoothed_margin"], "<=", view["smoothed_margin"])


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Checks, latex: str) -> Claim:
    return Claim(id, HOMOGENEOUS_NETWORK, statement, assumes, concludes, latex)


ALL = (HOMOGENEOUS, DIFFERENTIABLE, SEPARATED)
RISES = _claim(
    "smoothed-margin-rises",
    "along the gradient flow, once L < 1, a d/dt log|theta| log(1/L) <= d/dt log(1/L): log(1/L) / |theta|^a does not "
    "fall",
    ALL,
    _rises,
    r"a\,\tfrac{d}{dt}\log\|\theta\|\;\log\tfrac1L \le \tfrac{d}{dt}\log\tfrac1L "
    r"\iff \tfrac{d}{dt}\frac{\log(1/L)}{\|\theta\|^a} \ge 0",
)
LINKS = (
    _claim(
        "derivative-of-smoothed-margin",
        "the derivative of log(1/L) / |theta|^a along the flow is at least 0",
        ALL,
        _derivative,
        r"\tfrac{d}{dt}\,\frac{\log(1/L)}{\|\theta\|^a} \ge 0",
    ),
    _claim(
        "euler-identity",
        "the margins are homogeneous of degree a: theta . grad f_n = a f_n",
        (HOMOGENEOUS, DIFFERENTIABLE),
        _euler,
        r"\langle\theta, \nabla f_n\rangle = a f_n",
    ),
    _claim(
        "gradients-of-margins",
        "along the gradient of one margin every margin changes by the inner product of their gradients",
        (DIFFERENTIABLE,),
        _kernel,
        r"\left.\tfrac{d}{ds} f_n(\theta + s \nabla f_m)\right|_{s=0} = \langle \nabla f_n, \nabla f_m\rangle",
    ),
    _claim(
        "mean-margin-at-least-smoothed",
        "the mean of the margins, weighted by exp(-f_n), is at least log(1/L)",
        (),
        _mean_margin,
        r"\frac{\sum_n e^{-f_n} f_n}{\sum_n e^{-f_n}} \ge \log\tfrac1L",
    ),
)
LATER = _claim(
    "smoothed-margin-later",
    "the smoothed margin at a later time of the flow is at least that at an earlier one",
    (HOMOGENEOUS, DIFFERENTIABLE, SEPARATED),
    _later,
    r"t_0 < t_1 \Rightarrow \tilde\gamma(\theta(t_0)) \le \tilde\gamma(\theta(t_1))",
)
NECESSITY = (
    Necessity("homogeneous", BIASED, "w1 = w2 = 1, b = 2, one datum 1: the needed rise is 4, the rise 3"),
    Necessity("off-kinks", None, "not known: with any fixed subgradient the same proof goes through"),
    Necessity("loss-below-one", MISSED, "two margins -1: L = 2e, the needed rise is 2 + 2 log 2 times 2, the rise 4"),
)

HOMOGENEOUS_KKT = Theorem(
    id="homogeneous-kkt",
    title="The smoothed normalised margin of a homogeneous network does not fall",
    source=Source(
        "Lyu, Li, ICLR 2020",
        "monotonicity of the smoothed margin (number uncertain)",
        link="https://arxiv.org/abs/1906.05890",
        note="recalled and re-derived; neither this paper nor Nacson et al. 2019 (arXiv 1905.07325), whose limit "
        "statement about KKT points it accompanies, was read",
    ),
    status="recalled",
    claims=(RISES,),
    links=LINKS,
    right_side="d/dt log(1/L)",
    equality=(ALIGNED,),
    mutants=smoothed_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=smoothed_forms.CLOSED_FORMS,
    integrated=(Integration(LATER, smoothed_mutants.decoys(LATER)),),
    evidence={
        "trained-relabelled": "labels are 1 and -1 and the loss is never 0: there are no interpolating minima",
        "trained-converged": "labels are 1 and -1 and the loss is never 0: there are no interpolating minima",
    },
    notes=(
        "What Nacson et al. 2019 and Lyu and Li say of the limit (directions of convergence are KKT points of min "
        "|theta|^2 subject to f_n >= 1) has no finite exact form and is not checked; this inequality carries it. The "
        "proof: with "
        "u = theta/|theta| the velocity's part along u is a sum_n exp(-f_n) f_n / |theta|, and sum_n exp(-f_n) f_n >= "
        "L "
        "log(1/L); squares of the whole are at least that. L >= 1 is excluded: there log(1/L) <= 0, and margins that "
        "are "
        "all negative can violate it. Derivatives go through the formulas of loss and norm on dual numbers; the flow "
        "runs "
        "in a time rescaled by exp(min f_n) at the state, which changes no sign and makes ties visible: with one datum "
        "both sides are rational. Dividing by |theta|^(a-1) instead is no mutant: while log(1/L) > 0 the norm grows, "
        "and "
        "that quotient rises even faster. Hidden units may be linear, ReLU or leaky; depth 2 to 4."
    ),
)
