"""Random delay: the mean iteration's first crossing, and randomness never hurts at equal mean."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.random_delay import RANDOM_DELAY
from refutable.theorems.exact import PI, cos, sin
from refutable.theorems.papers.giladi_2020 import random_delay_forms
from refutable.theorems.papers.giladi_2020.assumptions import POSITIVE_CURVATURE, roots_in_disc
from refutable.theorems.papers.giladi_2020.random_delay_instances import AT, BELOW, CONSTANT, RANDOM, UNSTABLE, delays
from refutable.theorems.papers.giladi_2020.random_delay_mutants import MUTANTS
from refutable.theorems.papers.giladi_2020.source import RANDOM_SOURCE
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

HARMLESS = Claim(
    "harmless-at-equal-mean",
    RANDOM_DELAY,
    "2 sin(pi / (4 mean delay + 2)) is at most the first crossing of the mean iteration",
    (),
    lambda view: [Check(view["mean_threshold"], "<=", view["threshold"])],
    r"2\sin\frac{\pi}{4\bar\tau+2} \le a^*",
)
STRICTLY = Claim(
    "strictly-better",
    RANDOM_DELAY,
    "if two delays are possible, the first crossing is above 2 sin(pi / (4 mean delay + 2))",
    (RANDOM,),
    lambda view: [Check(view["mean_threshold"], "<", view["threshold"])],
    r"2\sin\frac{\pi}{4\bar\tau+2} < a^*",
)
LONGEST = Claim(
    "longest-delay-suffices",
    RANDOM_DELAY,
    "2 sin(pi / (4 tau + 2)), tau the longest possible delay, is at most the first crossing",
    (),
    lambda view: [Check(view["longest_threshold"], "<=", view["threshold"])],
    r"2\sin\frac{\pi}{4\tau_{\max}+2} \le a^*",
)
SUFFICIENT = Claim(
    "stable-below",
    RANDOM_DELAY,
    "0 < curvature * step size < the first crossing makes every root have modulus < 1",
    (POSITIVE_CURVATURE, BELOW),
    roots_in_disc,
    r"0 < a < a^* \Rightarrow \left(z^{T+1} - z^T + a\textstyle\sum_k q_k z^{T-k} = 0 \Rightarrow |z|<1\right)",
)
AT_CROSSING = Claim(
    "unstable-at",
    RANDOM_DELAY,
    "at the first crossing some root has modulus >= 1",
    (AT,),
    lambda view: UNSTABLE.checks(view),
    r"a = a^* \Rightarrow \exists z: |z| \ge 1",
)


def _sine_bound(view: View) -> Iterable[Check]:
    """(pi/2) E sin X - E cos X <= E X for X = (tau + 1/2) a, any a > 0 in place of the angle."""
    half = fmpq(1, 2)
    law = [(p, (k + half) * view["gain"]) for k, p in enumerate(view["probabilities"]) if p != 0]
    mean_sine = sum((p * sin(angle) for p, angle in law), fmpq(0))
    mean_cosine = sum((p * cos(angle) for p, angle in law), fmpq(0))
    yield Check(PI / 2 * mean_sine - mean_cosine, "<=", (view["mean_delay"] + half) * view["gain"])


def _jordan(view: View) -> Iterable[Check]:
    yield Check(fmpq(2) / (2 * view["mean_delay"] + 1), "<=", view["threshold"])


LINKS = (
    Claim(
        "sine-bound",
        RANDOM_DELAY,
        "(pi/2) E sin X - E cos X is at most E X for X = (tau + 1/2) theta; here theta is curvature * step size",
        (POSITIVE_CURVATURE,),
        _sine_bound,
        r"\tfrac{\pi}{2} E\sin X - E\cos X \le E X",
    ),
    Claim(
        "above-rational-rule",
        RANDOM_DELAY,
        "the first crossing is at least 2 / (2 mean delay + 1)",
        (),
        _jordan,
        r"\frac{2}{2\bar\tau+1} \le a^*",
    ),
)
NECESSITY = (
    Necessity("random", delays((0, 1)), "for a constant delay the two are equal", "strictly-better"),
    Necessity(
        "positive-curvature",
        delays((1,), -1, -1),
        "a negative curvature is below the first crossing, and x_{t+1} = 2 x_t",
        "stable-below",
    ),
    Necessity("below-first-crossing", delays((1,), 3), "x_{t+1} = -2 x_t", "stable-below"),
    Necessity("at-first-crossing", delays((1,), 1), "x_{t+1} = 0 below it", "unstable-at"),
)

STOCHASTIC_DELAY = Theorem(
    id="stochastic-delay",
    title="Random delay allows at least the step size of a constant delay of equal mean",
    source=RANDOM_SOURCE,
    status="own",
    claims=(HARMLESS, STRICTLY, LONGEST, SUFFICIENT, AT_CROSSING),
    links=LINKS,
    right_side="the first crossing",
    equality=(CONSTANT,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=random_delay_forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "it is about a curvature, a step size and a law; no network is trained",
        "trained-converged": "it is about a curvature, a step size and a law; no network is trained",
        "swept": "where the roots lie is a discrete fact, decided exactly one instance at a time",
    },
    notes=(
        "The delay is drawn anew in every step, independently of the trajectory; stability in the mean: "
        "E x_{t+1} = E x_t - a sum_k q_k E x_{t-k}. The first crossing is the least positive "
        "2 sin(theta/2) / E sin((tau + 1/2) theta) over the angles 0 < theta <= pi with E cos((tau + 1/2) theta) = 0, "
        "pi included. It is found exactly: these angles are pi and the roots of a polynomial in cos(theta/2)^2, which "
        "is factored; a rational value is recognised as one. Stability beyond the first crossing is not excluded, and "
        "not claimed. Proof of the first claim: x >= (pi/2) sin x - cos x for x >= 0 gives E sin X <= (2/pi) E X where "
        "E cos X = 0, and sin(y)/y decreases; for theta beyond pi/(2 mean + 1) use E sin X <= 1. "
        "What is known of the paper's own statement is that it discusses stochastic delay. The training engine has "
        "constant delays only; simulated networks with random delays beside a planted minimum (in the tests) stay "
        "below the first crossing and leave above it, for laws of which the mean square contracts below it as well."
    ),
)
