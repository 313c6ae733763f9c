"""States of gradient flow on diagonal networks to try claims on: drawn ones, and those that runs of the flow visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.coded_choices import Choices, built
from refutable.strategies.supply import DrawnSupply, Size, Visited, in_turn, refuse_unknown
from refutable.theorems.domains.deep_linear.top_space import nullspace
from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.domains.diagonal_flow.states import grown, growth_of
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import to_matrix

UNBIASED, LIVE, LIVE_ANY = "unbiased", "live", "live-both-signs"
REACHED, GROWN = "reached", "grown"
SAME, OTHER = "same-predictions", "different"
KNOWN = frozenset({UNBIASED, LIVE, LIVE_ANY, REACHED, GROWN, SAME, OTHER})

STARTS = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (2, 1), (1, 4), (3, 2), (0, 1), (-1, 1), (3, 1)))
INPUTS = tuple(fmpq(p) for p in (1, 2, -1, 0, 3, -2))
LABELS = tuple(fmpq(p, 2) for p in (2, 0, -2, 1, -3, 6, -5))
FACTORS = tuple(fmpq(p, q) for p, q in ((2, 1), (1, 2), (3, 2), (2, 3), (3, 1), (5, 4), (1, 1), (1, 4)))
SHIFTS = tuple(fmpq(p, q) for p, q in ((1, 1), (-1, 1), (1, 2), (-1, 4), (1, 16), (-1, 16), (1, 256), (-1, 256)))
STEPS = tuple(fmpq(p, q) for p, q in ((1, 10), (1, 2), (1, 1), (1, 100)))
FEWEST_INPUTS = 2
"""One input and one datum determine the map: there is nothing to compare it with."""


def starts(digits: Choices, d: int, assumes: frozenset[str]) -> list[Any]:
    """Four weight vectors [d]; no input starts with all weights 0 where that is assumed."""
    live = bool(assumes & {LIVE, LIVE_ANY, REACHED})

    def pair() -> tuple[Any, Any]:
        u, v = digits.array(STARTS, 2, d)
        alive = [fmpq(1) if live and a == 0 and b == 0 else a for a, b in zip(u, v, strict=True)]
        return np.array(alive, dtype=object), v

    plus = pair()
    unbiased = UNBIASED in assumes or digits.between(0, 3) == 0
    event("start: unbiased" if unbiased else "start: biased")
    minus = plus if unbiased else pair()
    if LIVE_ANY in assumes:
        return _enlivened(plus, minus)
    return [*plus, *minus]


def _enlivened(plus: tuple[Any, Any], minus: tuple[Any, Any]) -> list[Any]:
    """The starts with C_+ > 0 and C_- > 0 for every input: u_+ one or two larger where they are not."""
    (u, v), (p, q) = plus, minus
    return [np.array([_enlivening(*at) for at in zip(u, v, p, q, strict=True)], dtype=object), v, p, q]


def _enlivening(u: fmpq, v: fmpq, p: fmpq, q: fmpq) -> fmpq:
    """The first of u, u + 1, u + 2 with u + v or p - q not 0, and u - v or p + q not 0."""
    return next(a for a in (u, u + 1, u + 2) if (a + v != 0 or p != q) and (a != v or p + q != 0))


def states(digits: Choices, assumes: frozenset[str], size: Size, known: bool = True) -> Instance:
    """States that satisfy the assumptions by construction; two inputs, one datum, all starts 1 come first."""
    d = digits.between(FEWEST_INPUTS, max(FEWEST_INPUTS, size.max_inputs))
    fewer = SAME in assumes or OTHER in assumes
    n = digits.between(1, max(1, min(size.max_samples, d - fewer)))
    x = digits.array(INPUTS, n, d)
    x[0, 0] = x[0, 0] or fmpq(1)
    start = starts(digits, d, assumes)
    factors = digits.array(FACTORS, n if REACHED in assumes else d)
    rho = growth_of(x, factors) if REACHED in assumes else factors
    state = grown(start, rho)
    if not assumes & {REACHED, GROWN} and digits.among((False, True)):
        event("state: any")
        state = dict(zip(STATE, digits.array(STARTS, 4, d), strict=True))
    w = state["u_plus"] * state["v_plus"] - state["u_minus"] * state["v_minus"]
    y = x @ w if digits.between(0, 4) == 0 else digits.array(LABELS, n)
    other = others(digits, x, w, assumes, known)
    return _instance(start, state, x, y, other, digits.among(STEPS))


def others(digits: Choices, x: Any, w: Any, assumes: frozenset[str], known: bool) -> Any:
    """Another map: w moved along the kernel of x, or any where nothing is assumed of it; w itself is known to tie."""
    moved = w.copy()
    if SAME in assumes or digits.among((False, True)):
        basis = nullspace(to_matrix(x)).transpose().table()
        shifts = digits.array((*SHIFTS, fmpq(0)) if known else SHIFTS, len(basis))
        for row, shift in zip(basis, shifts, strict=True):
            moved = moved + np.array(row, dtype=object) * shift
    else:
        moved = moved + digits.array(SHIFTS, len(w))
    if (moved == w).all() and (OTHER in assumes or not known):
        moved = w + np.array(nullspace(to_matrix(x)).transpose().table()[0], dtype=object) if SAME in assumes else w + 1
    return moved


def _instance(start: Any, state: Any, x: Any, y: Any, other: Any, step: fmpq | None) -> Instance:
    return DIAGONAL_FLOW.instance(
        **state, **{f"{name}0": value for name, value in zip(STATE, start, strict=True)},
        x=x, y=y, other=other, step_size=step,
    )  # fmt: skip


STEPS_OF_RUN, SHARE, EVERY = 60, 0.3, 6
"""Steps of a run, each so long that the residual falls by about this share, and every how many a state is taken."""


class Runs:
    """Gradient flow in the multipliers nu, by fourth-order Runge-Kutta in floats; exp(nu) is re-read exactly."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, re-read exactly."""
        return assumes <= KNOWN

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        return in_turn(lambda run: _run(seed, run, UNBIASED in assumes), count, seed, "gradient flow")


def _run(seed: int, run: int, unbiased: bool) -> Iterator[tuple[int, Instance]]:
    """A run on small integral inputs: the state is grown from its start by prod_n exp(nu_n)^{x_ni}, exactly."""
    source = np.random.default_rng([seed, run])
    d = 2 + run % 3
    n = 1 + run % (d - 1)
    x, y = source.integers(-2, 3, (n, d)), source.normal(0, 2, n)
    x[np.arange(n), np.arange(n)] = 1
    plus = np.round(np.exp(0.5 * source.standard_normal((2, d))) * 64) / 64
    start = [*plus, *(plus if unbiased else np.round(np.exp(0.5 * source.standard_normal((2, d))) * 64) / 64)]
    exact_start = [np.array([rational(float(value)) for value in part], dtype=object) for part in start]
    exact_x = np.array([[fmpq(int(entry)) for entry in row] for row in x], dtype=object)
    labels = [rational(float(value)) for value in y]
    nu = np.zeros(n)
    for step in range(STEPS_OF_RUN):
        if step % EVERY == run % EVERY:
            bases = [rational(round(float(base) * 2**20) / 2**20) for base in np.exp(nu)]
            state = grown(exact_start, growth_of(exact_x, bases))
            w = state["u_plus"] * state["v_plus"] - state["u_minus"] * state["v_minus"]
            direction = np.array(nullspace(to_matrix(exact_x)).transpose().table()[0], dtype=object)
            other = w + direction * SHIFTS[(step + run) % len(SHIFTS)]
            yield step, _instance(exact_start, state, exact_x, labels, other, STEPS[run % len(STEPS)])
        nu = _flow_step(nu, start, x, y)


def _flow_step(nu: Any, start: Any, x: Any, y: Any) -> Any:
    """One step of fourth-order Runge-Kutta, short against the fastest rate here."""
    first, second = _parts(nu, start, x)
    step = SHARE / (1e-9 + np.trace((x * (first + second) * 2) @ x.T) / len(y))
    a = multiplier_rates(nu, start, x, y)
    b = multiplier_rates(nu + step / 2 * a, start, x, y)
    c = multiplier_rates(nu + step / 2 * b, start, x, y)
    e = multiplier_rates(nu + step * c, start, x, y)
    return nu + step / 6 * (a + 2 * b + 2 * c + e)


def multiplier_rates(nu: Any, start: Any, x: Any, y: Any) -> Any:
    """nu' = -(X w - y)/n [n] in floats, with w grown from the start by exp(X^T nu)."""
    first, second = _parts(nu, start, x)
    return -(x @ (first - second) - y) / len(y)


def _parts(nu: Any, start: Any, x: Any) -> tuple[Any, Any]:
    """(C_+ rho^2/2, C_- rho^-2/2): w is their difference, the sum of squares of an input's weights twice their sum."""
    u, v, p, q = start
    growth = np.exp(2 * (x.T @ nu))
    return ((u + v) ** 2 + (p - q) ** 2) * growth / 4, ((u - v) ** 2 + (p + q) ** 2) / growth / 4


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "states of diagonal networks")
    return built(lambda digits: states(digits, assumes, size, known))


SUPPLY = DrawnSupply(DIAGONAL_FLOW, _drawn, Runs())
