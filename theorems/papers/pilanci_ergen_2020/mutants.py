"""False variants of the equivalence, each with a small network that refutes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import comb
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.domains.weight_decay_relu.arrangement import all_patterns
from refutable.theorems.domains.weight_decay_relu.program import Blocks, fit, rows_of
from refutable.theorems.domains.weight_decay_relu.weaker import WEAKER
from refutable.theorems.instances import Instance
from refutable.theorems.papers.pilanci_ergen_2020.assumptions import (
    DUAL_FEASIBLE,
    SCALAR_INPUTS,
    SIGN_CONSTRAINTS,
    SOLVED,
    residual,
)
from refutable.theorems.papers.pilanci_ergen_2020.claims import LEAST_COST, LOWER_BOUND, TO_NETWORK, WIDTH
from refutable.theorems.papers.pilanci_ergen_2020.instances import (
    BOTH_ACTIVE,
    HALF_DUAL,
    single_datum,
    state,
    two_sides,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Checks) -> Claim:
    return Claim(id, WEIGHT_DECAY_RELU, statement, assumes, concludes)


def _feasible(id: str, statement: str) -> Assumption:
    """A weaker condition on z in the place of feasibility."""

    def checks(view: View) -> Iterable[Check]:
        square = WEAKER[id](rows_of(view["x"]), tuple(view["z"]))
        yield Check(square, "<=", view["penalty"] * view["penalty"])

    return Assumption(id, statement, checks)


def _lax(id: str, statement: str, why: str, killer: Instance) -> Mutant:
    """The lower bound for dual points that satisfy less."""
    assumed = _feasible(id, statement)
    claim = replace(LOWER_BOUND, id=f"lower bound: {id}", assumes=(assumed,), latex="")
    claim = replace(claim, statement=f"no network costs less than z.y - |z|^2/2 if {statement}")
    return Mutant(id, claim, why, killer)


TWICE = single_datum(r=2, sign=1)
"""x = 1, y = 5, beta = 1: the least cost is 9/2."""
LARGE = state([[1]], [10], [(3, 3)], [1])
BELOW_TWO = state([[1]], [2], [(1, 1)], [2])
"""z = 2 has the value 2; the neuron relu(x) costs 3/2."""

DUAL_MUTANTS = (
    _lax(
        "pattern-missing",
        "|z.(Xu)_+| <= beta |u| for all u that leave a datum inactive",
        "without the pattern of ones the program for one datum has no vectors: its least value is |y|^2/2",
        BELOW_TWO,
    ),
    _lax(
        "own-cells-only",
        "|g_D| <= beta for every pattern D whose cone contains g_D = X^T D z",
        "the largest value may be attained on a boundary between cones, where a datum is at the kink",
        state([[1, 0], [1, 1]], [6, -3], [((2, -2), 3)], [5, -3]),
    ),
    _lax(
        "one-sided",
        "z.(Xu)_+ <= beta |u| for every u",
        "output weights may be negative",
        state([[1]], [-2], [(1, -1)], [-2]),
    ),
    _lax(
        "linear-network",
        "|z.Xu| <= beta |u| for every u",
        "data on both sides cancel for linear networks, not for ReLU ones",
        state([[1], [-1]], [2, 2], [(1, 1), (-1, 1)], [2, 2]),
    ),
    _lax(
        "twice-the-penalty",
        "|z.(Xu)_+| <= 2 beta |u| for every u",
        "beta/2 (|w|^2 + a^2) is at least beta |w| |a|, not 2 beta |w| |a|",
        state([[1]], [4], [(2, 2)], [2]),
    ),
)


def _cost_with(decay: Callable[[View], Any]) -> Checks:
    """Dual value <= 1/2 |f - y|^2 + another decay."""
    return lambda view: [Check(view["dual_value"], "<=", fit(view, view["outputs"]) + decay(view))]


def _unsquared(view: View) -> Any:
    """beta/2 sum_j (|w_j| + |a_j|)."""
    ops = view.ops
    return view["penalty"] * ops.sum(ops.norm(view["w"]) + ops.abs(view["a"])) / 2


def _dual_with(part: fmpq) -> Checks:
    """z.y - part |z|^2 <= cost."""

    def concludes(view: View) -> Iterable[Check]:
        z, ops = view["z"], view.ops
        yield Check(ops.sum(z * view["y"]) - ops.sum(z * z) * part, "<=", view["cost"])

    return concludes


COST_MUTANTS = (
    Mutant(
        "quarter-of-the-penalty",
        _claim(
            "lower bound: a quarter",
            "no network has 1/2 |f - y|^2 + beta/4 sum_j (|w_j|^2 + a_j^2) below the dual value",
            (DUAL_FEASIBLE,),
            _cost_with(lambda view: view["penalty"] * view["squared_weights"] / 4),
        ),
        "with beta/4 the program's penalty is beta/2 on each vector",
        TWICE,
    ),
    Mutant(
        "norms-not-squared",
        _claim(
            "lower bound: norms",
            "no network has 1/2 |f - y|^2 + beta/2 sum_j (|w_j| + |a_j|) below the dual value",
            (DUAL_FEASIBLE,),
            _cost_with(_unsquared),
        ),
        "norms grow like the square root of a network's function",
        LARGE,
    ),
    Mutant(
        "dual-quarter",
        _claim(
            "lower bound: z.y - |z|^2/4",
            "no network costs less than z.y - |z|^2/4",
            (DUAL_FEASIBLE,),
            _dual_with(fmpq(1, 4)),
        ),
        "the least of 1/2 |f - y|^2 + z.f over all f is z.y - |z|^2/2",
        TWICE,
    ),
)


def _built_equals(factor: int) -> Checks:
    def concludes(view: View) -> Iterable[Check]:
        norms = view.ops.sum(view["block_norms"]) * view["penalty"]
        yield Check(view["built_cost"], "==", fit(view, view["convex_outputs"]) + norms * factor)

    return concludes


def _unbalanced(view: View) -> Iterable[Check]:
    """Cost of the network (v_i, s_i) against the value."""
    squares = view.ops.sum(view["v"] * view["v"])
    decay = sum((q + 1 for q in squares if q != 0), fmpq(0)) * view["penalty"] / 2
    yield Check(fit(view, view["convex_outputs"]) + decay, "==", view["convex_value"])


ACTIVE_ONLY = Assumption(
    "active-constraints",
    "D_i X v_i >= 0 for every i",
    lambda view: [Check(view["margins"] * 0, "<=", view["margins"] * view["patterns"])],
)

NETWORK_MUTANTS = (
    Mutant(
        "no-sign-constraints",
        TO_NETWORK.without("sign-constraints"),
        "v = 1 with both of x = 1, -1 counted as active fits labels 1, -1; its neuron does not",
        state([[1], [-1]], [1, -1], [(1, 1)], [0, 0], 1, [([1], 1, [1, 1])]),
    ),
    Mutant(
        "active-constraints-only",
        replace(TO_NETWORK, id="convex-to-network: active data", assumes=(ACTIVE_ONLY,)),
        "a datum that the pattern calls inactive may be active: x = 1, 2 with pattern 1, 0",
        state([[1], [2]], [1, 0], [(1, 1)], [0, 0], 1, [([1], 1, [1, 0])]),
    ),
    Mutant(
        "penalty-doubled",
        _claim(
            "convex-to-network: 2 beta",
            "the network of a feasible point costs 1/2 |f - y|^2 + 2 beta sum_i |v_i|",
            (SIGN_CONSTRAINTS,),
            _built_equals(2),
        ),
        "|v_i| of the input weights and |v_i| of the output weight are halved together",
        TWICE,
    ),
    Mutant(
        "not-balanced",
        _claim(
            "convex-to-network: (v_i, s_i)",
            "the neurons (v_i, s_i) cost as much as the point of the convex program",
            (SIGN_CONSTRAINTS,),
            _unbalanced,
        ),
        "only |w_j| = |a_j| makes the squares equal twice the product",
        TWICE,
    ),
)


def _same_value(view: View) -> Iterable[Check]:
    yield Check(view["network_blocks"].value(view), "==", view["cost"])


def _merged(view: View, by_sign: bool) -> Iterable[Check]:
    """One vector for all neurons, or for all of one sign of a_j, with the pattern of that vector."""
    x, signs = view["x"], [1 if a >= 0 else -1 for a in view["a"]]
    sizes = [abs(a) * w for w, a in zip(view["w"], view["a"], strict=True)]
    kept = sorted(set(signs)) if by_sign else [1]
    vectors = [sum((q for q, s in zip(sizes, signs, strict=True) if s == k or not by_sign), x[0] * 0) for k in kept]
    patterns = np.array([[fmpq(int(h >= 0)) for h in x @ v] for v in vectors], dtype=object)
    yield Check(Blocks(np.array(vectors), patterns, tuple(kept), x).value(view), "<=", view["cost"])


FROM_NETWORK_MUTANTS = (
    Mutant(
        "cost-is-value",
        _claim(
            "network-to-convex: equal", "the network costs what its point of the convex program does", (), _same_value
        ),
        "weights that are not balanced cost more: relu(2 x)/2 and relu(x) are one function",
        state([[1]], [1], [(2, fmpq(1, 2))], [0]),
    ),
    Mutant(
        "patterns-merged",
        _claim(
            "network-to-convex: one vector a sign",
            "one vector for each sign of a_j is enough",
            (),
            lambda view: _merged(view, True),
        ),
        "relu(x) + relu(-x) is no neuron: the two vectors cancel",
        state([[1], [-1]], [1, 1], [(1, 1), (-1, 1)], [0, 0], fmpq(1, 4)),
    ),
    Mutant(
        "signs-merged",
        _claim(
            "network-to-convex: one sign",
            "vectors that enter with +1 are enough",
            (),
            lambda view: _merged(view, False),
        ),
        "a negative output weight needs a vector that enters with -1",
        state([[1]], [-1], [(1, -1)], [0], fmpq(1, 4)),
    ),
)

ALMOST_ENOUGH = Assumption(
    "almost-enough-neurons",
    "the network has at most one neuron fewer than v_i differ from 0",
    lambda view: [Check(view["block_count"], "<=", len(view["a"]) + 1)],
)
ONE_NEURON = state([[1], [-1]], [2, 2], [(1, 1)], [1, 1], 1, [([1], 1, [1, 0]), ([-1], 1, [0, 1])])
"""Labels 2 at 1 and -1, beta = 1: two neurons cost 3, one costs at least 7/2."""


def _fewer_patterns(view: View) -> Iterable[Check]:
    n, d = view["x"].shape
    yield Check(view["pattern_count"], "<=", 2 * sum(comb(n - 1, k) for k in range(d)) - 1)


def _every_pattern(view: View) -> Iterable[Check]:
    n, d = view["x"].shape
    yield Check(len(all_patterns(rows_of(view["x"]))), "<=", 2 * sum(comb(n - 1, k) for k in range(d)))


RESIDUAL = Assumption("residual-dual", "z = y - f for the convex point's f", lambda view: [residual(view)])

OPTIMUM_MUTANTS = (
    Mutant(
        "residual-is-enough",
        replace(
            LEAST_COST,
            id="convex-optimum-is-least: residual",
            statement="a feasible point whose residual is feasible for the dual has the least value",
            assumes=(DUAL_FEASIBLE, SIGN_CONSTRAINTS, RESIDUAL),
            latex="",
        ),
        "too long a vector leaves a residual that is too small: v = 3/2 where v = 1 is best",
        HALF_DUAL,
    ),
    Mutant(
        "unconstrained-optimum",
        LEAST_COST.without("sign-constraints"),
        "v = 1 with both of x = 1, -1 counted as active fits labels of both signs; no neuron does",
        BOTH_ACTIVE,
    ),
)

OTHER_MUTANTS = (
    Mutant(
        "one-neuron-fewer",
        replace(WIDTH, id="width-of-the-optimum: one fewer", assumes=(*SOLVED, SCALAR_INPUTS, ALMOST_ENOUGH)),
        "a neuron is active on one side only: with one, the labels of the other side are not fitted",
        ONE_NEURON,
    ),
    Mutant(
        "one-pattern-fewer",
        _claim(
            "number-of-patterns: one fewer",
            "n data in R^d have fewer than 2 sum_{k < d} C(n - 1, k) patterns that no small change of u changes",
            (),
            _fewer_patterns,
        ),
        "data in general position have as many",
        two_sides(),
    ),
    Mutant(
        "every-pattern",
        _claim(
            "number-of-patterns: all",
            "all patterns 1[Xu >= 0], boundary ones included, are at most 2 sum_{k < d} C(n - 1, k)",
            (),
            _every_pattern,
        ),
        "u = 0 has a pattern of its own: x = 1, -1 have (1, 0), (0, 1) and (1, 1)",
        state([[1], [-1]], [1, 1], [(1, 1)], [0, 0]),
    ),
)
MUTANTS = (
    *DUAL_MUTANTS,
    *COST_MUTANTS,
    *NETWORK_MUTANTS,
    *FROM_NETWORK_MUTANTS,
    *OPTIMUM_MUTANTS,
    *OTHER_MUTANTS,
)
