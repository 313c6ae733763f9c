"""What is generated, with a fixed seed, and a floor for every regime; counted by the strategies and by hand."""

from collections import Counter
from collections.abc import Callable
from random import Random

import numpy as np
from flint import fmpq
from hypothesis import Phase, find, settings
from hypothesis.strategies import SearchStrategy

from refutable.strategies.shallow_relu import SUPPLY
from refutable.strategies.shallow_relu.data import offered_families
from refutable.strategies.supply import Size
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance

Draw = Callable[[SearchStrategy[Instance], int], list[Instance]]

TRAINED = {"input-weights-trained", "hidden-biases-trained", "output-weights-trained", "output-bias-trained"}
POINTS = frozenset({"differentiable", "interpolating", "stable"} | TRAINED)
ANYWHERE = frozenset({"stable"} | TRAINED)
CRITICAL = frozenset({"critical", "nonzero-output-weights", "differentiable", "stable"} | TRAINED)

FLOORS = {
    "inputs: d = 1": 100,
    "inputs: d > 1": 100,
    "inputs: d > n": 25,
    "data: one point": 20,
    "data: some points coincide": 30,
    "data: all points coincide": 5,
    "neuron: between data": 200,
    "neuron: beside a datum": 40,
    "neuron: always active": 40,
    "neuron: dead": 20,
    "neuron: no input weights": 20,
    "neuron: output weight 0": 20,
    "pair: same orientation": 20,
    "pair: opposite orientation": 20,
    "pair: cancelling pair": 20,
    "pair: affine pair": 20,
    "scale: same function": 20,
    "scale: input weights": 20,
    "scale: output weight": 20,
    "scale: beyond 2^20": 20,
    "network: tuned towards equality": 50,
    "labels: f(x)": 200,
    "labels: f(x), written out": 20,
    "step size: at the edge": 100,
    "step size: a hair below": 30,
    "step size: rounded down": 30,
    "step size: far below": 30,
    "size: large": 8,
    "equality family: two-atoms": 4,
    "equality family: shattered-sphere": 4,
    "equality family: balanced-small": 2,
    "equality family: clusters": 2,
}


def short(regimes: Counter[str], floors: dict[str, int]) -> dict[str, int]:
    return {name: regimes[name] for name, floor in floors.items() if regimes[name] < floor}


def test_every_regime_of_interpolating_networks_occurs(draw: Draw, regimes: Counter[str]) -> None:
    draw(SUPPLY.drawn(POINTS, Size()), 800)
    assert short(regimes, FLOORS) == {}
    assert short(regimes, {f"data: {family}": 8 for family in offered_families()}) == {}


def test_every_kind_of_label_and_kinks_on_data_occur(draw: Draw, regimes: Counter[str]) -> None:
    draw(SUPPLY.drawn(ANYWHERE, Size()), 300)
    kinds = ("any numbers", "near f(x)", "f(x) shifted", "far from f(x)", "f(x)")
    assert short(regimes, {f"labels: {kind}": 15 for kind in kinds}) == {}
    assert regimes["neuron: on a datum"] >= 50


def test_critical_points_mostly_have_positive_loss(draw: Draw, regimes: Counter[str]) -> None:
    found = draw(SUPPLY.drawn(CRITICAL, Size()), 150)
    positive = [i for i in found if i["y"] is not None and SHALLOW_RELU.view(i)["loss"] > 0]
    assert len(positive) >= 75
    assert regimes["labels: critical with positive loss"] >= len(positive) / 2


def test_regimes_are_what_they_are_called(draw: Draw) -> None:
    """The same regimes, recognised from the instances alone."""
    seen: Counter[str] = Counter()
    for instance in draw(SUPPLY.drawn(POINTS, Size()), 400):
        seen.update(recognised(instance))
    floors = {"dead": 20, "always active": 20, "between": 150, "shared hyperplane": 40, "no input weights": 10,
              "no output weight": 10, "large weight": 10, "small weight": 10, "at the edge": 60, "mass cancels": 10,
              "k and n above 4": 3}  # fmt: skip
    assert short(seen, floors) == {}


def recognised(instance: Instance) -> set[str]:
    names: set[str] = set()
    hyperplanes: Counter[tuple[fmpq, ...]] = Counter()
    for row, b, out in zip(instance["w1"], instance["b1"], instance["w2"], strict=True):
        signs = {1 if sum(c * v for c, v in zip(row, x, strict=True)) + b > 0 else -1 for x in instance["x"]}
        names.add("between" if len(signs) == 2 else "always active" if signs == {1} else "dead")
        names |= {"no output weight"} if out == 0 else set()
        pivot = next((c for c in row if c != 0), None)
        if pivot is None:
            names.add("no input weights")
            continue
        hyperplanes[(*(c / pivot for c in row), b / pivot)] += 1
        names |= {"large weight"} if max(abs(c) for c in row) > 2**20 else set()
        names |= {"small weight"} if max(abs(c) for c in row) < fmpq(1, 2**20) else set()
    names |= {"shared hyperplane"} if max(hyperplanes.values(), default=0) > 1 else set()
    names |= {"k and n above 4"} if min(len(instance["b1"]), len(instance["x"])) > 4 else set()
    view = SHALLOW_RELU.view(instance)
    names |= {"mass cancels"} if cancels(instance, view["segments"], view["merged_mass"]) else set()
    sharpness = float(as_real(view["gauss_newton_sharpness"]).ball(53).mid())
    eta = int(instance["step_size"].p) / int(instance["step_size"].q)
    return names | ({"at the edge"} if abs(sharpness * eta / 2 - 1) < 1e-9 else set())


def cancels(instance: Instance, segments: np.ndarray, merged: np.ndarray) -> bool:
    """Whether some neuron with a nonzero output weight lies on a hyperplane without mass."""
    return any(out != 0 and merged[int(s)] == 0 for out, s in zip(instance["w2"], segments, strict=True))


def active_on_some_data(instance: Instance) -> bool:
    view = SHALLOW_RELU.view(instance)
    return any(0 < sum(column) < len(column) for column in view["active"].T)


def smallest(wanted: Callable[[Instance], bool]) -> Instance:
    """The smallest network on the line that Hypothesis finds."""
    quick = settings(database=None, deadline=None, max_examples=2000, phases=[Phase.generate, Phase.shrink])
    line = SUPPLY.drawn(POINTS | {"univariate"}, Size())
    return find(line, wanted, settings=quick, random=Random(0), database_key=b"none")


def test_the_smallest_live_network_is_one_relu_on_two_points() -> None:
    found = smallest(active_on_some_data)
    assert SHALLOW_RELU.dump(found)["network"] == {
        "w1": [["1"]], "b1": ["0"], "w2": ["1"], "b2": "0", "frozen": None,
    }  # fmt: skip
    assert [[str(c) for c in row] for row in found["x"]] == [["-1"], ["1"]]
    assert found["y"] is None


def test_a_cancelling_pair_shrinks_to_two_neurons_of_unit_weights() -> None:
    def cancelling(instance: Instance) -> bool:
        view = SHALLOW_RELU.view(instance)
        return view["stability_norm"] == 0 and float(as_real(view["unmerged_norm"])) > 0

    found = smallest(cancelling)
    assert found["w1"].shape == (2, 1)
    assert len(found["x"]) <= 4
    assert {abs(v) for v in (*found["w1"].ravel(), *found["w2"])} == {fmpq(1)}


def test_a_printed_instance_can_be_loaded_again(draw: Draw) -> None:
    def instance(model: str, **raw: object) -> Instance:
        assert model == "shallow-relu"
        return SHALLOW_RELU.instance(**raw)

    for found in draw(SUPPLY.drawn(ANYWHERE, Size()), 40):
        assert eval(repr(found), {"instance": instance}) == found  # a literal of our own
