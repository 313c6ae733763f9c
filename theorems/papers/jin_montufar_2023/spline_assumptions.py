"""What the claims about trained output layers assume."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.views import View


def _zero_start(view: View) -> Iterable[Check]:
    return [Check(view["start"], "==", view["start"] * 0)]


def _same_values(view: View) -> Iterable[Check]:
    return [Check(view["rival_outputs"], "==", view["outputs"], "the rival's values at the data")]


def _one_gap(view: View) -> Iterable[Check]:
    for rises in (True, False):
        found = facing_knots(view, rises)
        for datum in view["x"] if found else ():
            inside = min(found) < datum < max(found)
            yield Check(not inside, "true", reason=f"the datum {datum} is between knots of neurons that face one way")
    yield Check(
        max(len(facing_knots(view, True)), len(facing_knots(view, False))) >= 3, "true", reason="no three knots"
    )


def _even_knots(view: View) -> Iterable[Check]:
    places = sorted(view["knots"])
    step = places[-1] - places[0]
    yield Check(all(a == 1 for a in view["slopes"]), "true", reason="a slope is not 1")
    yield Check(len(places) >= 2 and step > 0, "true", reason="fewer than two knots")
    gaps = [b - a for a, b in pairwise(places)]
    yield Check(all(gap == gaps[0] for gap in gaps), "true", reason="the knots are not evenly spaced")
    end = places[-1] + (gaps[0] if gaps else 0)
    yield Check(all(x <= end for x in view["x"]), "true", reason="a datum is beyond the last cell of knots")


def facing_knots(view: View, rises: bool) -> list[Any]:
    """Knots of the neurons that rise to the right, or of the others."""
    return [t for t, a in zip(view["knots"], view["slopes"], strict=True) if (a > 0) == rises]


def triples(items: Sequence[Any]) -> Iterable[tuple[Any, Any, Any]]:
    """Consecutive threes."""
    return zip(items, items[1:], items[2:], strict=False)


ZERO_START = Assumption("zero-start", "training starts from output weights 0", _zero_start)
SAME_VALUES = Assumption("same-values", "the rival has the same values at the data", _same_values)
ONE_GAP = Assumption(
    "one-gap",
    "no datum is strictly between knots of neurons that face the same way, and three neurons face the same way",
    _one_gap,
)
EVEN_KNOTS = Assumption(
    "even-knots", "all slopes are 1, the knots are evenly spaced, no datum is beyond their last cell", _even_knots
)
INDEPENDENT = Assumption(
    "independent-features",
    "the data's features are independent: no label is out of reach",
    lambda view: [Check(to_matrix(view["features"]).rank() == len(view["x"]), "true", reason="they depend")],
)
