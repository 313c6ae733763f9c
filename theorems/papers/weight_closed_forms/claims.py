"""The claims: printed weights of named laws, bounds on the weight of any law, and the steps of their proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.distribution import DISTRIBUTION
from refutable.theorems.domains.distribution.domain import weight_squared
from refutable.theorems.papers.weight_closed_forms.assumptions import BOUNDED, OUTSIDE, SYMMETRIC_UNIFORM
from refutable.theorems.papers.weight_closed_forms.closed import CLOSED, Table, closed_weight, mean
from refutable.theorems.papers.weight_closed_forms.formulas import from_mass
from refutable.theorems.views import View

Side = Callable[[View], Any]


def closed_form_claim(id: str = "weight-closed-forms", table: Table = CLOSED) -> Claim:
    """The claim that the formulas of ``table`` are the weights of their laws."""

    def concludes(view: View) -> Iterable[Check]:
        yield Check(view["weight_left"], "==", closed_weight(view, "left", table), "weight of {X < t}")
        yield Check(view["weight_right"], "==", closed_weight(view, "right", table), "weight of {X > t}")

    statement = "the weights g^-, g^+ of a law, from its moments, are its printed closed forms"
    return Claim(id, DISTRIBUTION, statement, (), concludes, r"g_X^{\pm}(t) = \text{closed form of the law of } X")


def inequality(
    id: str, statement: str, latex: str, left: Side, right: Side, assumes: tuple[Assumption, ...] = ()
) -> Claim:
    """left <= right."""
    return Claim(id, DISTRIBUTION, statement, assumes, lambda v: [Check(left(v), "<=", right(v))], latex)


def distance_square(view: View) -> Any:
    """max(R^2 - t^2, 0)."""
    r, t = view["radius_of_law"], view["point"]
    return view.ops.maximum(r * r - t * t, view.ops.ratio(0))


def loose(view: View) -> Any:
    """(1/4) sqrt(R^2 - t^2) sqrt(1 + R^2), 0 for |t| > R."""
    ops, r = view.ops, view["radius_of_law"]
    return ops.ratio(1, 4) * ops.sqrt(distance_square(view)) * ops.sqrt(1 + r * r)


def _loosest(view: View) -> Any:
    r = view["radius_of_law"]
    return view.ops.ratio(1, 4) * r * view.ops.sqrt(1 + r * r)


def _product_bound(view: View) -> Any:
    r, square = view["radius_of_law"], distance_square(view)
    return view.ops.ratio(1, 256) * square * square * (1 + r * r) ** 2


def _squares_product(view: View) -> Any:
    return weight_squared(view, "left") * weight_squared(view, "right")


def _smaller_square_twice(view: View) -> Any:
    smaller = view.ops.minimum(weight_squared(view, "left"), weight_squared(view, "right"))
    return smaller * smaller


def _lower(view: View) -> Iterable[Check]:
    for side in ("left", "right"):
        product = view[f"probability_{side}"] * view[f"excess_{side}"]
        yield Check(product, "<=", view[f"weight_{side}"], f"the {side} side")


def _general_law(view: View) -> Iterable[Check]:
    ops, t = view.ops, view["point"]
    left = from_mass(ops, view["probability_left"], view["moment_left"], t)
    right = from_mass(ops, view["probability_right"], -view["moment_right"], -t)
    yield Check(view["weight_left"], "==", left, "weight of {X < t}")
    yield Check(view["weight_right"], "==", right, "weight of {X > t}")


def _balance(view: View) -> Iterable[Check]:
    gap = view["point"] - mean(view["name"], view["numbers"])
    yield Check(view["excess_left"] - view["excess_right"], "==", gap)


def _side_bounds(view: View) -> Iterable[Check]:
    r, t = view["radius_of_law"], view["point"]
    for side, direction in (("left", 1), ("right", -1)):
        p, m = view[f"probability_{side}"], view[f"moment_{side}"]
        yield Check(view[f"excess_{side}"], "<=", p * (r + direction * t), f"excess of the {side} side")
        yield Check(m * m, "<=", p * p * (r * r), f"moment of the {side} side")


def outer(view: View) -> Any:
    """Weight of the side away from 0."""
    return view["weight_right" if view["point"] >= 0 else "weight_left"]


def inner(view: View) -> Any:
    """Weight of the side that contains 0."""
    return view["weight_left" if view["point"] >= 0 else "weight_right"]


CLOSED_FORMS_CLAIM = closed_form_claim()
LOOSENED = inequality(
    "loosened-bound",
    "|X| <= R implies g(t) <= (1/4) sqrt(R^2 - t^2) sqrt(1 + R^2); equality for two atoms +-R at t = 0",
    r"g(t) \le \tfrac14 \sqrt{R^2 - t^2}\,\sqrt{1 + R^2}",
    lambda view: view["weight"],
    loose,
    (BOUNDED,),
)
LOWER = Claim(
    "lower-bound",
    DISTRIBUTION,
    "the weight of a side is at least P^2 E[|X - t| | .]: the square root is at least 1",
    (),
    _lower,
    r"g^{\pm}(t) \ge P^2\,\mathbb{E}[\,|X - t| \mid \cdot\,]",
)
OUTER_SIDE = inequality(
    "outer-side",
    "for X uniform on [-a, a] the smaller side is the outer one: g(t) is the weight of the side away from 0",
    r"g^{\mathrm{outer}}(t) \le g^{\mathrm{inner}}(t), \quad X \sim U[-a, a]",
    outer,
    inner,
    (SYMMETRIC_UNIFORM,),
)
NO_WEIGHT_OUTSIDE = Claim(
    "no-weight-outside",
    DISTRIBUTION,
    "g(t) = 0 at the ends of the support and beyond them, where one side has no mass",
    (OUTSIDE,),
    lambda view: [Check(view["weight"], "==", view.ops.ratio(0))],
    r"g(t) = 0 \text{ at the ends of the support and beyond}",
)
CLAIMS = (CLOSED_FORMS_CLAIM, LOOSENED, LOWER, OUTER_SIDE, NO_WEIGHT_OUTSIDE)

LINKS = (
    Claim(
        "general-law",
        DISTRIBUTION,
        "g^-(t) = (t F - M) sqrt(F^2 + M^2) with F = P(X < t), M = E[X; X < t]; g^+ is that of -X at -t",
        (),
        _general_law,
        r"g^-(t) = (tF - M)\sqrt{F^2 + M^2}",
    ),
    Claim(
        "mean-balance",
        DISTRIBUTION,
        "E[(t - X)_+] - E[(X - t)_+] = t - E X",
        (),
        _balance,
        r"\mathbb{E}(t - X)_+ - \mathbb{E}(X - t)_+ = t - \mathbb{E}X",
    ),
    Claim(
        "side-bounds",
        DISTRIBUTION,
        "|X| <= R: a side of probability P has excess at most P (R +- t) and |E[X; .]| <= P R",
        (BOUNDED,),
        _side_bounds,
        r"\mathbb{E}(t - X)_+ \le F (R + t), \quad |M| \le F R",
    ),
    inequality(
        "smaller-below-geometric-mean",
        "g(t)^4 <= g^-(t)^2 g^+(t)^2",
        r"g(t)^4 \le g^-(t)^2\, g^+(t)^2",
        _smaller_square_twice,
        _squares_product,
    ),
    inequality(
        "product-bound",
        "|X| <= R implies g^-(t)^2 g^+(t)^2 <= (R^2 - t^2)^2 (1 + R^2)^2/256; equality for two atoms +-R",
        r"g^-(t)^2 g^+(t)^2 \le \tfrac{1}{256}(R^2 - t^2)^2 (1 + R^2)^2",
        _squares_product,
        _product_bound,
        (BOUNDED,),
    ),
    inequality(
        "largest-at-zero",
        "|X| <= R: (1/4) sqrt(R^2 - t^2) sqrt(1 + R^2) <= (R/4) sqrt(1 + R^2)",
        r"\tfrac14 \sqrt{R^2 - t^2}\,\sqrt{1 + R^2} \le \tfrac R4 \sqrt{1 + R^2}",
        loose,
        _loosest,
        (BOUNDED,),
    ),
)
