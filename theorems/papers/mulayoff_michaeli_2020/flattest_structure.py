"""Inside a flattest factorisation: the top path gains sigma^{1/m} a layer, and no other direction gains much more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Constant, Values, number, tex
from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.papers.mulayoff_michaeli_2020 import structure_forms, structure_mutants
from refutable.theorems.papers.mulayoff_michaeli_2020.assumptions import FLATTEST, NONZERO_MAP, WHITE_DATA
from refutable.theorems.papers.mulayoff_michaeli_2020.source import SOURCE
from refutable.theorems.papers.mulayoff_michaeli_2020.structure_cases import (
    AMPLIFIED_FIRST_LAYER,
    AMPLIFIED_LAST_LAYER,
    STEEP,
    UNEVEN_DATA,
    ZERO_MAP,
)
from refutable.theorems.papers.mulayoff_michaeli_2020.structure_formulas import (
    aligned,
    couplings,
    gains_within,
    layer_terms,
    most_gain,
    near_balance,
    top_gains,
)
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

ASSUMED = (WHITE_DATA, FLATTEST, NONZERO_MAP)


def _claim(id: str, statement: str, concludes: Callable[[View], Iterable[Check]], latex: str) -> Claim:
    return Claim(id, DEEP_LINEAR, statement, ASSUMED, concludes, latex)


def _gain_bound(constants: Values) -> Claim:
    offset = constants["offset"]
    factor = f"max(m - {number(offset)}, 1)"
    return _claim(
        "flattest-structure",
        f"at a flattest factorisation |A_j|^2 <= {factor} sigma^{{2j/m}} and |B_j|^2 <= {factor} sigma^{{2(m-j)/m}}",
        lambda view: gains_within(view, most_gain(view, offset)),
        r"\|W_j\cdots W_1\|_2^2 \le \max(m-" + tex(offset) + r",1)\, \sigma^{2j/m}, \quad "
        r"\|W_m\cdots W_{j+1}\|_2^2 \le \max(m-" + tex(offset) + r",1)\, \sigma^{2(m-j)/m}",
    )


BOUND = Adjustable({"offset": Constant(fmpq(1), "what is taken off the number of layers m")}, _gain_bound)
TOP_GAIN = _claim(
    "top-path-gain",
    "at a flattest factorisation |W_j ... W_1 v| = sigma^{j/m} for every top right singular vector v of M",
    top_gains,
    r"|W_j\cdots W_1 v| = \sigma^{j/m}",
)
COUPLING = _claim(
    "coupling",
    "at a flattest factorisation W_j^T W_j p = sigma^{2/m} p along the path p = W_{j-1} ... W_1 v of every top vector "
    "v: a left singular vector of each layer is a right singular vector of the next",
    couplings,
    r"W_j^\top W_j\, p_{j-1} = \sigma^{2/m} p_{j-1}, \qquad p_j = W_j p_{j-1},\; p_0 = v",
)
NEAR_BALANCE = _claim(
    "near-balance",
    "at a flattest factorisation sum_{j<m} |A_j x|^2 / sigma^{2j/m} <= m |x|^2 for every x",
    near_balance,
    r"\sum_{j=0}^{m-1} A_j^\top A_j / \sigma^{2j/m} \preceq m I",
)

LINKS = (
    _claim(
        "equal-terms",
        "at a flattest factorisation every layer adds the same: |B_i^T u|^2 |A_{i-1} v|^2 = sigma^{2(1-1/m)}",
        layer_terms,
        r"|B_i^\top u|^2 |A_{i-1} v|^2 = \sigma^{2(1-1/m)}",
    ),
    _claim(
        "aligned-paths",
        "at a flattest factorisation A_j v and B_j^T u are parallel: equality in Cauchy and Schwarz",
        aligned,
        r"|A_j v|\,|B_j^\top u| = u^\top M v",
    ),
)

NECESSITY = (
    Necessity(
        "white-data",
        UNEVEN_DATA,
        "layers 2 and 1 on inputs with E x^2 = 4/5: sharpness 4 as at the flattest layers of white data, |W_1|^2 > 2",
    ),
    Necessity("flattest", STEEP, "2 times 1/2 makes 1: |W_1|^2 = 4"),
    Necessity("nonzero-map", ZERO_MAP, "layers 1, 0, 0 are flattest for the map 0, and |W_1| = 1"),
)

FLATTEST_STRUCTURE = Theorem(
    id="flattest-structure",
    title="Inside the flattest deep linear networks",
    source=SOURCE,
    status="recalled",
    claims=(BOUND.claim, TOP_GAIN, COUPLING, NEAR_BALANCE),
    links=LINKS,
    adjustable=BOUND,
    right_side="m - 1 times the squared gain of the top path",
    equality=(AMPLIFIED_FIRST_LAYER, AMPLIFIED_LAST_LAYER),
    mutants=structure_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=structure_forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "no trained network is exactly flattest: its weights are rounded",
        "trained-converged": "no trained network is exactly flattest: its weights are rounded",
        "swept": "no float network is exactly flattest",
    },
    notes=(
        "sigma is the spectral norm of M, m the number of layers, A_j = W_j ... W_1, B_j = W_m ... W_{j+1}. That "
        "gains do not change drastically from layer to layer is a theorem of the paper whose constant was not read; "
        "near balance and the factor sqrt(m - 1) (1 for a single layer) are proved here and sharp. Two layers: both "
        "have norm sqrt(sigma). The bound is not one of single layers: in a direction that nothing enters and "
        "nothing leaves a layer may have any gain. Top vectors may be irrational: what is said of them is decided "
        "in the field that sigma^2 generates over the rationals, where a number is 0 or is not. Where sigma^{2/m} "
        "is irrational, near balance is decided off the top space by balls; a tie there stays open."
    ),
)
