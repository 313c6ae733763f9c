"""Shifted momentum with delay: each worker keeps its own velocity, and the effective stable step grows."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.exact import PI
from refutable.theorems.papers.giladi_2020 import momentum_forms, shifted_mutants
from refutable.theorems.papers.giladi_2020.momentum_assumptions import (
    compared,
    delay_at_least,
    with_momentum,
)
from refutable.theorems.papers.giladi_2020.momentum_claims import (
    EVIDENCE_REASON,
    claim,
    comparison,
    effective,
    necessary,
    raw,
    rounded_down,
    sufficient,
)
from refutable.theorems.papers.giladi_2020.source import MOMENTUM_SOURCE
from refutable.theorems.records import Necessity, Theorem

NECESSARY = necessary(
    "shifted",
    r"\left((z-1)(z^{\tau+1}-m) + az = 0 \Rightarrow |z|<1\right) \Rightarrow "
    r"0 < a < 2\sin x\,[\sin((2\tau+1)x) + m\sin x], \quad x = \min\{x>0: \cos((2\tau+1)x) = m\cos x\}",
)
SUFFICIENT = sufficient("shifted", r"0 < a < a^*_{\mathrm{shifted}}(\tau, m) \Rightarrow |z| < 1")
EFFECTIVE_GROWS = comparison(
    "effective-step-grows",
    "a larger momentum makes the threshold of the effective step a / (1 - m) strictly larger",
    "shifted",
    effective,
    False,
    latex=r"m < m' \Rightarrow "
    r"\frac{a^*_{\mathrm{shifted}}(\tau, m)}{1-m} < \frac{a^*_{\mathrm{shifted}}(\tau, m')}{1-m'}",
)
RAW_FALLS = comparison(
    "raw-step-falls",
    "for delay >= 1 a larger momentum makes the threshold strictly smaller",
    "shifted",
    raw,
    True,
    delay_at_least(1),
    latex=r"\tau \ge 1,\; m < m' \Rightarrow "
    r"a^*_{\mathrm{shifted}}(\tau, m') < a^*_{\mathrm{shifted}}(\tau, m)",
)
BELOW_LIMIT = claim(
    "below-limit",
    "for delay >= 1 the threshold is below 2 (1 - m) / tau, its form for m -> 1",
    (delay_at_least(1),),
    lambda view: Check(view["shifted_threshold"], "<", 2 * (1 - view["momentum"]) / view["delay"]),
    latex=r"a^*_{\mathrm{shifted}} < \frac{2(1-m)}{\tau}",
)
GAIN_OF_MOMENTUM = claim(
    "factor-at-the-limit",
    "for delay >= 1 the effective threshold for m -> 1, 2 / tau, is more than 4 / pi times the one without momentum",
    (delay_at_least(1),),
    lambda view: Check(view["plain_threshold"] * 4 / PI, "<", fmpq(2, view["delay"])),
    latex=r"\frac4\pi \cdot 2\sin\frac{\pi}{4\tau+2} < \frac2\tau",
)
LINKS = (
    claim(
        "at-least-no-momentum",
        "the effective threshold is at least the one without momentum, with equality at m = 0",
        (),
        lambda view: Check(view["plain_threshold"] * (1 - view["momentum"]), "<=", view["shifted_threshold"]),
        latex=r"2\sin\frac{\pi}{4\tau+2} \le \frac{a^*_{\mathrm{shifted}}}{1-m}",
    ),
    claim(
        "at-least-heavy-ball",
        "the threshold is at least the heavy ball's, with equality at m = 0 or tau = 0",
        (),
        lambda view: Check(view["heavy_ball_threshold"], "<=", view["shifted_threshold"]),
        latex=r"a^*_{\mathrm{HB}} \le a^*_{\mathrm{shifted}}",
    ),
    claim(
        "at-most-no-momentum",
        "for delay >= 1 the raw threshold is at most the one without momentum, with equality at m = 0",
        (delay_at_least(1),),
        lambda view: Check(view["shifted_threshold"], "<=", view["plain_threshold"]),
        latex=r"a^*_{\mathrm{shifted}} \le 2\sin\frac{\pi}{4\tau+2}",
    ),
)
NECESSITY = (
    Necessity("shifted-stable", with_momentum(3, 0, 0), "x_{t+1} = -2 x_t: above the threshold and unstable"),
    Necessity(
        "positive-curvature",
        with_momentum(-1, 0, 0, curvature=-1),
        "a negative curvature is below the threshold, and x_{t+1} = 2 x_t",
        "sufficient",
    ),
    Necessity("below-shifted-threshold", with_momentum(3, 0, 0), "x_{t+1} = -2 x_t", "sufficient"),
    Necessity("larger-momentum", compared(1, fmpq(1, 2), 0), "a smaller momentum", "effective-step-grows"),
    Necessity("delay-at-least-1", compared(0, 0, fmpq(1, 2)), "without delay it grows: 2, then 3", "raw-step-falls"),
)

DELAYED_SHIFTED_MOMENTUM = Theorem(
    id="delayed-shifted-momentum",
    title="Shifted momentum enlarges the effective stable step size under delay",
    source=MOMENTUM_SOURCE,
    status="recalled",
    claims=(NECESSARY, SUFFICIENT, EFFECTIVE_GROWS, RAW_FALLS, BELOW_LIMIT, GAIN_OF_MOMENTUM),
    links=LINKS,
    right_side="its threshold",
    equality=(rounded_down("shifted"),),
    mutants=shifted_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=momentum_forms.SHIFTED,
    evidence={
        "trained-relabelled": EVIDENCE_REASON,
        "trained-converged": EVIDENCE_REASON,
        "swept": "where the roots lie is a discrete fact, decided exactly one instance at a time",
    },
    notes=(
        "v_{t+1} = m v_{t-tau} - eta gradient(w_{t-tau}), w' = w + v_{t+1}, as the authors' code has it; stability in "
        "the mean, one eigenvalue of the Hessian, 0 <= m < 1. With x the first positive root of "
        "cos((2 tau+1) x) = m cos(x) the threshold is 2 sin(x) [sin((2 tau+1) x) + m sin(x)]. It is the only one: "
        "positive gains at which a root is on the circle are 2 sin(x) (sqrt(1 - m^2 cos(x)^2) + m sin(x)), increasing "
        "in x, and roots there move outwards. The effective threshold is sin((tau+2) x)/sin(tau x) - 1, strictly "
        "decreasing in x while m decreases in x too: it grows with m, from 2 sin(pi/(4 tau+2)) to 2/tau for m -> 1, a "
        "factor that decreases to 4/pi for large tau. At tau = 1 the threshold is 1 - m^2, at tau = 2 it is "
        "(1 - m)(sqrt(5 + 4m) - 1)/2: 33/64 at m = 5/16. Strict comparisons at two momenta stand for 'strictly "
        "increasing', and the bound 2 (1 - m)/tau for the limit. The training engine has delay with heavy-ball "
        "momentum, not shifted momentum: no network trained by it meets this threshold; simulated networks beside a "
        "planted minimum (in the tests) stay below it and leave above it."
    ),
)
