"""The domain record: fields, validation, quantities, writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.margin_surface.least_loss import TwoTerms, least_of_two, place_of_least
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View

MAX_SCALE, MAX_SIZE, MAX_BITS = 10**7, 10, 128
MAX_LEVEL_EXPONENT = 10**5
"""Of s |g_2 - g_1|."""
NEAR_SLOPE, AWAY, AWAY_SLOPE = fmpq(4, 5), fmpq(1, 4), fmpq(16, 17)
"""The largest a(psi) where |psi - 1| <= 1/2; a place psi away from 1, and a(psi) there."""

FIELDS = (
    Field("levels", ("levels",), ("k",), meaning="g_1, g_2, g_3: the margins at phi = 0, psi = 1"),
    Field("scale", ("scale",), positive=True, meaning="s = rho^a: the loss is sum_n exp(-s f_n)"),
    Field("phi", ("point", "phi"), meaning="first coordinate of a point"),
    Field("psi", ("point", "psi"), meaning="second coordinate of a point"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the margins are smooth."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Three levels; numbers neither long nor large.

    Raises:
        InstanceError: otherwise.
    """
    levels, scale = values["levels"], values["scale"]
    if len(levels) != 3:
        raise InstanceError(f"levels has {len(levels)} entries; there are three margins")
    named = {"point.phi": values["phi"], "point.psi": values["psi"], "scale": scale}
    named |= {f"levels[{i}]": g for i, g in enumerate(levels)}
    for name, q in named.items():
        if max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS:
            raise InstanceError(f"{name} has more than {MAX_BITS} bits in numerator or denominator; round it")
        if name != "scale" and abs(q) > MAX_SIZE:
            raise InstanceError(f"{name} is {text(q)}; beyond {MAX_SIZE} nothing is near the point any more")
    if scale > MAX_SCALE or scale * abs(levels[1] - levels[0]) > MAX_LEVEL_EXPONENT:
        raise InstanceError(
            f"scale is {text(scale)}; at most {MAX_SCALE} here, and at most {MAX_LEVEL_EXPONENT} times |g_2 - g_1|"
        )


def slope(view: View) -> Any:
    """a(psi)."""
    return 1 / (1 + view["psi"] * view["psi"])


def margins(view: View) -> Any:
    """(f_1, f_2, f_3) at the point."""
    g, phi, psi = view["levels"], view["phi"], view["psi"]
    parts = (g[..., 0] - phi * phi, g[..., 1] + phi * view["slope"], g[..., 2] - (psi - 1) * (psi - 1))
    return view.ops.concat(
        [1 * part[..., None] if hasattr(part, "shape") else view.ops.array([part]) for part in parts]
    )


def loss(view: View) -> Any:
    """sum_n exp(-s f_n) at the point, over exp(-s g_1)."""
    ops, first = view.ops, view["levels"][..., :1]
    return ops.sum(ops.elementary("exp", (first - view["margins"]) * ops.spread(view["scale"])))


def two_terms(view: View, a: fmpq) -> TwoTerms:
    """The first two terms of the loss over exp(-s g_1), with slope a.

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("the least loss near a point is enclosed")
    g = view["levels"]
    return TwoTerms(view["scale"], g[1] - g[0], a)


def least_near(view: View) -> Any:
    """A lower bound of the loss over exp(-s g_1) where |psi - 1| <= 1/2, any phi: two terms, the largest slope."""
    return least_of_two(two_terms(view, NEAR_SLOPE))


def least_two_away(view: View) -> Any:
    """The least of the first two terms of the loss over exp(-s g_1) along psi = 1/4."""
    return least_of_two(two_terms(view, AWAY_SLOPE))


def third_away(view: View) -> Any:
    """The third term of the loss over exp(-s g_1) at psi = 1/4."""
    g = view["levels"]
    return view.ops.elementary("exp", view["scale"] * (g[0] - g[2] + (AWAY - 1) ** 2))


def tilt_near(view: View) -> Any:
    """The phi of `least_near`."""
    return place_of_least(two_terms(view, NEAR_SLOPE))


def hollow(view: View) -> str | None:
    """Never."""
    return None


def describe(instance: Instance) -> list[str]:
    """The margins, the scale and the point."""
    g1, g2, g3 = (text(g) for g in instance["levels"])
    return [
        f"f_1 = {g1} - phi^2, f_2 = {g2} + phi / (1 + psi^2), f_3 = {g3} - (psi - 1)^2",
        f"loss sum_n exp(-s f_n), s = {text(instance['scale'])}",
        f"phi = {text(instance['phi'])}, psi = {text(instance['psi'])}",
    ]


NUMBERS = NumberMoves(("levels", "phi", "psi", "scale"), jointly=("levels",), positive=("scale",))


def plainer_levels(instance: Instance) -> Iterator[Instance]:
    """The least level 0; levels (0, 0, 1) and (1, 1, 2)."""
    g = instance["levels"]
    yield instance.replace(levels=sealed(g - g[0]))
    for first in (0, 1):
        levels = g.copy()
        levels[:] = [fmpq(first), fmpq(first), fmpq(first + 1)]
        yield instance.replace(levels=sealed(levels))


def elsewhere(instance: Instance) -> Iterator[Instance]:
    """Other scales; other points; levels tied or apart."""
    for factor in (fmpq(10), fmpq(1, 10)):
        yield instance.replace(scale=instance["scale"] * factor)
    for factor in (fmpq(2), fmpq(1, 2), fmpq(1, 10)):
        yield instance.replace(phi=instance["phi"] * factor)
    for psi in (fmpq(0), fmpq(1, 4), fmpq(1, 10), fmpq(1)):
        yield instance.replace(psi=psi)
    for step in (fmpq(1, 5), fmpq(0)):
        g = instance["levels"].copy()
        g[1], g[2] = g[0] + step, g[0] + 2 * step + 1
        yield instance.replace(levels=sealed(g))


MARGIN_SURFACE = Domain(
    id="margin-surface",
    title="three margins near a point of the sphere, of which two may be traded",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("slope", slope, "a(psi) = 1 / (1 + psi^2)", scalar=True),
        Quantity("margins", margins, "(f_1, f_2, f_3) at the point, [3]"),
        Quantity("loss", loss, "sum_n exp(-s (f_n - g_1)) at the point", scalar=True),
        Quantity("least_near", least_near, "min over phi of exp(s phi^2) + exp(-s (g_2 - g_1 + 4/5 phi))", scalar=True),
        Quantity("least_two_away", least_two_away, "the same with 16/17 in place of 4/5", scalar=True),
        Quantity("third_away", third_away, "exp(-s (g_3 - g_1 - 9/16)), the third term at psi = 1/4", scalar=True),
        Quantity("tilt_near", tilt_near, "the phi at which least_near is reached", scalar=True),
    ),
    moves=proper(check, ("scale",), (Move("plainer levels", plainer_levels), *NUMBERS.moves)),
    variations=proper(check, ("scale",), (Move("elsewhere", elsewhere),)),
    check=check,
    hollow=hollow,
    describe=describe,
)
