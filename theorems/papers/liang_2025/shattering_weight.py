"""The weight of a hyperplane near the sphere, for data uniform in the ball: L (1 - t)^(d+2) up to explicit factors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.ball_caps import BALL_CAPS
from refutable.theorems.papers.liang_2025 import shattering_constants as constants
from refutable.theorems.papers.liang_2025 import shattering_forms
from refutable.theorems.papers.liang_2025.shattering_assumptions import NEAR_SPHERE, UPPER_HALF
from refutable.theorems.papers.liang_2025.shattering_families import SHRINKING_CAPS, cap
from refutable.theorems.papers.liang_2025.source import source
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most
from refutable.theorems.papers.weight_closed_forms.closed import ball_constant
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View


def claim(
    id: str, statement: str, left: Formula, right: Formula, latex: str = "", assumes: tuple[Assumption, ...] = ()
) -> Claim:
    """left <= right on caps of the ball."""
    return Claim(id, BALL_CAPS, statement, assumes, at_most(left, right), latex)


def weight(view: View) -> Any:
    """g(u, t)."""
    return view["weight"]


def seven_eighths(view: View, per_dimension: fmpq = fmpq(7, 8)) -> Any:
    """(7/8)^(d-1) (5/8) sqrt2 L h^(d+2): the lower bound with its factors at t = 3/4."""
    factor = per_dimension ** (view["dimension"] - 1) * fmpq(5, 8)
    return factor * constants.ROOT_TWO * constants.upper(view)


UPPER = claim(
    "shattering-weight",
    "g(u, t) <= L (1 - t)^(d+2), L = sqrt2 (c 2^a/(a + 1))^2/(a + 2), a = (d - 1)/2, for X uniform in the unit ball",
    weight,
    constants.upper,
    r"g(u,t) \le L_d (1-t)^{d+2},\quad L_d = \frac{\sqrt2}{a+2}\Bigl(\frac{c_d 2^a}{a+1}\Bigr)^2,\; a = \tfrac{d-1}2,\;"
    r" c_d = \frac{\Gamma(d/2+1)}{\sqrt\pi\,\Gamma((d+1)/2)}",
)
LOWER = claim(
    "shattering-weight-below",
    "g(u, t) >= ((1 + t)/2)^(d-1) sqrt((1 + t^2)/2) L (1 - t)^(d+2), 0 < t: the two bounds have ratio -> 1 as t -> 1",
    constants.lower,
    weight,
    r"\Bigl(\frac{1+t}2\Bigr)^{d-1}\sqrt{\frac{1+t^2}2}\, L_d (1-t)^{d+2} \le g(u,t)",
    (UPPER_HALF,),
)
THREE_QUARTERS = claim(
    "constants-from-three-quarters",
    "for t >= 3/4: g(u, t) >= (7/8)^(d-1) (5/8) sqrt2 L (1 - t)^(d+2), constants that depend on d only",
    seven_eighths,
    weight,
    r"\Bigl(\frac78\Bigr)^{d-1}\frac{5\sqrt2}8\, L_d (1-t)^{d+2} \le g(u,t),\quad t \ge \tfrac34",
    (NEAR_SPHERE,),
)


def _square(name: str) -> Formula:
    return lambda view: view[name] * view[name]


def _below(bound: Formula) -> Formula:
    return lambda view: constants.narrowing(view) * bound(view)


LINKS = (
    claim(
        "cap-is-the-smaller-side",
        "the weight of the cap {u.x > t} is at most that of the rest, for 0 < t",
        lambda view: view["cap_weight"],
        lambda view: view["rest_weight"],
        r"\tilde g(u,t) \le \tilde g(-u,-t)",
        (UPPER_HALF,),
    ),
    claim(
        "mass-above",
        "P(u.X > t)^2 <= (c 2^a/(a + 1))^2 (1 - t)^(d+1)",
        _square("cap_probability"),
        constants.mass_square,
        r"\mathbb{P}(u\cdot X > t) \le \frac{c_d 2^a}{a+1}(1-t)^{a+1}",
    ),
    claim(
        "mass-below",
        "P(u.X > t)^2 >= ((1 + t)/2)^(d-1) (c 2^a/(a + 1))^2 (1 - t)^(d+1)",
        _below(constants.mass_square),
        _square("cap_probability"),
        r"\Bigl(\frac{1+t}2\Bigr)^{a}\frac{c_d 2^a}{a+1}(1-t)^{a+1} \le \mathbb{P}(u\cdot X > t)",
    ),
    claim(
        "excess-above",
        "E[(u.X - t)_+]^2 <= (c 2^a/((a + 1)(a + 2)))^2 (1 - t)^(d+3)",
        _square("cap_excess"),
        constants.excess_square,
        r"\mathbb{E}(u\cdot X - t)_+ \le \frac{c_d 2^a}{(a+1)(a+2)}(1-t)^{a+2}",
    ),
    claim(
        "excess-below",
        "E[(u.X - t)_+]^2 >= ((1 + t)/2)^(d-1) (c 2^a/((a + 1)(a + 2)))^2 (1 - t)^(d+3)",
        _below(constants.excess_square),
        _square("cap_excess"),
        r"\Bigl(\frac{1+t}2\Bigr)^{a}\frac{c_d 2^a}{(a+1)(a+2)}(1-t)^{a+2} \le \mathbb{E}(u\cdot X - t)_+",
    ),
    claim(
        "height-above",
        "E[u.X; u.X > t] <= P(u.X > t): no point of the ball is higher than 1",
        lambda view: view["cap_moment"],
        lambda view: view["cap_probability"],
        r"\mathbb{E}[u\cdot X; u\cdot X > t] \le \mathbb{P}(u\cdot X > t)",
    ),
    claim(
        "height-below",
        "t P(u.X > t) <= E[u.X; u.X > t]",
        lambda view: view["height"] * view["cap_probability"],
        lambda view: view["cap_moment"],
        r"t\,\mathbb{P}(u\cdot X > t) \le \mathbb{E}[u\cdot X; u\cdot X > t]",
    ),
)


def _constant(without: Callable[[int], fmpq]) -> Callable[[int], Any]:
    """L times a rational of the dimension."""
    return lambda d: constants.leading_constant(d) * without(d)


def _above(id: str, statement: str, right: Formula, why: str, killer: Any) -> Mutant:
    false = claim(f"above: {id}", f"g(u, t) <= {statement} (false variant: {id})", weight, right)
    return Mutant(id, false, why, killer)


def _under(id: str, statement: str, left: Formula, why: str, killer: Any, assumes: Any = (UPPER_HALF,)) -> Mutant:
    false = claim(f"below: {id}", f"g(u, t) >= {statement} (false variant: {id})", left, weight, "", assumes)
    return Mutant(id, false, why, killer)


def _first_power(d: int) -> Any:
    """sqrt2 c 4^a/((a + 1)^2 (a + 2))."""
    return constants.leading_constant(d) / ball_constant(d)


SMALL = fmpq(1, 1024)

MUTANTS = (
    _above(
        "root-two-dropped",
        "L/sqrt2 (1 - t)^(d+2)",
        lambda view: constants.upper(view) / constants.ROOT_TWO,
        "|(1, E[X | cap])| tends to sqrt2, not to 1",
        cap(3, "1/4"),
    ),
    _above(
        "exponent-plus-one",
        "L (1 - t)^(d+3)",
        lambda view: constants.upper(view, power=3),
        "P and the excess have a + 1 and a + 2 powers of 1 - t, together d + 2",
        cap(3, "1/4"),
    ),
    _above(
        "first-power-of-c",
        "sqrt2 c 4^a/((a + 1)^2 (a + 2)) (1 - t)^(d+2)",
        lambda view: constants.upper(view, _first_power),
        "both factors carry c, which exceeds 1 from d = 6 on",
        cap(7, SMALL),
    ),
    _above(
        "first-power-of-two",
        "L with 2^a for 4^a",
        lambda view: constants.upper(view) / view.ops.sqrt(fmpq(2 ** (view["dimension"] - 1))),
        "both factors carry 2^a",
        cap(3, "1/4"),
    ),
    _above(
        "last-factor-a-plus-three",
        "L (a + 2)/(a + 3) (1 - t)^(d+2)",
        lambda view: constants.upper(view, _constant(lambda d: fmpq(d + 3, d + 5))),
        "int (1 - u) u^a du = 1/((a + 1)(a + 2))",
        cap(1, "1/4"),
    ),
    _above(
        "a-plus-two-twice",
        "L (a + 1)/(a + 2) (1 - t)^(d+2)",
        lambda view: constants.upper(view, _constant(lambda d: fmpq(d + 1, d + 3))),
        "a + 1 stands squared, a + 2 once",
        cap(1, "1/4"),
    ),
    Mutant(
        "other-side",
        claim("other-side", "the rest weighs at most L (1 - t)^(d+2)", lambda v: v["rest_weight"], constants.upper),
        "only the cap is small",
        cap(3, "1/4"),
    ),
    _under(
        "narrowing-dropped",
        "sqrt((1 + t^2)/2) L (1 - t)^(d+2)",
        lambda view: constants.leaning(view) * constants.upper(view),
        "the density falls short of its value at the sphere's tangent",
        cap(3, "1/4"),
    ),
    _under(
        "narrowing-once",
        "((1 + t)/2)^a sqrt((1 + t^2)/2) L (1 - t)^(d+2)",
        lambda view: view.ops.sqrt(constants.narrowing(view)) * constants.leaning(view) * constants.upper(view),
        "P and the excess both lose ((1 + t)/2)^a",
        cap(9, SMALL),
    ),
    _under(
        "narrowing-d-minus-two",
        "((1 + t)/2)^(d-2) sqrt((1 + t^2)/2) L (1 - t)^(d+2)",
        lambda view: constants.lower(view) * 2 / (1 + view["height"]),
        "on the interval, d = 1, nothing is lost but nothing gained either",
        cap(1, "1/4"),
    ),
    _under(
        "leaning-dropped",
        "((1 + t)/2)^(d-1) L (1 - t)^(d+2)",
        lambda view: constants.narrowing(view) * constants.upper(view),
        "the cap's mean height is below 1",
        cap(1, "1/4"),
    ),
    _under(
        "fifteen-sixteenths",
        "(15/16)^(d-1) (5/8) sqrt2 L (1 - t)^(d+2) for t >= 3/4",
        lambda view: seven_eighths(view, fmpq(15, 16)),
        "7/8 = (1 + 3/4)/2",
        cap(9, "1/4"),
        (NEAR_SPHERE,),
    ),
)

NECESSITY = (
    Necessity(
        "upper-half", cap(1, "3/2"), "on the interval t = -1/2 is farther from 0 than the cap's mean 1/4",
        "shattering-weight-below",
    ),
    Necessity("near-sphere", cap(8, "3/4"), "t = 1/4 in dimension 8", "constants-from-three-quarters"),
)  # fmt: skip

SHATTERING_WEIGHT = Theorem(
    id="shattering-weight",
    title="The weight of a cap of the ball, up to explicit factors that tend to 1",
    source=source("the weight of the uniform ball near the sphere; its number is not recalled"),
    status="own",
    claims=(UPPER, LOWER, THREE_QUARTERS),
    links=LINKS,
    right_side="the right side of <=",
    equality=(SHRINKING_CAPS,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=shattering_forms.CLOSED_FORMS,
    larger={"right-side-1e-6": "the bound is a limit: 1 - 10^-6 is reached at depths below 10^-5 only"},
    evidence={
        "trained-relabelled": "a cap is not trained",
        "trained-converged": "a cap is not trained",
        "swept": "quantities of laws have an exact view only",
    },
    notes=(
        "The paper gives two-sided constants for t >= 3/4; the leading constant L and both bounds are own, and hold at "
        "every t (the lower one for 0 < t). As t -> 1 both bounds tend to L (1 - t)^(d+2): that limit is what the "
        "finite bounds stand for. L is sqrt2/8 for d = 1, .20379 for d = 2, .26517 for d = 3, .55243 for d = 5. "
        "Rationals decide odd d, balls even d."
    ),
)
