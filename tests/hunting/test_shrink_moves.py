"""Moves of shallow networks: what they must keep, and what they propose, against exact quantities."""

from __future__ import annotations

import random

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.lines import on_line
from refutable.theorems.domains.shallow_relu.moves import groups
from refutable.theorems.domains.shallow_relu.refitting import output, refit, sharpness
from refutable.theorems.domains.shallow_relu.scalings import scaled_neurons, shift_inputs, square_root
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.verify.shrink import simpler, size

MOVES = {move.id: move for move in SHALLOW_RELU.moves}


def network(
    seed: int, k: int = 3, n: int = 4, d: int = 2, labels: bool = False, frozen: tuple[str, ...] = ()
) -> Instance:
    source = random.Random(seed)

    def draw(*shape: int) -> list[object]:
        return [draw(*shape[1:]) if shape[1:] else fmpq(source.randint(-20, 20), 8) for _ in range(shape[0])]

    return SHALLOW_RELU.instance(
        w1=draw(k, d), b1=draw(k), w2=draw(k), b2=draw(1)[0], x=draw(n, d), y=draw(n) if labels else None,
        step_size="1/50", frozen=list(frozen) or None,
    )  # fmt: skip


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("frozen", [(), ("b2",), ("w1",), ("w2", "b1")])
@pytest.mark.parametrize("seed", range(4))
def test_the_float_sharpness_that_step_sizes_are_proposed_from(
    seed: int, labels: bool, frozen: tuple[str, ...]
) -> None:
    instance = network(seed, labels=labels, frozen=frozen)
    view = SHALLOW_RELU.view(instance)
    assert not any(view["kink"].ravel())
    exact = float(as_real(view["sharpness"]).ball(64).mid())
    assert sharpness(instance) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_refitted_step_size_lies_just_below_the_edge_of_stability(seed: int) -> None:
    instance = network(seed)
    steps = [c["step_size"] for c in refit(instance, instance)][1:]
    edge = 2 / sharpness(instance)
    shares = [float(int(s.p) / int(s.q)) / edge for s in steps]
    assert all(share <= 1 + 1e-12 for share in shares)
    assert max(shares) > 1 - 1e-9
    assert min(len(str(s)) for s in steps) < 10


def test_relabelling_keeps_the_residuals() -> None:
    before = network(1, labels=True)
    after = before.replace(w2=before["w2"] * 2)
    kept = [c for c in refit(before, after) if (c["y"] != after["y"]).any()]
    residual = SHALLOW_RELU.view(before)["residual"]
    assert kept
    assert all((SHALLOW_RELU.view(c)["residual"] == residual).all() for c in kept)


@pytest.mark.parametrize("seed", range(3))
def test_scalings_and_shifts_keep_the_function_on_the_data(seed: int) -> None:
    instance = network(seed)
    values = output(instance)
    assert (values == SHALLOW_RELU.view(instance)["output"]).all()
    assert (output(scaled_neurons(instance, [fmpq(2), fmpq(1, 3), fmpq(7, 5)])) == values).all()
    shifted = list(shift_inputs(instance))
    assert len({s["x"].tobytes() for s in shifted}) > 3
    assert all((output(s) == values).all() for s in shifted)


def test_data_on_a_line_keep_their_values_when_the_dimension_falls() -> None:
    start, direction = np.array([fmpq(1), fmpq(-2)], dtype=object), np.array([fmpq(3), fmpq(4)], dtype=object)
    places = [fmpq(-1), fmpq(0), fmpq(2, 3), fmpq(5)]
    x = np.array([start + s * direction for s in places], dtype=object)
    instance = network(2).replace(x=x)
    lowered = on_line(instance, start, direction)
    assert (output(lowered) == output(instance)).all()
    assert [row[0] for row in lowered["x"]] == [5 * s for s in places]
    assert lowered in list(MOVES["lower the dimension"].reductions(instance))


def test_neurons_with_the_same_active_data_are_summed() -> None:
    instance = network(3).replace(
        w1=np.array([[fmpq(1), fmpq(0)], [fmpq(2), fmpq(0)], [fmpq(-1), fmpq(1)]], dtype=object)
    )
    instance = instance.replace(b1=np.array([fmpq(9), fmpq(9), fmpq(1)], dtype=object))
    merged = [c for c in MOVES["merge neurons"].reductions(instance) if len(c["b1"]) == 2]
    assert any((output(c) == output(instance)).all() for c in merged)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 30])
@pytest.mark.parametrize("least", [1, 2, 5])
def test_what_is_left_out_never_empties_an_instance(count: int, least: int) -> None:
    found = list(groups(count, least))
    assert all(0 < len(gone) < count for gone in found)
    assert len(set(found)) == len(found)
    if count > least:
        assert {gone for gone in found if len(gone) == 1} == {(i,) for i in range(count)}


def test_no_move_turns_a_neuron_into_a_constant() -> None:
    instance = network(0, k=2, n=2, d=1)
    for move in SHALLOW_RELU.moves:
        for candidate in move.reductions(instance):
            assert all(any(row) for row in candidate["w1"].tolist()), move.id


@pytest.mark.parametrize("q", [fmpq(0), fmpq(9, 16), fmpq(2), fmpq(1, 10**30), fmpq(10**40, 7)])
def test_square_roots_are_simple_and_near(q: fmpq) -> None:
    root = square_root(q)
    assert abs(root * root - q) <= q * fmpq(3, 1000)
    assert root != 0 or q == 0


def test_what_counts_as_simpler() -> None:
    plain = network(0, k=1, n=1, d=1).replace(w1=np.array([[fmpq(1)]], dtype=object))
    for number in (fmpq(2), fmpq(-1), fmpq(1, 2), fmpq(12)):
        other = plain.replace(w1=np.array([[number]], dtype=object))
        assert simpler(plain, other)
        assert not simpler(other, plain)
    assert simpler(plain.replace(step_size=None), plain)
    assert not simpler(plain, plain)
    assert size(network(1, k=2)) > size(network(1, k=1).replace(step_size=fmpq(10**20, 3)))
