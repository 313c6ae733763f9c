"""The record teacher-probability: mutants, equality, necessity, what is drawn."""

from __future__ import annotations

import re
from itertools import product

import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.quantised_network import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.papers.buzaglo_2024.teacher_probability import TEACHER_PROBABILITY as THEOREM
from refutable.theorems.papers.buzaglo_2024.teachers import (
    BINARY,
    CORNERS,
    GRID,
    RECTIFIER,
    SIGNS,
    TERNARY,
    network,
    rectifier,
)
from refutable.theorems.records import Mutant, all_mutants
from refutable.verify.decide import decide
from refutable.verify.shrink import smallest

ALL = (*THEOREM.claims, *THEOREM.links)
SPARED = ("holds", "vacuous", "inapplicable")


def refuted(mutant: Mutant) -> bool:
    """Violated by a witness that is not hollow and spares the record's own claims."""
    view = mutant.claim.domain.view(mutant.witness())
    spared = all(decide(claim, view).verdict in SPARED for claim in ALL)
    return decide(mutant.claim, view).verdict == "violated" and spared and not view.domain.hollow(view)


def test_every_mutant_is_refuted_and_substantive() -> None:
    mutants = all_mutants(THEOREM)
    assert len(mutants) == 12
    assert [m.id for m in mutants if not refuted(m)] == []


def test_every_form_attains_its_bound_on_the_rectifier() -> None:
    touching = set()
    for instance in RECTIFIER.instances(len(RECTIFIER.parameters) * 30):
        outcomes = [decide(claim, instance) for claim in THEOREM.claims[:4]]
        touching |= {outcome.claim for outcome in outcomes if outcome.touching and outcome.verdict == "holds"}
    assert touching == {"fully-connected", "scaled", "convolution", "scaled-convolution"}


@pytest.mark.parametrize(
    ("mutant", "values", "scales", "ratio"),
    [
        ("without-biases", TERNARY, None, fmpq(1, 3)),
        ("without-biases", BINARY, None, fmpq(1, 4)),
        ("scaled-without-biases", TERNARY, [1], fmpq(2, 3)),
        ("one-value-fewer", TERNARY, None, fmpq(32, 81)),
    ],
)
def test_figures_of_false_exponents(
    mutant: str, values: tuple[int, ...], scales: list[int] | None, ratio: fmpq
) -> None:
    """p over the false bound, smallest over all teachers with one hidden unit, on the corners of a square."""
    (claim,) = [m.claim for m in THEOREM.mutants if m.id == mutant]
    found = []
    for w1, w2, b, u, c in product(values, repeat=5):
        headline = decide(claim, network(values, CORNERS, ([[w1, w2]], [b], [u], c), 1, scales=scales)).headline
        assert headline is not None
        found.append(headline.right / headline.left)
    assert min(found) == ratio


def exponent_of(formula: str, instance: Instance) -> int:
    """The value of a formula for C in LaTeX or in words."""
    text = re.sub(r"[cd](\^\\star|\*)", "t", formula.replace("d_0", "f").replace("k", "f"))
    text = re.sub(r"(?<=[\w)]) (?=[\w(])", "*", text.replace("c", "d"))
    names = {
        "t": len(instance["biases"]),
        "d": instance["width"],
        "f": instance["weights"].shape[1],
        "s": int(instance["output_scale"] is not None),
    }
    return int(eval(text, {}, names))


@pytest.mark.parametrize("form", ["plain", "scaled", "convolutional", "scaled-convolutional"])
@pytest.mark.parametrize("width", [1, 2])
def test_statement_and_latex_say_what_is_decided(form: str, width: int) -> None:
    """With an output scale and without."""
    plain = rectifier(2, 2, form).replace(width=width)
    scales = (None, fmpq(1)) if "scaled" in form else (None,)
    for instance in (plain.replace(output_scale=scale) for scale in scales):
        (outcome,) = [o for claim in THEOREM.claims[:4] if (o := decide(claim, instance)).verdict != "vacuous"]
        (claim,) = [claim for claim in THEOREM.claims if claim.id == outcome.claim]
        assert outcome.headline is not None
        in_words = claim.statement.split(", C = ")[1].split(",")[0]
        in_latex = claim.latex.split(r"\left(")[1].split(r"\right)")[0]
        for formula in (in_words, in_latex):
            assert outcome.headline.left == fmpq(2) ** -exponent_of(formula, instance)
        assert "one hidden layer" in claim.statement


def test_zero_is_needed_most_on_a_grid() -> None:
    teachers = [
        network(SIGNS, GRID, ([[a, b]], [c], [u], o), 2)
        for a in SIGNS for b in SIGNS for c in SIGNS for u in SIGNS for o in SIGNS
    ]  # fmt: skip
    claim = THEOREM.headline.without("zero-in-set")
    ratios = []
    for teacher in teachers:
        headline = decide(claim, teacher).headline
        assert headline is not None
        ratios.append(headline.right / headline.left)
    assert min(ratios) == fmpq(5, 8)


def test_the_smallest_counterexample_to_one_parameter_fewer_is_one_rectifier() -> None:
    (mutant,) = [m for m in THEOREM.mutants if m.id == "one-parameter-fewer"]
    found = smallest(mutant.claim, rectifier(3, 2), 2000)
    assert found.minimal
    assert found.instance["inputs"].shape == (2, 1)


@pytest.mark.parametrize("claim", ALL, ids=[claim.id for claim in ALL])
@seed(1)
@settings(
    max_examples=20, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(st.data())
def test_drawn_cases_satisfy_the_assumptions_and_the_claim(claim: Claim, data: st.DataObject) -> None:
    instance = data.draw(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    assert decide(claim, instance).verdict in ("holds", "vacuous")


def test_unknown_assumptions_are_refused() -> None:
    with pytest.raises(ValueError, match="no quantised networks can be drawn under 'stable'"):
        SUPPLY.drawn(frozenset({"stable"}), Size())
