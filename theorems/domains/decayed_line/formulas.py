"""Forces, pulls, knots of a network N(x) = sum_j v_j relu(w_j x + b_j) whose weights decay.

Stationary points of  sum_n rho_n N(x_n) - (decay/2) sum (v^2 + w^2) - (bias decay/2) sum b^2  are the critical points
of a penalised loss, with rho_n = -loss'_n, and the KKT points of the maximum margin, with rho_n = lambda_n y_n and both
decays 1. A neuron feels its data only through its pull (S_0, S_1) = sum over its active data of rho_n (1, x_n).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from refutable.theorems.views import Quantity, View


def preactivations(view: View) -> Any:
    """w_j x_n + b_j [n, k]."""
    return view["x"][..., :, None] * view["input_weights"][..., None, :] + view["biases"][..., None, :]


def values(view: View) -> Any:
    """N at the data [n]."""
    return view.ops.matvec(view["active"] * preactivations(view), view["output_weights"])


def level_pull(view: View) -> Any:
    """S_0 [k]: the sum of the forces at the data where a neuron is active."""
    return view.ops.sum(view["active"] * view["force"][..., :, None], -2)


def slope_pull(view: View) -> Any:
    """S_1 [k]: the same sum of force times input."""
    return view.ops.sum(view["active"] * (view["force"] * view["x"])[..., :, None], -2)


def stationarity(view: View) -> Any:
    """The derivatives in v, w, b [3, k] of what is stationary; all 0 there."""
    v, w, b = view["output_weights"], view["input_weights"], view["biases"]
    level, slope, decay, bias_decay = view["level_pull"], view["slope_pull"], view["decay"], view["bias_decay"]
    parts = (w * slope + b * level - decay * v, v * slope - decay * w, v * level - bias_decay * b)
    return view.ops.stack(parts, -2)


QUANTITIES = (
    Quantity("values", values, "N at the data [n]"),
    Quantity("level_pull", level_pull, "S_0: sum of the forces at a neuron's active data [k]"),
    Quantity("slope_pull", slope_pull, "S_1: sum of force times input there [k]"),
    Quantity("stationarity", stationarity, "derivatives in v, w, b [3, k]; 0 at a stationary point"),
)


def live(view: View) -> list[int]:
    """Neurons that bend N: v and w are not 0."""
    pairs = zip(view["output_weights"], view["input_weights"], strict=True)
    return [j for j, (v, w) in enumerate(pairs) if v != 0 and w != 0]


def knot(view: View, j: int) -> Any:
    """-b/w of a neuron that bends N."""
    return -view["biases"][j] / view["input_weights"][j]


def gap(places: Sequence[Any], t: Any) -> int:
    """How many of the places are left of t."""
    return sum(1 for place in places if place < t)


def knots_by_gap(view: View, places: Sequence[Any]) -> dict[int, set[Any]]:
    """Different knots in each gap between places; gap m is right of the m-th place. Knots at a place are left out."""
    found: dict[int, set[Any]] = {}
    for j in live(view):
        t = knot(view, j)
        if all(t != place for place in places):
            found.setdefault(gap(places, t), set()).add(t)
    return found


def all_knots(view: View) -> set[Any]:
    """Every knot of a neuron that bends N."""
    return {knot(view, j) for j in live(view)}


def supported(view: View) -> list[int]:
    """Data with a force, from left to right."""
    chosen = [n for n, force in enumerate(view["force"]) if force != 0]
    return sorted(chosen, key=lambda n: view["x"][n])


def runs(view: View) -> list[list[int]]:
    """Data with a force, cut where the sign of the force changes."""
    found: list[list[int]] = []
    for n in supported(view):
        if found and (view["force"][found[-1][-1]] > 0) == (view["force"][n] > 0):
            found[-1].append(n)
        else:
            found.append([n])
    return found


def wrong_turns(view: View, run: Sequence[int], rises: bool) -> set[Any]:
    """Knots inside a run at which a neuron that faces one way bends N against the run: down in a positive one."""
    low, high = view["x"][run[0]], view["x"][run[-1]]
    up = view["force"][run[0]] > 0
    return {
        knot(view, j)
        for j in live(view)
        if (view["input_weights"][j] > 0) == rises
        and (view["output_weights"][j] > 0) != up
        and low < knot(view, j) < high
    }


def quiet_triples(view: View) -> Iterator[tuple[Any, Any]]:
    """First and last place of three data in a row in one run, with no knot between them that turns against it."""
    for run in runs(view):
        against = wrong_turns(view, run, True) | wrong_turns(view, run, False)
        for first, last in zip(run, run[2:], strict=False):
            low, high = view["x"][first], view["x"][last]
            if not any(low < t < high for t in against):
                yield low, high
