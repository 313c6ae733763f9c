"""False variants of the printed forms and bounds, each with the instance that refutes it."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.distribution import DISTRIBUTION
from refutable.theorems.instances import Instance
from refutable.theorems.ops import Ops
from refutable.theorems.papers.weight_closed_forms import claims
from refutable.theorems.papers.weight_closed_forms import formulas as f
from refutable.theorems.papers.weight_closed_forms.assumptions import BOUNDED, SYMMETRIC_UNIFORM
from refutable.theorems.papers.weight_closed_forms.closed import (
    CLOSED,
    Form,
    Numbers,
    ball_constant,
    ball_start,
    grid_below,
    mean,
)
from refutable.theorems.papers.weight_closed_forms.families import law_at
from refutable.theorems.records import Mutant
from refutable.theorems.views import View


def _uniform_no_root(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return (x - p[0]) ** 3 / (2 * (p[1] - p[0]) ** 2)


def _uniform_difference(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return _uniform_no_root(ops, p, x) * ops.sqrt(1 + ((x - p[0]) / 2) ** 2)


def _uniform_square(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.uniform_left(ops, p[0], p[1], x) / (x - p[0])


def _gaussian_sign(ops: Ops, p: Numbers, x: fmpq) -> Any:
    z = (x - p[0]) / p[1]
    cdf, pdf = ops.elementary("normal_cdf", z), ops.elementary("normal_pdf", z)
    return p[1] * (z * cdf - pdf) * ops.sqrt(cdf * cdf + (p[0] * cdf - p[1] * pdf) ** 2)


def _gaussian_moment_sign(ops: Ops, p: Numbers, x: fmpq) -> Any:
    z = (x - p[0]) / p[1]
    cdf, pdf = ops.elementary("normal_cdf", z), ops.elementary("normal_pdf", z)
    return p[1] * (z * cdf + pdf) * ops.sqrt(cdf * cdf + (p[0] * cdf + p[1] * pdf) ** 2)


def _laplace_half(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return 2 * f.laplace_outer(ops, p[0], x)


def _laplace_rate(ops: Ops, p: Numbers, x: fmpq) -> Any:
    far = x + p[0]
    return p[0] / 4 * ops.elementary("exp", -x / p[0]) * ops.sqrt(1 + far * far)


def _exponential_no_point(ops: Ops, p: Numbers, x: fmpq) -> Any:
    mass = 1 - ops.elementary("exp", -p[0] * x)
    moment = mass / p[0]
    return (x - mass / p[0]) * ops.sqrt(mass * mass + moment * moment)


def _triangular_fourth(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.triangular_outer(ops, x) / (1 + x)


def _triangular_everywhere(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.triangular_outer(ops, x)


def _beta_same_index(ops: Ops, p: Numbers, x: fmpq) -> Any:
    a, b = int(p[0].p), int(p[1].p)
    mass = f.incomplete_beta(a, b, x)
    return f.from_mass(ops, mass, mean("beta", p) * mass, x)


def _grid_share_once(ops: Ops, p: Numbers, x: fmpq) -> Any:
    k = grid_below(p, x)
    return f.grid_left(ops, p[0], p[1], p[2], fmpq(k), x) * p[2] / k


def _grid_mean_shifted(ops: Ops, p: Numbers, x: fmpq) -> Any:
    start, gap, count = p
    k = fmpq(grid_below(p, x))
    m = (2 * start + k * gap) / 2
    return (k / count) ** 2 * (x - m) * ops.sqrt(1 + m * m)


def _two_atoms_half(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return 2 * f.two_atoms_left(ops, p[0], x)


def _ball_exponent(ops: Ops, p: Numbers, x: fmpq) -> Any:
    d, y = int(p[0].p), -x
    c = ball_constant(d)
    mass = c * f.ball_integral(ops, d, y, ball_start(d, y))
    q = 1 - y * y
    moment = c * q ** (d // 2) * (ops.sqrt(q) if d % 2 else 1) / (d + 1)
    return (moment - y * mass) * ops.sqrt(mass * mass + moment * moment)


def _literal_share_once(ops: Ops, p: Numbers, x: fmpq) -> Any:
    below = [a for a in p if a < x]
    return f.literal_left(ops, below, len(p), x) * len(p) / len(below)


def _closed(id: str, law: str, left: Form, why: str, killer: Instance) -> Mutant:
    """A mutant of the headline: another formula for g^- of one law."""
    table = {**CLOSED, law: (left, CLOSED[law][1])}
    return Mutant(id, claims.closed_form_claim(f"weight-closed-forms with {id}", table), why, killer)


UNIFORM = law_at("uniform", (0, 1), "1/2")

CLOSED_FORM_MUTANTS = (
    _closed("uniform-no-root", "uniform", _uniform_no_root, "sqrt(1 + E[X | .]^2) dropped", UNIFORM),
    _closed("uniform-difference", "uniform", _uniform_difference, "(x - a)/2 instead of (x + a)/2",
            law_at("uniform", (1, 2), "3/2")),
    _closed("uniform-square", "uniform", _uniform_square, "(x - a)^2 instead of (x - a)^3", UNIFORM),
    _closed("gaussian-excess-sign", "gaussian", _gaussian_sign, "z Phi - phi instead of z Phi + phi",
            law_at("gaussian", (0, 1), 1)),
    _closed("gaussian-moment-sign", "gaussian", _gaussian_moment_sign, "mu Phi + s phi instead of mu Phi - s phi",
            law_at("gaussian", (1, 1), 1)),
    _closed("laplace-half", "laplace", lambda ops, p, x: _laplace_half(ops, p, -x), "b/2 instead of b/4",
            law_at("laplace", (1,), -1)),
    _closed("laplace-rate", "laplace", lambda ops, p, x: _laplace_rate(ops, p, -x),
            "e^(-x/b) instead of its square", law_at("laplace", (1,), -1)),
    _closed("exponential-no-point", "exponential", _exponential_no_point, "(1/rate) e instead of (x + 1/rate) e",
            law_at("exponential", (1,), 1)),
    _closed("triangular-fourth", "triangular", _triangular_fourth, "(1 + x)^4 instead of (1 + x)^5",
            law_at("triangular", (), "-1/2")),
    _closed("triangular-everywhere", "triangular", _triangular_everywhere, "the form for x <= 0 at x > 0",
            law_at("triangular", (), "1/2")),
    _closed("beta-same-index", "beta", _beta_same_index, "I_x(a, b) instead of I_x(a + 1, b) in M",
            law_at("beta", (2, 3), "1/2")),
    _closed("grid-share-once", "grid", _grid_share_once, "k/n instead of (k/n)^2", law_at("grid", (0, 1, 5), "3/2")),
    _closed("grid-mean-shifted", "grid", _grid_mean_shifted, "k instead of k - 1 in the mean",
            law_at("grid", (0, 1, 5), "5/2")),
    _closed("two-atoms-half", "two-atoms", _two_atoms_half, "1/2 instead of 1/4", law_at("two-atoms", (1,), 0)),
    _closed("ball-exponent-odd", "ball", _ball_exponent, "exponent d/2 instead of (d + 1)/2 in M",
            law_at("ball", (3,), "-1/2")),
    _closed("ball-exponent-even", "ball", _ball_exponent, "exponent d/2 instead of (d + 1)/2 in M",
            law_at("ball", (2,), "-1/2")),
    _closed("empirical-share-once", "empirical", _literal_share_once, "P instead of P^2",
            law_at("empirical", (-1, 0, 2), 1)),
)  # fmt: skip


def _variant(id: str, claim: Claim, why: str, killer: Instance) -> Mutant:
    return Mutant(id, claim, why, killer)


def _scaled_loose(factor: fmpq, id: str) -> Claim:
    return claims.LOOSENED.scaled(factor, id)


def _linear_distance(view: View) -> Any:
    ops, r, t = view.ops, view["radius_of_law"], view["point"]
    return ops.ratio(1, 4) * (r - abs(t)) * ops.sqrt(1 + r * r)


def _no_shift(view: View) -> Any:
    return view.ops.ratio(1, 4) * view.ops.sqrt(claims.distance_square(view)) * view["radius_of_law"]


BEYOND_MEAN = Assumption(
    "beyond-mean",
    "the point is at the mean of the law or beyond it",
    lambda view: [Check(mean(view["name"], view["numbers"]), "<=", view["point"])],
)

BOUND_MUTANTS = (
    _variant("loosened-eighth", _scaled_loose(fmpq(1, 2), "loosened-bound with 1/8"), "1/8 instead of 1/4",
             law_at("two-atoms", (1,), 0)),
    _variant("loosened-hair", _scaled_loose(fmpq(999999, 1000000), "loosened-bound times 1 - 1e-6"),
             "two atoms attain the bound", law_at("two-atoms", (1,), 0)),
    _variant("loosened-linear", claims.inequality(
        "loosened-bound with R - |t|", "g(t) <= (1/4) (R - |t|) sqrt(1 + R^2)", "",
        lambda view: view["weight"], _linear_distance, (BOUNDED,),
    ), "true for two equal atoms only", law_at("empirical", (-1, 1, 1), "1/2")),
    _variant("loosened-no-one", claims.inequality(
        "loosened-bound with R for sqrt(1 + R^2)", "g(t) <= (R/4) sqrt(R^2 - t^2)", "",
        lambda view: view["weight"], _no_shift, (BOUNDED,),
    ), "the 1 of sqrt(1 + E^2) is needed", law_at("two-atoms", (1,), 0)),
    _variant("larger-side", claims.inequality(
        "loosened-bound for the larger side", "max(g^-, g^+) <= (1/4) sqrt(R^2 - t^2) sqrt(1 + R^2)", "",
        lambda view: view.ops.maximum(view["weight_left"], view["weight_right"]), claims.loose, (BOUNDED,),
    ), "max instead of min", law_at("uniform", (-1, 1), "3/4")),
    _variant("outer-side-reversed", claims.inequality(
        "outer-side with max", "for X uniform on [-a, a] the larger side is the outer one", "",
        claims.inner, claims.outer, (SYMMETRIC_UNIFORM,),
    ), "max instead of min", law_at("uniform", (-1, 1), "1/2")),
    _variant("lower-bound-no-probability", claims.inequality(
        "lower-bound with P for P^2", "g^-(t) >= P E[t - X | X < t]", "",
        lambda view: view["excess_left"], lambda view: view["weight_left"],
    ), "P instead of P^2", UNIFORM),
    _variant("zero-beyond-mean", Claim(
        "no-weight-outside with the mean", DISTRIBUTION, "g(t) = 0 at the mean and beyond it", (BEYOND_MEAN,),
        lambda view: [Check(view["weight"], "==", view.ops.ratio(0))],
    ), "there is weight between the mean and the end of the support", UNIFORM),
)  # fmt: skip

MUTANTS = (*CLOSED_FORM_MUTANTS, *BOUND_MUTANTS)
