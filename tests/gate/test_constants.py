"""Constants of the records: the headline is its formula at the record's values, and each one matters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from flint import arb, fmpq

from refutable.theorems.adjusting import GENERIC, constants, with_constants
from refutable.theorems.catalogue import CATALOGUE, theorem
from refutable.theorems.claims import Claim
from refutable.theorems.constants import multiple, number, tex
from refutable.theorems.exact import as_real, rational
from refutable.theorems.instances import Instance
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.records import Theorem
from refutable.theorems.views import View
from refutable.verify.decide import decide
from refutable.verify.sides import canonical
from tests.gate.moving_sides import DEFINED_ELSEWHERE

ADJUSTABLE = [record for record in CATALOGUE if record.adjustable is not None]
INEQUALITIES = [record for record in CATALOGUE if "shift" in constants(record)]
STEP = fmpq(1, 1000)
SLACK_AT_EQUALITY = {
    ("residual-bound", "beyond_radius"): "equality is known at loss 0 only",
    ("residual-bound", "loss_multiple"): "equality is known at loss 0 only",
    ("residual-bound-univariate", "radius_factor"): "equality is known at loss 0 only",
    ("residual-bound-univariate", "loss_multiple"): "equality is known at loss 0 only",
    ("init-shape-neuron", "start_coefficient"): "equality is at v = theta, where both sides move alike",
    ("init-shape-balanced", "start_coefficient"): "equality is at v = theta, where both sides move alike",
    ("init-shape-leaky", "start_coefficient"): "equality is at v = theta, where both sides move alike",
    ("gfs-monotone", "squared_edge"): "a threshold in an assumption: its mutants have instances beyond it",
}


def ids(records: list[Theorem]) -> list[str]:
    return [record.id for record in records]


def sides(claim: Claim, instance: Instance) -> list[tuple[Any, Any, str]]:
    checks = claim.concludes(claim.domain.view(instance))
    return [(*(_plain(side) for side in (c.left, c.right)), c.op) for c in checks]


def _plain(side: Any) -> Any:
    return [_plain(entry) for entry in side.ravel()] if isinstance(side, np.ndarray) else canonical(as_real(side))


def an_instance(record: Theorem) -> Instance:
    """One that gives the headline its numbers."""
    if record.equality:
        return record.equality[0].first()
    return next(m.witness() for m in record.mutants if decide(record.headline, m.witness()).checks)


def has_own_factor(record: Theorem) -> bool:
    """Its own constant of that name takes the place of the generic one: elsewhere in the formula, perhaps."""
    return record.adjustable is not None and "factor" in record.adjustable.constants


def test_which_theorems_have_constants() -> None:
    assert {"weighted-l1", "sharpness-chain", "common-eigenvector", "residual-bound"} <= set(ids(ADJUSTABLE))
    assert {record.id for record in CATALOGUE} - set(ids(INEQUALITIES)) == {
        "convolution-fourier",
        "convolution-single-datum",
        "effective-regions",
        "gfs-closed-form",
        "knots-between-data",
        "leaky-rank",
        "linear-stability",
        "separable-degenerate",
        "separable-multiclass",
        "separable-residual",
        "spline-limit",
        "tensor-classification",
        "tensor-directions",
        "tensor-regression",
        "weight-closed-forms",
    }
    assert constants(theorem("weight-closed-forms")) == constants(theorem("linear-stability")) == {}
    assert set(constants(theorem("delayed-stability"))) == set(GENERIC)


def test_a_constant_of_the_record_takes_the_place_of_the_generic_one() -> None:
    assert {name: c.value for name, c in constants(theorem("sharpness-chain")).items()} == {
        "offset": 1,
        "factor": 2,
        "shift": 0,
    }


@pytest.mark.parametrize("record", ADJUSTABLE, ids=ids(ADJUSTABLE))
def test_the_headline_is_its_formula_at_the_records_values(record: Theorem) -> None:
    assert record.adjustable is not None
    default = record.adjustable.claim
    assert default.id == record.headline.id
    assert (default.statement, default.latex) == (record.headline.statement, record.headline.latex)
    said = [[(a.id, a.statement) for a in claim.assumes] for claim in (default, record.headline)]
    assert said[0] == said[1]
    for family in record.equality:
        if family.first().domain == record.domain.id:
            assert sides(default, family.first()) == sides(record.headline, family.first())


@pytest.mark.parametrize("record", INEQUALITIES, ids=ids(INEQUALITIES))
def test_the_records_own_values_change_nothing(record: Theorem) -> None:
    values = {name: constant.value for name, constant in constants(record).items()}
    assert with_constants(record, values) is record.headline


Reference = Callable[[Any], tuple[Any, Any]]
OTHER: list[tuple[str, dict[str, str], Reference]] = [
    (
        name,
        {"numerator": "3/2", "offset": "-3/5"},
        lambda v: (v["stability_norm"], fmpq(3, 2) / v["step_size"] + fmpq(3, 5)),
    )
    for name in ("weighted-l1", "stability-norm", "critical-point-bound", "nondifferentiable-bound")
] + [
    (
        "laplacian",
        {"numerator": "2", "offset": "0"},
        lambda v: (v["laplacian_mass"], 2 / v["step_size"]),
    ),
    (
        "nondifferentiable-conjecture",
        {"numerator": "7/8"},
        lambda v: (v["stability_norm"], fmpq(7, 8) / v["step_size"]),
    ),
    (
        "sharpness-chain",
        {"offset": "5/4", "factor": "3"},
        lambda v: (fmpq(5, 4) + v["stability_norm"] * fmpq(3), v["gauss_newton_sharpness"]),
    ),
    (
        "sharpness-chain",
        {"shift": "1/7"},
        lambda v: (1 + v["stability_norm"] * fmpq(2), v["gauss_newton_sharpness"] + fmpq(1, 7)),
    ),
    (
        "stability-norm",
        {"factor": "9/10", "shift": "-1/3", "offset": "1/4"},
        lambda v: (v["stability_norm"], (1 / v["step_size"] - fmpq(1, 4)) * fmpq(9, 10) - fmpq(1, 3)),
    ),
    (
        "flattest-sharpness",
        {"factor": "1/2"},
        lambda v: (v["flattest_sharpness"], v["sharpness"] * fmpq(1, 2)),
    ),
]


def near(left: Any, right: Any) -> bool:
    """Whether two exact numbers are within 2^-80 of each other, by enclosures."""
    a, b = as_real(left).ball(200), as_real(right).ball(200)
    return bool(abs(a - b) < arb(2) ** -80)


@pytest.mark.parametrize(("id", "values", "reference"), OTHER, ids=[f"{o[0]}-{'-'.join(o[1])}" for o in OTHER])
def test_other_values_give_the_formula_written_by_hand(id: str, values: dict[str, str], reference: Reference) -> None:
    record = theorem(id)
    claim = with_constants(record, {name: rational(value) for name, value in values.items()})
    for family in record.equality:
        view = claim.domain.view(family.last())
        [check, *_] = claim.concludes(view)
        left, right = reference(record.domain.view(family.last()))
        assert near(check.left, left)
        assert near(check.right, right)


def test_the_residual_term_follows_its_constants() -> None:
    record = theorem("residual-bound")
    instance = next(m for m in record.mutants if m.id == "no-loss-term").witness()
    claim = with_constants(record, {"beyond_radius": fmpq(5, 2), "loss_multiple": fmpq(3), "offset": fmpq(1, 3)})
    view = claim.domain.view(instance)
    [check] = claim.concludes(view)
    radius = max(sum(float(c) ** 2 for c in x) ** 0.5 for x in instance["x"])
    loss = sum(float(r) ** 2 for r in view["residual"]) / 2 / len(instance["x"])
    sharpness = float(as_real(view["sharpness"]).ball(64).mid())
    expected = sharpness / 2 - 1 / 3 + (radius + 2.5) * (3 * loss) ** 0.5
    assert loss > 0
    assert float(as_real(check.right).ball(64).mid()) == pytest.approx(expected, rel=1e-12)


def test_common_eigenvector_at_two_is_the_sharp_claim() -> None:
    record = theorem("common-eigenvector")
    sharp = with_constants(record, {"square": fmpq(2)})
    for mutant in record.mutants:
        if mutant.claim.id.startswith("common-eigenvector"):
            found, known = (sides(c, mutant.witness()) for c in (sharp, record.claim("common-eigenvector-sharp")))
            assert found == known


TIGHT = [
    (record, name)
    for record in INEQUALITIES
    for name in constants(record)
    if any(f.attains == "equality" for f in record.equality) and (record.id, name) not in SLACK_AT_EQUALITY
]


@pytest.mark.parametrize(("record", "name"), TIGHT, ids=[f"{record.id}-{name}" for record, name in TIGHT])
def test_each_constant_matters_where_equality_holds(record: Theorem, name: str) -> None:
    """Moved by a thousandth one way the claim is false at an equality case, the other way it is true."""
    instance = next(f for f in record.equality if f.attains == "equality").first()
    assert decide(record.headline, instance).touching
    value = constants(record)[name].value
    by = STEP * (value if value else 1)
    moved = [with_constants(record, {name: value + sign * by}) for sign in (-1, 1)]
    assert sorted(decide(claim, instance).verdict for claim in moved) == ["holds", "violated"]


@pytest.mark.parametrize("record", INEQUALITIES, ids=ids(INEQUALITIES))
def test_factor_and_shift_move_the_right_side_alone(record: Theorem) -> None:
    instance = an_instance(record)
    view = record.domain.view(instance)
    first = next(iter(record.headline.concludes(view)))
    generic = {"shift": fmpq(1, 7)} | ({} if has_own_factor(record) else {"factor": fmpq(5, 4)})
    claim = with_constants(record, generic)
    [check, *others] = claim.concludes(claim.domain.view(instance))
    assert check.op == first.op
    assert [(c.op, c.label) for c in others] == [(c.op, c.label) for c in record.headline.concludes(view)][1:]
    assert near(check.left, first.left)
    assert near(check.right, as_real(first.right) * generic.get("factor", fmpq(1)) + fmpq(1, 7))


Named = Callable[[Any], arb]


def ball(number: Any) -> arb:
    return as_real(number).ball(200)


def inverse_step_size(view: Any) -> arb:
    return ball(1 / view["step_size"] - fmpq(1, 2))


def liang(view: Any) -> arb:
    radius = max(ball(sum((c * c for c in x), fmpq(0))).sqrt() for x in view["x"])
    loss = sum((r * r for r in view["residual"]), fmpq(0)) / (2 * len(view["x"]))
    return ball(view["sharpness"]) / 2 - arb(1) / 2 + (radius + 1) * ball(2 * loss).sqrt()


def threshold(view: Any) -> arb:
    return 2 * (arb.pi() / (4 * int(view["delay"]) + 2)).sin()


RIGHT = "the right side of <="
NAMED: dict[str, tuple[str, str, Named]] = dict.fromkeys(
    ("weighted-l1", "stability-norm", "critical-point-bound", "nondifferentiable-bound", "laplacian"),
    (RIGHT, "<= 1/eta - 1/2 ", inverse_step_size),
) | {
    "nondifferentiable-conjecture": (RIGHT, "<= 1/eta ", lambda v: ball(1 / v["step_size"])),
    "residual-bound": (RIGHT, "<= sharpness/2 - 1/2 + (R + 1) sqrt(2 L) ", liang),
    "sharpness-chain": (
        "the sharpness of the Gauss-Newton part",
        "the sharpness of the Gauss-Newton part is at least ",
        lambda v: ball(v["gauss_newton_sharpness"]),
    ),
    "flattest-sharpness": ("the sharpness", " has sharpness at least ", lambda v: ball(v["sharpness"])),
    "delayed-stability": (
        "the threshold 2 sin(pi / (4 tau + 2))",
        " has 0 < curvature * step size < 2 sin(pi / (4 tau + 2))",
        threshold,
    ),
}
"""The side that moves as the words name it, where the statement has it, and its value from its definition."""


def test_every_side_that_moves_has_an_honest_name() -> None:
    assert set(NAMED) | set(DEFINED_ELSEWHERE) == set(ids(INEQUALITIES))
    for record in INEQUALITIES:
        place = NAMED[record.id][1] if record.id in NAMED else DEFINED_ELSEWHERE[record.id]
        assert record.headline.statement.count(place) == 1
        if record.right_side == RIGHT:
            assert record.headline.statement.count("<=") == 1
    assert theorem("flattest-implementation").right_side == "the upper bound on the sharpness"


@pytest.mark.parametrize("id", NAMED)
def test_the_words_say_which_side_moves_and_how(id: str) -> None:
    record, (name, _, value) = theorem(id), NAMED[id]
    moves = [({"shift": fmpq(2, 7)}, "X + 2/7", 1, fmpq(2, 7))]
    if id != "sharpness-chain":  # its factor is its own
        moves.append(({"factor": fmpq(9, 10), "shift": fmpq(-1)}, "(9/10) X + (-1)", fmpq(9, 10), fmpq(-1)))
        moves.append(({"factor": fmpq(2)}, "2 X", 2, 0))
    view = record.domain.view(an_instance(record))
    for generic, words, times, plus in moves:
        claim = with_constants(record, generic)
        assert claim.statement.endswith(f": {record.headline.statement}; where X, {name}, is replaced by {words}")
        [moved, *_], [first, *_] = claim.concludes(view), record.headline.concludes(view)
        assert abs(ball(moved.right) - (value(view) * times + plus)) < arb(2) ** -40
        assert near(moved.left, first.left)
    for constant in GENERIC.keys() - ({"factor"} if id == "sharpness-chain" else set()):
        assert f" {name}" in constants(record)[constant].meaning


def test_a_larger_side_that_is_raised_makes_a_weaker_claim() -> None:
    record = theorem("sharpness-chain")
    instance = next(f for f in record.equality if f.attains == "equality").first()
    weaker, stronger = (with_constants(record, {"shift": fmpq(sign)}) for sign in (1, -1))
    assert "where X, the sharpness of the Gauss-Newton part, is replaced by X + 1" in weaker.statement
    assert (decide(weaker, instance).verdict, decide(stronger, instance).verdict) == ("holds", "violated")


def as_floats(claim: Claim, instance: Instance) -> View:
    """The instance as a float batch of one."""
    exact = claim.domain.view(instance)
    names = [name for name in ("w1", "b1", "w2", "b2", "x", "y", "step_size") if exact.has(name)]
    arrays = {name: np.vectorize(float, otypes=[float])(exact[name]) for name in names}
    return View(claim.domain, TorchOps(), {name: torch.as_tensor(array)[None] for name, array in arrays.items()})


@pytest.mark.parametrize("id", ["weighted-l1", "sharpness-chain", "stability-norm", "residual-bound"])
def test_float_batches_take_the_same_constants(id: str) -> None:
    record = theorem(id)
    values = {name: c.value + fmpq(1, 8) for name, c in constants(record).items()}
    claim = with_constants(record, values)
    instance = record.equality[0].first()
    [exact] = claim.concludes(claim.domain.view(instance))
    [floats] = claim.concludes(as_floats(claim, instance))
    for side in ("left", "right"):
        assert float(getattr(floats, side)) == pytest.approx(float(as_real(getattr(exact, side)).ball(64).mid()))


def test_an_unknown_constant_is_refused() -> None:
    with pytest.raises(KeyError):
        with_constants(theorem("weighted-l1"), {"offzet": fmpq(1)})


@pytest.mark.parametrize(
    ("value", "as_term", "as_factor", "as_latex"),
    [
        (fmpq(2), "2", "2", "2"),
        (fmpq(1, 2), "1/2", "(1/2)", r"\frac12"),
        (fmpq(3, 20), "3/20", "(3/20)", r"\frac{3}{20}"),
        (fmpq(-1, 2), "(-1/2)", "(-1/2)", r"\left(-\frac12\right)"),
        (fmpq(-3), "(-3)", "(-3)", r"\left(-3\right)"),
    ],
)
def test_how_constants_are_written(value: fmpq, as_term: str, as_factor: str, as_latex: str) -> None:
    assert (number(value), multiple(value), tex(value)) == (as_term, as_factor, as_latex)


def test_statement_and_formula_say_the_constants() -> None:
    claim = with_constants(theorem("weighted-l1"), {"numerator": fmpq(3, 2), "offset": fmpq(3, 5)})
    assert claim.id == "weighted-l1 with numerator = 3/2, offset = 3/5"
    assert "numerator = 3/2 (the record: 1), offset = 3/5 (the record: 1/2)" in claim.statement
    assert "<= (3/2)/eta - 3/5 for" in claim.statement
    assert claim.latex.endswith(r"\le \frac{\frac32}{\eta} - \frac35")
    generic = with_constants(theorem("weighted-l1"), {"factor": fmpq(999, 1000), "shift": fmpq(-1)})
    assert generic.latex == ""
    assert generic.statement.endswith("; where X, the right side of <=, is replaced by (999/1000) X + (-1)")
