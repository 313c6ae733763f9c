"""Hypotheses about a network with one hidden circular-convolutional layer and one datum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.circular_convolution.single_datum import first_mode_of_one
from refutable.theorems.views import View


def filter_of(length: int) -> Assumption:
    """One hidden layer, filters of that many entries."""

    def checks(view: View) -> Iterable[Check]:
        hidden, found = view["filters"].shape
        yield Check(hidden == 1, "true", label="number of hidden layers", reason="there is more than one")
        yield Check(found == length, "true", label="length of the filter", reason=f"it is not {length}")

    words = {1: "one entry", 2: "two entries"}
    return Assumption(f"filter-of-{length}", f"one hidden layer, with a filter of {words[length]}", checks)


def score(view: View) -> Any:
    """f = v^T M w."""
    return view.ops.sum(view["output"] * view["output_pull"])


def squares(view: View) -> tuple[Any, Any]:
    """|w|^2 and |v|^2."""
    ops, filter = view.ops, view["filters"][0]
    return ops.sum(filter * filter), ops.sum(view["output"] * view["output"])


def _stands(view: View) -> Iterable[Check]:
    first, second = squares(view)
    yield Check(0, "<", score(view), "f is positive")
    yield Check(view["filter_pull"] * first, "==", view["filters"][0] * score(view), "the filter")
    yield Check(view["output_pull"] * second, "==", view["output"] * score(view), "the output weights")


def _top(view: View) -> Iterable[Check]:
    first, second = squares(view)
    top = view["square"] + view["neighbour_product"] * view["side"]
    yield Check(score(view) * score(view), "==", first * second * top)


def _mode_of_one(view: View) -> Iterable[Check]:
    mode = first_mode_of_one(view)
    return [Check(0, "<", mode * mode, "(|x| w + <x, v>)^2")]


FILTER_OF_ONE = filter_of(1)
FILTER_OF_TWO = filter_of(2)
STANDS = Assumption(
    "direction-stands",
    "the filter and the output weights are a pair of singular vectors of (x, x_left, ..) with f > 0: the directions in "
    "which training stands still",
    _stands,
)
TOP = Assumption("top-value", "their singular value is the largest, sqrt(|x|^2 + |<x, x_left>|)", _top)
CORRELATED = Assumption(
    "neighbours-correlated",
    "<x, x_left> is not 0",
    lambda view: [Check(0, "<", view["neighbour_product"] * view["side"], "|<x, x_left>|")],
)
FALLING_LOSS = Assumption(
    "falling-loss", "the loss falls in the output", lambda view: [Check(0, "<", view["slope"], "slope")]
)
NONZERO_DATUM = Assumption("nonzero-datum", "the datum is not 0", lambda view: [Check(0, "<", view["square"], "|x|^2")])
GENERIC_START = Assumption(
    "generic-modes",
    "the first mode p_+ is not 0: it holds at any time if it does at the start",
    lambda view: [Check(0, "<", view["growing_modes"][0] * view["growing_modes"][0], "p_+^2")],
)
GENERIC_START_OF_ONE = Assumption(
    "generic-mode-of-one-entry",
    "filters of one entry: |x| w + <x, v> is not 0: it holds at any time if it does at the start",
    _mode_of_one,
)
