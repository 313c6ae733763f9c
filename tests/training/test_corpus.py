"""The frozen corpus is what it says, without any training."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from importlib import resources
from typing import Any

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from refutable.strategies.training.corpus import Corpus, Entry, _chosen, corpus, parse, text_of
from refutable.strategies.training.documents import edge_step_size
from refutable.strategies.training.results import Trained
from refutable.theorems.exact.definite import is_psd


def entry_name(entry: Entry) -> str:
    return f"{entry.name}-{entry.index}-{entry.kind}"


def arrays(document: Mapping[str, Any]) -> tuple[np.ndarray, ...]:
    network = document["network"]
    return (*(np.array(network[name]) for name in ("w1", "b1", "w2", "b2")), np.array(document["data"]["x"]))


def jacobian(document: Mapping[str, Any]) -> np.ndarray:
    """Gradients of f at the data, one row each, in an explicit loop over data and neurons."""
    w1, b1, w2, _, x = arrays(document)
    rows = []
    for datum in x:
        row: list[float] = [1.0]
        for weights, bias, outer in zip(w1, b1, w2, strict=True):
            z = float(weights @ datum + bias)
            row += [*(outer * datum * (z > 0)), outer * (z > 0), max(z, 0.0)]
        rows.append(row)
    return np.array(rows)


def test_the_file_is_small_and_has_one_entry_a_line() -> None:
    text = resources.files("refutable.strategies").joinpath("corpus", "minima.json").read_text()
    assert len(text.encode()) < 200_000
    assert 60 <= len(corpus().entries) <= 100
    assert text == text_of(parse(text))


def test_there_are_enough_of_each_kind_and_dimension() -> None:
    stable = corpus().relabelled(stable=True)
    inputs = Counter(len(entry.instance["data"]["x"][0]) for entry in stable)
    assert len(stable) >= 60
    assert len(corpus().relabelled(stable=False)) >= 4
    assert len(corpus().converged()) >= 8
    assert inputs[1] >= 15
    assert inputs[2] >= 8
    assert sum(count for size, count in inputs.items() if size >= 5) >= 6
    assert len({json.dumps(entry.instance, sort_keys=True) for entry in corpus().entries}) == len(corpus().entries)


@pytest.mark.parametrize("entry", corpus().entries, ids=lambda entry: f"{entry.name}-{entry.index}-{entry.kind}")
def test_the_sharpness_of_an_entry_is_what_it_claims(entry: Entry) -> None:
    gradients = jacobian(entry.instance)
    top = float(np.linalg.svd(gradients, compute_uv=False)[0] ** 2 / len(gradients))
    assert entry.sharpness == pytest.approx(top, rel=1e-12)
    edge = float(2 / Fraction(entry.instance["step_size"]))
    assert entry.stable == (top <= edge)
    assert abs(top / edge - 1) > 1e-12, "too near the edge for floating point to say which side"
    w1, b1, _, _, x = arrays(entry.instance)
    assert np.abs(x @ w1.T + b1).min() > 1e-9


def exact_kernel(document: Mapping[str, Any]) -> fmpq_mat:
    """The gradient kernel over n in rational arithmetic, from the exact binary values of the floats."""
    network, x = document["network"], [[Fraction(v) for v in row] for row in document["data"]["x"]]
    features = []
    for datum in x:
        row = [Fraction(1)]
        for weights, bias, outer in zip(network["w1"], network["b1"], network["w2"], strict=True):
            z = sum((Fraction(w) * v for w, v in zip(weights, datum, strict=True)), Fraction(bias))
            slope = Fraction(outer) if z > 0 else Fraction(0)
            row += [*(slope * v for v in datum), slope, max(z, Fraction(0))]
        features.append(row)
    products = [[a * b for a, b in zip(p, q, strict=True)] for p in features for q in features]
    entries = [sum(terms, Fraction(0)) / len(x) for terms in products]
    return fmpq_mat(len(x), len(x), [rational(entry) for entry in entries])


def rational(number: Fraction) -> fmpq:
    return fmpq(number.numerator, number.denominator)


@pytest.mark.parametrize("entry", corpus().entries, ids=entry_name)
def test_whether_an_entry_is_stable_is_exactly_right(entry: Entry) -> None:
    edge = 2 / Fraction(entry.instance["step_size"])
    n = len(entry.instance["data"]["x"])
    identity = fmpq_mat(n, n, [fmpq(int(row == column)) for row in range(n) for column in range(n)])
    slack = identity * rational(edge) - exact_kernel(entry.instance)
    assert is_psd(slack) == entry.stable
    own = 2 / edge_step_size(entry.sharpness)
    assert is_psd(identity * rational(own) - exact_kernel(entry.instance))


def test_readings_are_never_mixed() -> None:
    for entry in corpus().entries:
        labels, recipe = entry.instance["data"]["y"], corpus().recipes[entry.recipe]
        assert (labels is None) == (entry.kind == "relabelled")
        assert recipe.digest() == entry.recipe
        assert entry.index < recipe.networks
        assert (entry.instance["step_size"], entry.instance["batch_size"]) == (
            recipe.step_size,
            recipe.batch_size,
        )
        if labels is not None:
            w1, b1, w2, b2, x = arrays(entry.instance)
            values = np.maximum(x @ w1.T + b1, 0) @ w2 + b2
            assert np.abs(values - labels).max() < 1e-8


def test_loading_needs_neither_torch_nor_a_data_folder() -> None:
    program = (
        "import sys; from refutable.strategies.training.corpus import corpus; assert corpus().entries; "
        "assert not {'torch', 'sklearn'} & set(sys.modules), 'heavy import'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_chosen_part_is_spread_and_clear_of_kinks(mixed: Trained) -> None:
    entries = _chosen("mixed", mixed)
    assert Counter(e.stable for e in entries if e.kind == "relabelled") == {True: 3, False: 1}
    assert all(mixed.margin[e.index] > 1e-9 for e in entries)
    sharp = [e.sharpness for e in entries if e.stable and e.kind == "relabelled"]
    assert sharp == sorted(sharp, reverse=True)
    again = parse(text_of(Corpus(tuple(entries), {mixed.recipe.digest(): mixed.recipe})))
    assert again.entries == tuple(entries)


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "refutable-corpus/0"}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a corpus must be"):
        parse(text)
