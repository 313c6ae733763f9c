"""The record of the equivalence: figures of the card, closed optima, files that ask too much, small counterexamples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import minimize_scalar

from refutable.theorems.checks import Decision
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.pilanci_ergen_2020.convex_equivalence import CONVEX_EQUIVALENCE as THEOREM
from refutable.theorems.papers.pilanci_ergen_2020.instances import quadrants, single_datum, state, two_sides
from refutable.theorems.records import Mutant
from refutable.verify.decide import decide
from refutable.verify.shrink import shrink

MUTANTS = {mutant.id: mutant for mutant in THEOREM.mutants}

FIGURES = {
    "pattern-missing": ("2", "3/2"),
    "own-cells-only": ("22", "13"),
    "one-sided": ("2", "3/2"),
    "linear-network": ("4", "3"),
    "twice-the-penalty": ("6", "4"),
    "quarter-of-the-penalty": ("9/2", "5/2"),
    "norms-not-squared": ("19/2", "7/2"),
    "dual-quarter": ("19/4", "9/2"),
    "no-sign-constraints": ("3/2", "1"),
    "active-constraints-only": ("3", "1"),
    "penalty-doubled": ("9/2", "17/2"),
    "not-balanced": ("9", "9/2"),
    "cost-is-value": ("1", "17/8"),
    "patterns-merged": ("1", "1/2"),
    "signs-merged": ("9/4", "1/4"),
    "one-neuron-fewer": ("7/2", "3"),
    "one-pattern-fewer": ("2", "1"),
    "every-pattern": ("3", "2"),
    "residual-is-enough": ("13/8", "3/2"),
    "unconstrained-optimum": ("9/2", "3"),
}


def refuting(mutant: Mutant) -> Decision:
    view = WEIGHT_DECAY_RELU.view(mutant.witness())
    decisions = [check.decide() for check in mutant.claim.concludes(view)]
    return next(one for one in decisions if not one.truth)


def test_every_mutant_has_its_figures() -> None:
    assert set(FIGURES) == set(MUTANTS)


@pytest.mark.parametrize("id", MUTANTS)
def test_the_figures_of_a_mutant(id: str) -> None:
    decision = refuting(MUTANTS[id])
    sides = [as_real(side).exact() for side in (decision.left, decision.right) if side is not None]
    assert [str(side) for side in sides] == list(FIGURES[id])
    assert decision.truth is False


@pytest.mark.parametrize("id", MUTANTS)
def test_shrunk_counterexamples_are_small(id: str) -> None:
    mutant = MUTANTS[id]

    def refutes(instance: Instance) -> bool:
        return decide(mutant.claim, instance).verdict == "violated"

    small = shrink(WEIGHT_DECAY_RELU, mutant.witness(), refutes, 400).instance
    assert refutes(small)
    assert small["x"].shape[0] <= 2
    assert len(small["a"]) <= 2
    assert len(small["v"]) <= 2


def reference_cost(instance: Instance) -> float:
    """The loss with weight decay, neuron by neuron."""
    x, y, w, a = (np.array(instance[name], dtype=float) for name in ("x", "y", "w", "a"))
    beta = float(instance["penalty"])
    f = np.zeros(len(y))
    for j in range(len(a)):
        for k in range(len(y)):
            f[k] += a[j] * max(0.0, float(w[j] @ x[k]))
    decay = sum(float(w[j] @ w[j]) + a[j] ** 2 for j in range(len(a)))
    return float(0.5 * ((f - y) ** 2).sum() + 0.5 * beta * decay)


def drawn(seed: int, d: int) -> Instance:
    source = np.random.default_rng(seed)

    def quarters(*shape: int) -> Any:
        return [[f"{q}/4" for q in row] for row in source.integers(-8, 9, shape)]

    n, m, b = 4, 3, 2
    return WEIGHT_DECAY_RELU.instance(
        x=quarters(n, d), y=quarters(1, n)[0], penalty="1/3", w=quarters(m, d), a=quarters(1, m)[0],
        z=quarters(1, n)[0], v=quarters(b, d), signs=[1, -1], patterns=source.integers(0, 2, (b, n)).tolist(),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_costs_and_values_against_plain_loops(seed: int) -> None:
    instance = drawn(seed, 1 + seed % 3)
    view = WEIGHT_DECAY_RELU.view(instance)
    assert float(view["cost"]) == pytest.approx(reference_cost(instance), rel=1e-12)
    x, y, v = (np.array(instance[name], dtype=float) for name in ("x", "y", "v"))
    masks, signs = (np.array(instance[name], dtype=float) for name in ("patterns", "signs"))
    f = sum(s * np.diag(p) @ x @ u for s, p, u in zip(signs, masks, v, strict=True))
    value = 0.5 * ((f - y) ** 2).sum() + sum(np.linalg.norm(u) for u in v) / 3
    assert float(as_real(view["convex_value"])) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_the_network_of_a_convex_point_costs_what_it_should(seed: int) -> None:
    """The neurons v/sqrt|v|, s sqrt|v| in floats, whatever the patterns are."""
    instance = drawn(seed, 1 + seed % 3)
    v, signs = (np.array(instance[name], dtype=float) for name in ("v", "signs"))
    roots = np.sqrt(np.linalg.norm(v, axis=1))
    kept = roots > 0
    w = [[float(c) for c in row] for row in v[kept] / roots[kept, None]]
    network = instance.replace(
        w=WEIGHT_DECAY_RELU.instance(**{**instance.values, "w": w, "a": list(signs[kept] * roots[kept])})["w"],
        a=np.array([fmpq(*float(q).as_integer_ratio()) for q in signs[kept] * roots[kept]]),
    )
    built = WEIGHT_DECAY_RELU.view(instance)["built_cost"]
    assert float(as_real(built)) == pytest.approx(reference_cost(network), rel=1e-12)


def least_by_search(x: np.ndarray, y: np.ndarray, beta: float, neurons: int) -> float:
    """Scalar inputs: the least cost of one neuron on either side with either sign, or of one on each."""
    side_values = []
    for side in (1, -1):
        h = np.maximum(side * x, 0)
        found = minimize_scalar(lambda c, h=h: 0.5 * ((c * h - y) ** 2).sum() + beta * abs(c), bounds=(-50, 50))
        side_values.append(min(float(found.fun), 0.5 * float(y @ y)))
    nothing = 0.5 * float(y @ y)
    return min(side_values) if neurons == 1 else sum(side_values) - nothing


@pytest.mark.parametrize("neurons", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_least_cost_at_a_width(seed: int, neurons: int) -> None:
    source = np.random.default_rng(seed)
    x, y = source.integers(-4, 5, 4), source.integers(-6, 7, 4)
    instance = state([[int(q)] for q in x], [int(q) for q in y], [(1, 1)] * neurons, [0] * 4, 2)
    least = WEIGHT_DECAY_RELU.view(instance)["width_optimum"]
    assert float(least) == pytest.approx(least_by_search(x, y, 2.0, neurons), rel=1e-6)


def test_width_is_undecided_for_more_inputs() -> None:
    claim = THEOREM.claim("width-of-the-optimum").without("scalar-inputs")
    outcome = decide(claim, single_datum((3, 4)))
    assert outcome.verdict == "undecided"
    assert "scalar inputs" in outcome.reason


@pytest.mark.parametrize("instance", [single_datum(r=2), two_sides(sign=-1), quadrants((0, 1, 2, 3))])
def test_equality_cases_touch(instance: Instance) -> None:
    outcome = decide(THEOREM.headline, instance)
    assert outcome.verdict == "holds"
    assert outcome.touching


def test_soft_thresholding() -> None:
    """x = 2, y = 5, beta = 3: c = (10 - 3)/4, least cost 5 * 3/2 - 9/8."""
    instance = state([[2]], [5], [(1, 1)], [fmpq(3, 2)], 3, [([fmpq(7, 4)], 1, [1])])
    view = WEIGHT_DECAY_RELU.view(instance)
    assert view["convex_value"] == view["dual_value"] == view["width_optimum"] == fmpq(51, 8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"signs": [2]}, "convex.signs holds 2; every entry must be 1 or -1"),
        ({"patterns": [["1/2"]]}, "convex.patterns holds 1/2"),
        ({"penalty": 0}, "must be > 0"),
        ({"x": [[1, 2, 3, 4]], "w": [[1] * 4], "v": [[0] * 4]}, "at most 6 data with 3 inputs"),
        ({"w": [[1]] * 40, "a": [1] * 40}, "40 neurons; at most 12"),
        ({"z": [fmpq(1, 3**900)]}, "dual.z holds a fraction of more than 600 bits"),
    ],
)
def test_instances_that_are_refused(changes: dict[str, Any], message: str) -> None:
    raw: dict[str, Any] = {
        "x": [[1]], "y": [1], "penalty": 1, "w": [[1]], "a": [1], "z": [0], "v": [[0]], "signs": [1], "patterns": [[1]],
    }  # fmt: skip
    WEIGHT_DECAY_RELU.instance(**raw)
    with pytest.raises(InstanceError, match=message.replace(".", r"\.")):
        WEIGHT_DECAY_RELU.instance(**{**raw, **changes})


def test_a_file_is_read_back() -> None:
    instance = quadrants((0, 3), fmpq(1, 10), fmpq(3, 2))
    assert WEIGHT_DECAY_RELU.load(WEIGHT_DECAY_RELU.dump(instance)) == instance
