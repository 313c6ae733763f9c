"""The headline comparison of an outcome: as text, and how tight it is."""

from __future__ import annotations

from math import isfinite

from refutable.verify.decide import Outcome
from refutable.verify.sides import relation


def comparison(outcome: Outcome) -> str:
    """The headline as text: "225/32 <= 225/32", with the sign that is true; the label where it has no sides."""
    headline = outcome.headline
    if headline is None:
        return ""
    if headline.left is None or headline.right is None:
        return outcome.labels[0]
    return relation(headline.left, outcome.operators[0], headline.right, headline.truth)


def ratio(outcome: Outcome) -> float | None:
    """Tightness left/right of an inequality's headline; None for identities and where it says nothing."""
    if not outcome.operators or outcome.operators[0] not in ("<=", "<"):
        return None
    value = outcome.tightness
    return value if value is not None and isfinite(value) else None
