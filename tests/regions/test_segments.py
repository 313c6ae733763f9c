"""Regions on segments against a slow reference: every root of every piece, signs at midpoints, in Fractions."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.segments import float_regions, pairs, runs, segment
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View

Numbers = list[Fraction]


def value(t: Fraction, start: Numbers, end: Numbers, weights: Numbers, bias: Fraction) -> Fraction:
    z = [a + t * (b - a) for a, b in zip(start, end, strict=True)]
    return bias + sum((w * max(Fraction(0), v) for w, v in zip(weights, z, strict=True)), Fraction(0))


def reference(start: Numbers, end: Numbers, weights: Numbers, bias: Fraction) -> tuple[int, int]:
    """Activation patterns and decision regions, from midpoints between all kinks and roots."""
    kinks = {a / (a - b) for a, b in zip(start, end, strict=True) if a != b and 0 < a / (a - b) < 1}
    cuts = sorted(kinks | {Fraction(0), Fraction(1)})
    roots = set()
    for low, high in itertools.pairwise(cuts):
        below, above = (value(t, start, end, weights, bias) for t in (low, high))
        if below != above:
            root = low + (high - low) * below / (below - above)
            roots |= {root} if low < root < high else set()
    places = sorted(set(cuts) | roots)
    middles = [(a + b) / 2 for a, b in itertools.pairwise(places)]
    signs = [v > 0 for v in (value(t, start, end, weights, bias) for t in middles) if v != 0]
    patterns = {
        tuple(a + t * (b - a) > 0 for a, b in zip(start, end, strict=True))
        for t in ((x + y) / 2 for x, y in itertools.pairwise(cuts))
    }
    return len(patterns), max(1, len(list(itertools.groupby(signs))))


def drawn(rng: np.random.Generator, k: int, coarse: bool) -> tuple[Numbers, Numbers, Numbers, Fraction]:
    """Coarse numbers make coinciding kinks, kinks at ends and pieces on which f is 0."""
    top = 3 if coarse else 1000
    start, end, weights = (
        [Fraction(int(v), 1 if coarse else 7) for v in rng.integers(-top, top + 1, k)] for _ in range(3)
    )
    return start, end, weights, Fraction(int(rng.integers(-1, 2)) if coarse else int(rng.integers(-999, 999)))


def exact(numbers: Numbers) -> list[fmpq]:
    return [fmpq(v.numerator, v.denominator) for v in numbers]


@pytest.mark.parametrize("coarse", [True, False])
def test_the_exact_counts_are_those_of_midpoints(coarse: bool) -> None:
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(250):
        start, end, weights, bias = drawn(rng, int(rng.integers(1, 9)), coarse)
        found = segment(exact(start), exact(end), exact(weights), exact([bias])[0])
        assert (found.linear_regions, found.decision_regions) == reference(start, end, weights, bias)
        assert found.kinks == sum((a > 0 > b) or (a < 0 < b) for a, b in zip(start, end, strict=True))
        assert found.decision_regions <= 2 + found.kinks
        seen.add(found.decision_regions)
    assert len(seen) > 3


def test_floats_propose_the_same_counts() -> None:
    rng = np.random.default_rng(2)
    for k in (1, 4, 9):
        many = [drawn(rng, k, False) for _ in range(30)]
        start, end, weights = (torch.tensor([[float(v) for v in one[i]] for one in many]).double() for i in range(3))
        bias = torch.tensor([float(one[3]) for one in many]).double()
        found = float_regions(start[:, None], end[:, None], weights, bias)[:, 0]
        assert found.tolist() == [reference(*one)[1] for one in many]


def test_zeros_on_an_interval_part_nothing() -> None:
    assert runs([1, 0, 0, 2]) == 1  # +, 0, +
    assert runs([-1, 0, 1]) == 2
    assert runs([0, 0, 3, -1, 0]) == 2
    assert runs([0, 0]) == 1
    # relu(x - 1) + relu(-x - 1) on [-2, 2] vanishes on [-1, 1]; with the second turned round its sign changes there.
    start, end = [fmpq(-3), fmpq(1)], [fmpq(1), fmpq(-3)]
    assert segment(start, end, [fmpq(1), fmpq(1)], fmpq(0)).decision_regions == 1
    assert segment(start, end, [fmpq(1), fmpq(-1)], fmpq(0)).decision_regions == 2
    assert segment(start, end, [fmpq(0), fmpq(0)], fmpq(0)).decision_regions == 1
    assert float_regions(*(torch.tensor([[float(v) for v in side]]) for side in (start, end)),
                         torch.tensor([1.0, 1.0]), torch.tensor(0.0)).tolist() == [1.0]  # fmt: skip


def test_a_touching_zero_and_a_kink_at_an_end() -> None:
    # |x| - 0 touches 0 at the kink only: one region.
    touching = segment([fmpq(-1), fmpq(1)], [fmpq(1), fmpq(-1)], [fmpq(1), fmpq(1)], fmpq(0))
    assert (touching.linear_regions, touching.decision_regions, touching.kinks) == (2, 1, 2)
    at_end = segment([fmpq(0)], [fmpq(1)], [fmpq(1)], fmpq(-1, 2))
    assert (at_end.linear_regions, at_end.decision_regions, at_end.kinks) == (1, 2, 0)


def test_quantities_of_the_domain_on_exact_and_float_views() -> None:
    rng = np.random.default_rng(3)
    raw = {"w1": rng.integers(-5, 6, (4, 2)), "b1": rng.integers(-5, 6, 4), "w2": rng.integers(-5, 6, 4), "b2": 1}
    raw |= {"x": rng.integers(-50, 51, (5, 2))}
    raw = {name: v.tolist() if hasattr(v, "tolist") else v for name, v in raw.items()}
    view = SHALLOW_RELU.view(SHALLOW_RELU.instance(**raw))
    fields = {name: torch.tensor([v], dtype=torch.float64) for name, v in raw.items()}
    floats = View(SHALLOW_RELU, TorchOps(), {**fields, "y": None, "frozen": None})
    for name in ("active_count", "segment_kinks", "segment_regions"):
        assert [int(v) for v in view[name]] == floats[name][0].tolist(), name
    assert floats["smallest_output_weight"].tolist() == [min(abs(v) for v in raw["w2"])]
    assert view["smallest_output_weight"] == min(abs(v) for v in raw["w2"])
    assert pairs(1) == ([0], [0])
    assert len(view["segment_regions"]) == 10


def test_too_many_pairs_are_undecided_in_words() -> None:
    view = SHALLOW_RELU.view(SHALLOW_RELU.instance(w1=[[1]], b1=[0], w2=[1], b2=0, x=[[i] for i in range(600)]))
    with pytest.raises(ArithmeticError, match="179700 segments between 600 data, of 1 neurons each, are too many"):
        _ = view["segment_regions"]


def test_both_counts_come_from_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from refutable.theorems.domains.shallow_relu import segments

    plain, calls = segments.segment, []
    monkeypatch.setattr(segments, "segment", lambda *numbers: calls.append(1) or plain(*numbers))
    view = SHALLOW_RELU.view(SHALLOW_RELU.instance(w1=[[1]], b1=[-1], w2=[1], b2=0, x=[[0], [2], [3]]))
    assert [list(view[name]) for name in ("segment_kinks", "segment_regions")] == [[1, 1, 0], [1, 1, 1]]
    assert len(calls) == 3
