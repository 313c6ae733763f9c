"""The ridge density of a function costs no more than its iterated Laplacian: sums of Gaussians, d = 1 and 3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.domains.gaussian_bumps import GAUSSIAN_BUMPS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2023 import radon_forms, sobolev_forms
from refutable.theorems.papers.nacson_2023.source import derived
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, variant
from refutable.theorems.records import Mutant, Theorem
from refutable.theorems.views import View


def _ridge(view: View) -> Any:
    return view["ridge_mass"]


def _laplacian(view: View) -> Any:
    return view["laplacian_mass"]


def bumps(d: int, amplitudes: Sequence[Any] = (1,), widths: Sequence[Any] = (1,)) -> Instance:
    """sum_i A_i exp(-|x|^2/(2 s_i^2)) on R^d."""
    return GAUSSIAN_BUMPS.instance(dimension=d, amplitudes=amplitudes, widths=widths)


BOUND = Claim(
    "sobolev-ridge-density",
    GAUSSIAN_BUMPS,
    "int |alpha| <= gamma_d |S^(d-1)| int |(-Laplace)^((d+1)/2) f| for f = int alpha(v, b) relu(v.x - b) + affine, "
    "gamma_d = 1/(2 (2 pi)^(d-1)), d = 1 and 3",
    (),
    at_most(_ridge, _laplacian),
    r"\int |\alpha| \le \gamma_d\, |S^{d-1}| \int \bigl|(-\Delta)^{(d+1)/2} f\bigr|,\quad "
    r"\gamma_d = \frac{1}{2(2\pi)^{d-1}}",
)
SPACE = bumps(3)


def _mutant(id: str, left: Formula, right: Formula, why: str) -> Mutant:
    return Mutant(id, variant(BOUND, id, left, right), why, SPACE)


MUTANTS = (
    _mutant("reversed", _laplacian, _ridge, "in space averages over planes cancel"),
    _mutant("a-third", _ridge, lambda view: _laplacian(view) / 3, "one Gaussian has two fifths"),
    _mutant(
        "laplacian-once", _ridge, lambda view: view["single_laplacian_mass"],
        "for d = 3 the Laplacian is taken twice",
    ),
)  # fmt: skip

SOBOLEV_RIDGE_DENSITY = Theorem(
    id="sobolev-ridge-density",
    title="The ReLU density of a smooth function costs no more than its iterated Laplacian",
    source=derived("approximation of Sobolev functions"),
    status="own",
    claims=(BOUND,),
    right_side="the right side of <=",
    mutants=MUTANTS,
    closed_forms=(*sobolev_forms.CLOSED_FORMS[2:], *radon_forms.CLOSED_FORMS[:2], *radon_forms.LINE),
    not_tight=(
        "not known tight for d = 3, where one Gaussian has two fifths; for d = 1 both sides are int |f''| by definition"
    ),
    evidence={
        "trained-relabelled": "functions are given, not trained",
        "trained-converged": "functions are given, not trained",
        "swept": "certified integrals have an exact view only",
    },
    notes=(
        "Why: (d/db)^(d+1) R f = R Laplace^((d+1)/2) f, and the integrals of |R h| over the planes of one direction "
        "are at most int |h|. With |x| <= R the stability norm of a finite network with sum of bends near int |alpha| "
        "is at most (R/4) sqrt(1 + R^2) times that: sobolev-approximation. Here f is a sum of centred Gaussians; its "
        "integrals are total variations, enclosed by balls. For d = 1 the claim says nothing: alpha is f''/2 in both "
        "directions, and both sides are computed as one integral; a closed form has its value for one Gaussian. Other "
        "functions and odd d > 3 are not tried."
    ),
)
