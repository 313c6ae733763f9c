"""The shallow side of depth separation on finite data: certified lower bounds on every shallow network's norm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.pyramid import PYRAMID
from refutable.theorems.families.pyramid_grids import GRIDS
from refutable.theorems.families.pyramids import HATS, hat, roof
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2023 import duality_forms, growing_norms
from refutable.theorems.papers.nacson_2023.pyramid_assumptions import FEW_INPUTS, FITS_PART, ORTHOGONAL
from refutable.theorems.papers.nacson_2023.source import derived
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, variant
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View


def _pairing(view: View) -> Any:
    return view["pairing"]


BOUND = Claim(
    "pyramid-shallow-norm",
    PYRAMID,
    "every shallow network f that fits the pyramid where mu_j is not 0 has sum_j mu_j p(x_j) <= "
    "sup |h_mu| sum_i |w2_i| |w1_i|, h_mu(v, t) = sum_j mu_j relu(v.x_j - t), the supremum over all |v| = 1 and t",
    (FITS_PART, ORTHOGONAL, FEW_INPUTS),
    at_most(_pairing, lambda view: view["supremum"] * view["unweighted_norm"]),
    r"\sum_j \mu_j\, p(x_j) \le \sup_{\|v\|=1,\,t} \Bigl|\sum_j \mu_j [v\cdot x_j - t]_+\Bigr| \; "
    r"\sum_i |w^{(2)}_i| \|w_i\|",
)
OWN_HYPERPLANES = Claim(
    "own-hyperplanes",
    PYRAMID,
    "the same with the largest |h_mu| over the network's own hyperplanes alone, for any number of inputs: "
    "a finite dictionary (neurons with output weight 0 count as members)",
    (FITS_PART, ORTHOGONAL),
    at_most(_pairing, lambda view: view["largest_ridge_value"] * view["unweighted_norm"]),
    r"\sum_j \mu_j\, p(x_j) \le \max_i |h_\mu(v_i, t_i)| \sum_i |w^{(2)}_i| \|w_i\|",
)


def _mixture(view: View) -> Iterable[Check]:
    ops = view.ops
    sums = ops.matvec(ops.transpose(view["shallow_activation"]), view["multipliers"])
    yield Check(_pairing(view), "==", ops.sum(view["w2"] * sums), "sum over neurons")


LINKS = (
    Claim(
        "pairing-by-neurons",
        PYRAMID,
        "sum_j mu_j p(x_j) = sum_i w2_i sum_j mu_j relu(w1_i.x_j + b1_i): the affine part does not count",
        (FITS_PART, ORTHOGONAL),
        _mixture,
        r"\sum_j \mu_j\, p(x_j) = \sum_i w^{(2)}_i \sum_j \mu_j [w_i\cdot x_j + b_i]_+",
    ),
    Claim(
        "own-below-supremum",
        PYRAMID,
        "|h_mu| at a network's hyperplanes is at most the supremum",
        (ORTHOGONAL, FEW_INPUTS),
        at_most(lambda view: view["largest_ridge_value"], lambda view: view["supremum"]),
        r"\max_i |h_\mu(v_i, t_i)| \le \sup |h_\mu|",
    ),
    growing_norms.CERTIFIED,
)


def _output_weights(view: View) -> Any:
    return view.ops.sum(view.ops.abs(view["w2"]))


def _signed(view: View) -> Any:
    return view.ops.sum(view["w2"] * view["row_norms"])


def _bound_mutant(id: str, right: Formula, why: str, killer: Instance, claim: Claim = BOUND) -> Mutant:
    return Mutant(id, variant(claim, id, _pairing, right), why, killer)


def _stretched(instance: Instance, factor: int) -> Instance:
    """The same function with input weights times ``factor`` and output weights over it."""
    w1, b1, w2 = instance["w1"] * factor, instance["b1"] * factor, instance["w2"] / factor
    return instance.replace(w1=w1, b1=b1, w2=w2)


def _away_from_pyramid() -> Instance:
    """The hat's data and multipliers with the network 0, which does not fit."""
    found = hat()
    nothing = np.array([fmpq(0)] * len(found["w2"]), dtype=object)
    return found.replace(w2=nothing, slope=found["slope"] * fmpq(0), offset=fmpq(0))


def _alone(slope: int = 0) -> Instance:
    """One datum at the apex with multiplier 1, and a constant network."""
    return PYRAMID.instance(x=[[0]], multipliers=[1], w1=[[1]], b1=[-1], w2=[0], slope=[slope], offset=1)


SLANTED = roof((fmpq(3, 5), fmpq(4, 5)))

MUTANTS = (
    _bound_mutant(
        "axes-alone", lambda v: v["supremum_on_axes"] * v["unweighted_norm"],
        "the supremum is over all directions", SLANTED,
    ),
    _bound_mutant(
        "output-weights-alone", lambda v: v["supremum"] * _output_weights(v),
        "the bend of a neuron is |w2| |w1|", _stretched(roof(), 2),
    ),
    _bound_mutant("signed-sum", lambda v: v["supremum"] * _signed(v), "bends of both signs cost", hat()),
    _bound_mutant(
        "mean-of-ridges", lambda v: v.ops.mean(v["ridge_values"]) * v["unweighted_norm"],
        "the largest value over the hyperplanes, not their mean", hat(extra=(fmpq(1, 2),)).replace(
            **{name: np.array([*hat()[name], *more], dtype=object) for name, more in (
                ("w1", [[fmpq(1)]]), ("b1", [fmpq(5)]), ("w2", [fmpq(0)]))}
        ),
        OWN_HYPERPLANES,
    ),
    _bound_mutant(
        "own-output-weights-alone", lambda v: v["largest_ridge_value"] * _output_weights(v),
        "the bend of a neuron is |w2| |w1|", _stretched(roof(), 2), OWN_HYPERPLANES,
    ),
    _bound_mutant(
        "own-signed-sum", lambda v: v["largest_ridge_value"] * _signed(v), "bends of both signs cost", hat(),
        OWN_HYPERPLANES,
    ),
    Mutant(
        "affine-part-counted", OWN_HYPERPLANES.without("orthogonal"),
        "a constant fits one datum at no cost: multipliers must not see affine functions", _alone(),
    ),
    Mutant(
        "any-network", BOUND.without("fits-part"), "a network that does not fit may cost nothing",
        _away_from_pyramid(),
    ),
    Mutant(
        "any-network-of-its-own", OWN_HYPERPLANES.without("fits-part"),
        "a network that does not fit may cost nothing", _away_from_pyramid(),
    ),
    *growing_norms.MUTANTS,
)  # fmt: skip

NECESSITY = (
    Necessity("fits-part", _away_from_pyramid(), "the network 0 costs nothing"),
    Necessity(
        "orthogonal",
        _alone(),
        "a constant fits one datum and costs nothing; the supremum over all hyperplanes is infinite there",
        "own-hyperplanes",
    ),
    Necessity("at-most-two-inputs", None, "true for any number of inputs; the supremum is computed for at most two"),
    *growing_norms.NECESSITY,
)

PYRAMID_SHALLOW_NORM = Theorem(
    id="pyramid-shallow-norm",
    title="Certified lower bounds on the norm of shallow networks that fit the pyramid",
    source=derived("depth separation, shallow side on finite data"),
    status="own",
    claims=(BOUND, OWN_HYPERPLANES, growing_norms.GROWTH),
    links=LINKS,
    right_side="the right side of <=",
    equality=(HATS, GRIDS),
    mutants=MUTANTS,
    larger=growing_norms.LARGER,
    necessity=NECESSITY,
    closed_forms=duality_forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "networks and multipliers are given, not trained",
        "trained-converged": "networks and multipliers are given, not trained",
        "swept": "the supremum over all hyperplanes has an exact view only",
    },
    notes=(
        "Weak duality of the least sum_i |w2_i| |w1_i| over shallow networks of any width through given data; the "
        "affine part is free. Multipliers found in floats (by a linear programme, say) become proofs once their "
        "rationals are made orthogonal to affine functions. norm-grows-on-grids does that on three nested grids: "
        "networks of norm sqrt 2 and 4 (1 + sqrt 2 + sqrt 5)/3 = 6.2004 fit the first two, less than the next grid "
        "asks for. Multipliers certify larger data too, with 0 at the data added: no fit gets cheaper when data are "
        "added. That the least norms grow without bound, which depth separation needs, is known from Ongie, Willett, "
        "Soudry, Srebro (ICLR 2020) and is not proved here. The weighted norm of stable networks is not claimed: "
        "figures for it come from finite dictionaries of neurons, which certify nothing about all networks."
    ),
)
