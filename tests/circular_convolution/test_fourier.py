"""Circular-convolutional networks: against index-by-index code, NumPy's transform, enclosures at roots of unity."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, fmpq, fmpz_poly
from hypothesis import HealthCheck, Phase, given, seed, settings

from refutable.strategies.circular_convolution import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.fourier import layers, root
from refutable.theorems.domains.tensor_network import architectures
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.papers.yun_2021.convolution_fourier import CONVOLUTION_FOURIER as THEOREM
from refutable.theorems.papers.yun_2021.convolution_fourier_mutants import PAIR, STEP
from refutable.verify.decide import decide
from refutable.verify.shrink import shrink

_spec = importlib.util.spec_from_file_location("circular_reference", Path(__file__).with_name("reference.py"))
assert _spec is not None
assert _spec.loader is not None
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)

ALL = (*THEOREM.claims, *THEOREM.links)
SHAPES = [(3, 1, 3), (4, 2, 4), (5, 1, 2), (6, 3, 4), (7, 2, 7), (8, 1, 8), (1, 1, 1), (12, 2, 5)]


def any_network(number: int, d: int, hidden: int, length: int) -> Instance:
    source = np.random.default_rng(number)
    return CIRCULAR_CONVOLUTION.instance(
        x=source.integers(-3, 4, d).tolist(),
        filters=source.integers(-3, 4, (hidden, length)).tolist(),
        output=source.integers(-3, 4, d).tolist(),
        slope=1,
    )


def floats(array: Any) -> np.ndarray:
    return np.vectorize(lambda q: float(as_real(q)), otypes=[float])(array)


@pytest.mark.parametrize(("d", "hidden", "length"), SHAPES)
def test_networks_agree_with_direct_code_and_with_tensors(d: int, hidden: int, length: int) -> None:
    instance = any_network(1, d, hidden, length)
    view = CIRCULAR_CONVOLUTION.view(instance)
    filters, output = [list(f) for f in instance["filters"]], list(instance["output"])
    assert view["prediction"] == reference.value(list(instance["x"]), filters, output)
    assert list(view["predictor"]) == reference.predictor(d, filters, output)
    assert list(view["predictor"]) == list(view["filter_product"])
    if d * d * length**hidden <= 4096:
        net = architectures.circular_convolution(d, [length] * hidden)
        assert list(view["predictor"]) == list(net.predictor(ExactOps(), [*instance["filters"], instance["output"]]))


def at_roots(coefficients: Any) -> list[complex]:
    """Field numbers [d, phi(d)] as complex floats: zeta = e^{-2 pi i/d}."""
    d = len(coefficients)
    powers = np.exp(-2j * np.pi * np.arange(coefficients.shape[1]) / d)
    return list(floats(coefficients) @ powers)


@pytest.mark.parametrize(("d", "hidden", "length"), SHAPES)
def test_transforms_agree_with_numpy(d: int, hidden: int, length: int) -> None:
    instance = any_network(2, d, hidden, length)
    view = CIRCULAR_CONVOLUTION.view(instance)
    beta = floats(view["predictor"])
    transforms = [np.fft.fft(floats(w), d, norm="ortho") for w in (*instance["filters"], instance["output"])]
    assert np.allclose(at_roots(view["transformed_predictor"]), np.fft.fft(beta, norm="ortho"))
    assert np.allclose(at_roots(view["transformed_filters"]), np.prod(transforms, axis=0))
    hidden_turned = [np.conj(t) for t in transforms[:-1]]
    assert np.allclose(at_roots(view["turned_filters"]), np.prod([*hidden_turned, transforms[-1]], axis=0))
    scaled = float(d) ** (hidden / 2) * np.prod(transforms, axis=0)
    assert np.allclose(np.fft.fft(beta, norm="ortho"), scaled)


@pytest.mark.parametrize("d", [5, 7, 9])
def test_the_equation_holds_in_enclosures_at_roots_of_unity(d: int) -> None:
    """No field arithmetic: balls of 200 bits around e^{-2 pi i jk/d}."""
    instance = any_network(d, d, 2, d)
    beta = CIRCULAR_CONVOLUTION.view(instance)["predictor"]

    def transform(vector: Any, j: int) -> acb:
        angle = [fmpq(-2 * j * k, d) for k in range(d)]
        total = sum(
            (acb(arb(v)) * acb(arb(a).cos_pi(), arb(a).sin_pi()) for v, a in zip(vector, angle, strict=True)), acb(0)
        )
        return total / arb(d).sqrt()

    for j in range(d):
        right = arb(d)
        for factor in (*instance["filters"], instance["output"]):
            right = right * transform(factor, j)
        gap = transform(beta, j) - right
        assert gap.contains(0)
        assert gap.abs_upper() < 1e-10


def test_powers_of_the_root_are_reduced_by_the_cyclotomic_polynomial() -> None:
    view = CIRCULAR_CONVOLUTION.view(any_network(3, 6, 1, 2))
    assert view["transformed_filters"].shape == (6, fmpz_poly.cyclotomic(6).degree())
    assert root(view, 2) == 6
    assert root(view, -4) == fmpq(1, 36)
    assert layers(view) == 2


@pytest.mark.parametrize("claim", ALL, ids=lambda c: c.id)
def test_claims_hold_on_drawn_networks(claim: Claim) -> None:
    @seed(5)
    @settings(
        max_examples=12, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=HealthCheck
    )
    @given(SUPPLY.drawn(frozenset(), Size()))
    def body(instance: Instance) -> None:
        assert decide(claim, instance).verdict == "holds"

    body()


def test_conventions_differ_by_powers_of_root_d() -> None:
    """d = L = 2, all factors e_1: F beta = (1, 1)/sqrt 2 and prod F w = (1, 1)/2; with 1/sqrt(d) they are equal."""
    view = CIRCULAR_CONVOLUTION.view(PAIR)
    half = fmpq(1, 2)
    assert list(view["transformed_filters"].ravel()) == [half, half]
    assert [float(as_real(v)) for v in view["transformed_predictor"].ravel()] == [pytest.approx(0.5**0.5)] * 2
    for claim in THEOREM.claims:
        assert decide(claim, PAIR).verdict == "holds"
        assert decide(claim, STEP).verdict == "holds"


@pytest.mark.parametrize("mutant", THEOREM.mutants, ids=lambda m: m.id)
def test_counterexamples_shrink_to_small_ones(mutant: Any) -> None:
    def keeps(instance: Instance) -> bool:
        return decide(mutant.claim, instance).verdict == "violated"

    assert keeps(mutant.witness())
    small = shrink(CIRCULAR_CONVOLUTION, mutant.witness(), keeps, 150).instance
    assert len(small["x"]) <= 3
    assert all(abs(entry) <= 2 for entry in small["filters"].ravel())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"x": [1], "filters": [[1, 2]], "output": [1], "slope": 1}, "shorten the filters"),
        ({"x": [1] * 17, "filters": [[1]], "output": [1] * 17, "slope": 1}, "too many"),
        ({"x": [1], "filters": [[1]] * 7, "output": [1], "slope": 1}, "too many"),
        ({"x": [1, 2], "filters": [[1]], "output": [1], "slope": 1}, "expected d = 2"),
        ({"x": [1 << 1100], "filters": [[1]], "output": [1], "slope": 1}, "bits"),
    ],
)
def test_senseless_networks_are_refused(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(InstanceError, match=said):
        CIRCULAR_CONVOLUTION.instance(**raw)


def test_documents_round_trip() -> None:
    for instance in (PAIR, STEP, any_network(4, 5, 2, 3)):
        assert CIRCULAR_CONVOLUTION.load(CIRCULAR_CONVOLUTION.dump(instance)) == instance
