"""The statement as recalled fails for the third margin: a certified counterexample, at each scale from 100 on.

With the first two margins tied links and closed forms prove it for all scales from 100 on; else one scale at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.margin_surface import MARGIN_SURFACE
from refutable.theorems.domains.margin_surface.domain import AWAY_SLOPE, NEAR_SLOPE
from refutable.theorems.instances import Instance
from refutable.theorems.records import Mutant, Necessity
from refutable.theorems.views import View


def surface(levels: tuple[fmpq | int, ...], scale: fmpq | int, phi: fmpq | int, psi: fmpq | int) -> Instance:
    """A point of f_1 = g_1 - phi^2, f_2 = g_2 + phi/(1 + psi^2), f_3 = g_3 - (psi - 1)^2."""
    return MARGIN_SURFACE.instance(levels=list(levels), scale=scale, phi=phi, psi=psi)


def _within(view: View) -> Iterable[Check]:
    yield Check(abs(view["psi"] - 1), "<=", fmpq(1, 2))


NEAR = Assumption("near-lexicographic-maximum", "|psi - 1| <= 1/2", _within)
AWAY = Assumption(
    "away-from-lexicographic-maximum", "|psi - 1| > 1/2", lambda view: [Check(fmpq(1, 2), "<", abs(view["psi"] - 1))]
)
LARGE = Assumption("scale-at-least-100", "s >= 100", lambda view: [Check(100, "<=", view["scale"])])
ORDERED = Assumption(
    "second-at-least-first", "g_1 <= g_2", lambda view: [Check(view["levels"][0], "<=", view["levels"][1])]
)
TIED = Assumption("first-two-tied", "g_1 = g_2", lambda view: [Check(view["levels"][0], "==", view["levels"][1])])


def _apart(view: View) -> Iterable[Check]:
    g = view["levels"]
    yield Check(g[0], "<", g[1])
    yield Check(g[1], "<", g[2])


APART = Assumption("margins-apart", "g_1 < g_2 < g_3", _apart)


def _high(view: View) -> Iterable[Check]:
    g = view["levels"]
    yield Check(1 + 2 * (g[1] - g[0]), "<=", g[2] - g[0])


HIGH = Assumption("third-high", "g_3 - g_1 >= 1 + 2 (g_2 - g_1)", _high)


def _lower_away(view: View) -> Iterable[Check]:
    excess = view["least_two_away"] - 1 + view["third_away"]
    yield Check(excess, "<", view["least_near"] - 1, "both less the 1 that phi = 0 costs at least")


def _near_bound(view: View) -> Iterable[Check]:
    yield Check(view["least_near"] - 1, "<=", view["loss"] - 1, "both less the 1 that phi = 0 costs at least")


def _gain(view: View) -> Any:
    """(16/17 - 4/5) (log s)^2 / (2 s)."""
    logarithm = view.ops.elementary("log", view["scale"])
    return logarithm * logarithm * (AWAY_SLOPE - NEAR_SLOPE) / (2 * view["scale"])


def _tilt(view: View) -> Iterable[Check]:
    s = view["scale"]
    yield Check(view.ops.elementary("log", s) / (2 * s * NEAR_SLOPE), "<=", view["tilt_near"])


LEAST_LOSS_AWAY = Claim(
    "third-margin-is-traded",
    MARGIN_SURFACE,
    "(own) for f_1 = g_1 - phi^2, f_2 = g_2 + phi/(1 + psi^2), f_3 = g_3 - (psi - 1)^2 and s >= 100 the loss of some "
    "point with psi = 1/4 is below that of every point with |psi - 1| <= 1/2: no minimiser is near the lexicographic "
    "maximum phi = 0, psi = 1. Decided at the instance's s and levels",
    (ORDERED, HIGH, LARGE),
    _lower_away,
    r"\min_\phi L(\phi, \tfrac14) < \min_{\phi,\; |\psi - 1| \le 1/2} L(\phi, \psi) \quad (s \ge 100)",
)
LINKS = (
    Claim(
        "bound-near-lexicographic-maximum",
        MARGIN_SURFACE,
        "where |psi - 1| <= 1/2 the loss is at least its first two terms with the largest slope there, 4/5, at the "
        "best phi (for phi <= 0 both terms are at least those at phi = 0)",
        (NEAR,),
        _near_bound,
        r"|\psi - 1| \le \tfrac12 \Rightarrow e^{s g_1} L \ge "
        r"\min_\phi \left(e^{s\phi^2} + e^{-s(g_2 - g_1 + 4\phi/5)}\right)",
    ),
    Claim(
        "tilt-when-tied",
        MARGIN_SURFACE,
        "with g_1 = g_2 and s >= 100 the best phi is at least log(s) / (2 a s), a = 4/5",
        (TIED, LARGE),
        _tilt,
        r"g_1 = g_2,\; s \ge 100 \Rightarrow \phi_a \ge \frac{\log s}{2as}",
    ),
    Claim(
        "gain-when-tied",
        MARGIN_SURFACE,
        "with g_1 = g_2 and s >= 100 the slope 16/17 in place of 4/5 lowers the first two terms by at least "
        "(12/85) (log s)^2 / (2 s): slower than any exponential",
        (TIED, LARGE),
        lambda view: [Check(_gain(view), "<=", view["least_near"] - view["least_two_away"])],
        r"h_s(\tfrac45) - h_s(\tfrac{16}{17}) \ge \tfrac{12}{85}\,\frac{(\log s)^2}{2s},\quad "
        r"h_s(a) = \min_\phi \left(e^{s\phi^2} + e^{-sa\phi}\right)",
    ),
    Claim(
        "third-term-below-gain",
        MARGIN_SURFACE,
        "with g_1 = g_2, g_3 >= g_1 + 1 and s >= 100 the third term at psi = 1/4, at most e^(-7 s/16), is below that "
        "gain: at s = 100, and the logarithm of their ratio falls (third-for-all-scales)",
        (TIED, HIGH, LARGE),
        lambda view: [Check(view["third_away"], "<", _gain(view))],
        r"e^{-s(g_3 - g_1 - 9/16)} < \tfrac{12}{85}\,\frac{(\log s)^2}{2s}",
    ),
)

TIED_POINT = surface((1, 1, 2), 100, fmpq(3, 100), fmpq(1, 4))
APART_POINT = surface((1, fmpq(6, 5), fmpq(12, 5)), 100, fmpq(1, 10**9), fmpq(1, 4))


def _recalled(id: str, more: str, assumes: tuple[Assumption, ...], why: str, killer: Instance) -> Mutant:
    statement = (
        f"(as recalled, for the third margin, {more}) no point with |psi - 1| > 1/2 has a smaller loss than all points "
        "with |psi - 1| <= 1/2, at scales s >= 100"
    )
    return Mutant(id, Claim(id, MARGIN_SURFACE, statement, (AWAY, LARGE, *assumes), _near_bound), why, killer)


MUTANTS = (
    _recalled(
        "third-margin-with-ties",
        "first two margins tied",
        (TIED,),
        "phi = 3/100 trades the first margin for the second, which saves more at psi = 1/4 (loss 1.153) than near "
        "psi = 1 (1.185 at best); the third margin costs e^(-44) there",
        TIED_POINT,
    ),
    _recalled(
        "third-margin-without-ties",
        "margins apart",
        (APART,),
        "margins 1, 6/5, 12/5: the trade saves about s e^(-2 s/5) a^2 / 4, more than the third margin's e^(-0.83 s)",
        APART_POINT,
    ),
)
NECESSITY = (
    Necessity(
        "second-at-least-first",
        surface((0, fmpq(-1, 2), 0), 100, 0, fmpq(1, 4)),
        "g = (0, -1/2, 0): the second margin is the least, and what is gained by tilting does not pay for the third",
        "third-margin-is-traded",
    ),
    Necessity(
        "third-high",
        surface((0, 0, 0), 100, 0, fmpq(1, 4)),
        "levels (0, 0, 0): the third margin is -9/16 at psi = 1/4, and decides",
        "third-margin-is-traded",
    ),
    Necessity(
        "scale-at-least-100",
        surface((0, 0, 1), 1, 0, fmpq(1, 4)),
        "at s = 1 the third term at psi = 1/4 is 0.65",
        "third-margin-is-traded",
    ),
    Necessity(
        "near-lexicographic-maximum",
        TIED_POINT,
        "psi = 1/4: its loss is below the bound",
        "bound-near-lexicographic-maximum",
    ),
    Necessity(
        "first-two-tied",
        surface((0, fmpq(1, 5), 2), 100, 0, 1),
        "apart by 1/5 the best phi is below e^(-20)",
        "tilt-when-tied",
    ),
)
