"""The residual's limit: the field there, distances to it, and what pulls towards it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flint import fmpq, fmpq_mat

from refutable.theorems.checks import Check
from refutable.theorems.domains.separable.dual import separated
from refutable.theorems.domains.separable.limit import Limit
from refutable.theorems.exact import Number, as_real, log
from refutable.theorems.ops.exact import from_matrix
from refutable.theorems.papers.soudry_2018.formulas import along_flow, deviations, excess_potential
from refutable.theorems.views import View

WHOLE = fmpq(1)


def limit(view: View) -> Limit:
    """w_tilde in its exact form."""
    found: Limit = view["residual_limit_form"]
    return found


def losses_at(form: Limit, step_size: fmpq) -> list[Any]:
    """eta exp(-x_n.w_tilde) of the support vectors [k]."""
    return [as_real(e) * step_size if not isinstance(e, fmpq) else e * step_size for e in form.exponentials(form.rows)]


def total(numbers: list[Any]) -> Any:
    """Their sum."""
    found: Any = fmpq(0)
    for number in numbers:
        found = number + found
    return found


def field_at(form: Limit, losses: list[Any]) -> list[Any]:
    """sum_n losses_n x_n over the support vectors [d]."""
    rows = form.rows
    return [total([losses[n] * rows[n, i] for n in range(rows.nrows())]) for i in range(rows.ncols())]


def frozen(form: Limit) -> Any:
    """(I - X_S^+ X_S) [d, d]."""
    p = form.projection
    identity = fmpq_mat(p.nrows(), p.nrows())
    for i in range(p.nrows()):
        identity[i, i] = fmpq(1)
    return from_matrix(identity - p)


def from_limit(view: View) -> Any:
    """rho - w_tilde [d]."""
    return view["residual"] - view["residual_limit"]


def approach(view: View) -> Number:
    """-d/ds |rho - w_tilde|^2 along the flow."""
    target = view["residual_limit"]

    def squared_distance(state: View) -> Any:
        gap = state["residual"] - target
        return state.ops.sum(gap * gap)

    return as_real(along_flow(view, squared_distance)) * -1


def pushed_by_others(view: View) -> Number:
    """2 sum over data that are no support vectors of eta t exp(-x_n.w) x_n.(rho - w_tilde)."""
    ops, support = view.ops, set(separated(view).support)
    gap = from_limit(view)
    found: Number = fmpq(0)
    for n in range(len(view["x"])):
        if n not in support:
            found = as_real(found) + as_real(view["timed_losses"][n]) * as_real(ops.sum(view["x"][n] * gap)) * 2
    return found


def distances_to_time(
    view: View,
    factor: int = 1,
    with_logarithms: bool = True,
    chosen: Callable[[Iterable[fmpq]], fmpq] = min,
) -> Iterator[Check]:
    """|x_n.w - s| <= (|w_hat|^2 + F - F_min)/(factor chosen alpha) + sum |log(eta/alpha)| for every support vector."""
    margin = separated(view)
    alphas = [margin.multipliers[n] for n in margin.positive]
    room = (as_real(view["direction_square"]) + excess_potential(view)) / (chosen(alphas) * factor)
    if with_logarithms:
        room = room + total([abs(as_real(log(view["step_size"] / alpha))) for alpha in alphas])
    for n in margin.support:
        yield Check(abs(view["margins"][n] - view["log_time"]), "<=", room, f"x_{n + 1}")


def pull_back(view: View, share: fmpq = WHOLE) -> Number:
    """2 sum_n alpha_n z_n^2/(1 + |z_n|), z_n = x_n.w - s - log(eta/alpha_n); ``share`` is a factor of |z_n|."""
    found: Number = fmpq(0)
    for alpha, z in deviations(view):
        real = as_real(z)
        found = as_real(found) + real * real / (abs(real) * share + 1) * (2 * alpha)
    return found
