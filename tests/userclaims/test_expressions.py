"""What an expression means: compared with Python's own evaluation on 60-digit numbers, and across arithmetics."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.catalogue import CATALOGUE, DOMAINS
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import Real, fraction
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View
from refutable.verify.decide import decide
from refutable.verify.sweep import sweep
from refutable.verify.userclaims.building import expression_claim
from refutable.verify.userclaims.vocabulary import vocabulary

SIDES = [
    "step_size",
    "1/step_size - 1/2",
    "-step_size**3 + 2*step_size",
    "sum(w2)",
    "max(abs(x))",
    "min(w2) * max(b1)",
    "mean(x) - min(x)",
    "norm(w2)",
    "norm(w1) * norm(b1)",
    "max(row_norms(x))",
    "sum(abs(w2) * row_norms(w1))",
    "sum(w2 / (1 + b1*b1))",
    "sqrt(1 + sum(w1**2))**3",
    "max(step_size, sum(w2), 1/3)",
    "min(sum(w2), sum(b1)) + abs(sum(w2) - 2*n)",
    "(n + k)/d - b2",
    "mean((2*w2 - step_size/3)**2)",
    "stability_norm + 0*sharpness",
    "sharpness / 2 - loss",
]
REFERENCE = {
    "step_size": lambda v: v["step_size"],
    "n": lambda v: len(v["x"]),
    "k": lambda v: len(v["b1"]),
    "d": lambda v: len(v["x"][0]),
}


def network(rng: random.Random, k: int = 3, n: int = 4, d: int = 2) -> Instance:
    def some(*shape: int) -> Any:
        if shape:
            return [some(*shape[1:]) for _ in range(shape[0])]
        return fmpq(rng.randint(-40, 40), rng.choice([1, 3, 7, 8]))

    step = fmpq(rng.randint(1, 30), 16)
    return SHALLOW_RELU.instance(
        w1=some(k, d), b1=some(k), w2=some(k), b2=some(), x=some(n, d), y=some(n), step_size=step
    )


def high(value: Any) -> Any:
    """The exact value as a 60-digit number, or an array of them."""
    if isinstance(value, np.ndarray):
        return np.array([high(v) for v in value], dtype=object)
    if isinstance(value, Real):
        return mpmath.mpf(value.ball(250).mid().str(70, radius=False))
    exact = fraction(value) if isinstance(value, fmpq) else value
    return mpmath.mpf(exact.numerator) / exact.denominator


def reference(side: str, instance: Instance) -> Any:
    """The side by Python's own eval; quantities of the domain are taken from the exact view."""
    view = SHALLOW_RELU.view(instance)
    names = {name: high(view[name]) for name in ("w1", "b1", "w2", "b2", "x", "step_size")}
    names |= {name: high(view[name]) for name in ("stability_norm", "sharpness", "loss")}
    names |= {name: mpmath.mpf(size(names)) for name, size in REFERENCE.items() if name in "nkd"}
    flat: Callable[[Any], list[Any]] = lambda a: list(np.ravel(a))  # noqa: E731
    functions = {
        "abs": abs,
        "sqrt": mpmath.sqrt,
        "sum": lambda a: sum(flat(a)),
        "mean": lambda a: sum(flat(a)) / len(flat(a)),
        "max": lambda *a: max(flat(a[0]) if len(a) == 1 else a),
        "min": lambda *a: min(flat(a[0]) if len(a) == 1 else a),
        "norm": lambda a: mpmath.sqrt(sum(v * v for v in flat(a))),
        "row_norms": lambda a: np.array([mpmath.sqrt(sum(v * v for v in row)) for row in a], dtype=object),
    }
    return eval(side, {"__builtins__": {}}, names | functions)


def left(side: str, view: View) -> Any:
    [check] = expression_claim(f"{side} == 10**9 + 0*step_size", assumes=()).concludes(view)
    return check.left


@pytest.mark.parametrize("side", SIDES)
def test_exact_value_is_that_of_python(side: str) -> None:
    rng = random.Random(3)
    with mpmath.workdps(60):
        for shape in ((3, 4, 2), (1, 1, 1), (2, 3, 1)):
            instance = network(rng, *shape)
            value = left(side, SHALLOW_RELU.view(instance))
            assert mpmath.almosteq(high(value), reference(side, instance), 1e-45, 1e-45), instance


@pytest.mark.parametrize("side", SIDES)
def test_float_batches_and_certified_floats_agree_with_exact(side: str) -> None:
    rng = random.Random(5)
    instances = [network(rng) for _ in range(6)]
    names = ("w1", "b1", "w2", "b2", "x", "y", "step_size")
    floats = {n: np.array([np.array(i[n], dtype=object).astype(float) for i in instances]) for n in names}
    rows = [SHALLOW_RELU.instance(**{n: floats[n][j].tolist() for n in names}) for j in range(6)]
    exact = [left(side, SHALLOW_RELU.view(row)) for row in rows]
    torch_value = left(side, View(SHALLOW_RELU, TorchOps(), {n: torch.as_tensor(v) for n, v in floats.items()}))
    proposed = np.broadcast_to(np.asarray(torch_value), (6,))
    assert proposed == pytest.approx([float(high(v)) for v in exact], rel=1e-11, abs=1e-11)
    if "sharpness" in side:  # with labels its eigenvalue has no certified float version here
        return
    ops = CertifiedOps(6)
    value = left(side, View(SHALLOW_RELU, ops, {n: CertifiedArray(v) for n, v in floats.items()}))
    assert not ops.unsafe.any()
    for j, true in enumerate(exact):
        mid, rad = (np.broadcast_to(part, (6,))[j] for part in (value.mid, value.rad))
        assert abs(high(true) - mpmath.mpf(float(mid))) <= mpmath.mpf(float(rad))
        assert rad < 1e-9 * (1 + abs(mid))


def test_batches_are_differentiable() -> None:
    generator = torch.Generator().manual_seed(0)
    w1 = torch.randn(5, 3, 2, dtype=torch.float64, generator=generator, requires_grad=True)
    w2 = torch.randn(5, 3, dtype=torch.float64, generator=generator, requires_grad=True)
    view = View(SHALLOW_RELU, TorchOps(), {"w1": w1, "w2": w2, "step_size": torch.ones(5, dtype=torch.float64)})
    found = torch.autograd.grad(left("path_norm**2", view).sum(), (w1, w2))
    plain = ((w2.abs() * (w1 * w1).sum(-1).sqrt()).sum(-1) ** 2).sum()
    for ours, theirs in zip(found, torch.autograd.grad(plain, (w1, w2)), strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-12)


SIGNS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("step", ["1/3", "1/2", "3/4"])
def test_each_sign_compares_as_it_says(sign: str, step: str) -> None:
    instance = two_atoms().replace(step_size=fmpq(*map(int, step.split("/"))))
    outcome = decide(expression_claim(f"eta {sign} 1/2", assumes=()), instance)
    truth = SIGNS[sign](fraction(instance["step_size"]), fraction(fmpq(1, 2)))
    assert outcome.verdict == ("holds" if truth else "violated")
    assert outcome.labels == (f"eta {sign} 1/2",)
    assert outcome.touching == (step == "1/2")


def test_numbers_are_exact_as_written() -> None:
    instance = two_atoms().replace(step_size=fmpq(1, 10))
    for written in ("0.1", "1/10", "1e-1", "0.10", "1_0/1_00", ".1", "0x1/10"):
        assert decide(expression_claim(f"step_size == {written}", assumes=()), instance).verdict == "holds", written
    assert decide(expression_claim("step_size == 0.1000000000000000055", assumes=()), instance).verdict == "violated"


def test_a_chain_and_a_conjunction_are_several_checks() -> None:
    instance = two_atoms()
    for written in ("0 < eta <= 1 < n", "0 < eta and eta <= 1 and 1 < n", "0 < eta\n  ≤ 1 < n"):
        outcome = decide(expression_claim(written, assumes=()), instance)
        assert outcome.verdict == "holds"
        assert outcome.labels == ("0 < eta", "eta <= 1", "1 < n")
    broken = decide(expression_claim("0 < eta < 1/1000 < n", assumes=()), instance)
    assert (broken.verdict, broken.reason) == ("violated", "eta < 1/1000")


def test_ties_of_eigenvalues_and_roots_are_decided() -> None:
    for written in (
        "1 + 2*stability_norm <= sharpness",
        "(sharpness - 1)/2 >= weighted_l1",
        "stability_norm <= 1/eta - 1/2",
    ):
        outcome = decide(expression_claim(written), two_atoms())
        assert (outcome.verdict, outcome.touching) == ("holds", True), written
        strict = written.replace("<=", "<").replace(">=", ">")
        assert decide(expression_claim(strict), two_atoms()).verdict == "violated"


def test_what_is_not_defined_is_undecided_and_never_certified() -> None:
    instance = two_atoms()
    for side in ("1/(step_size - step_size)", "sqrt(-1 - loss)", "sqrt(0 - sum(w2*w2)) + 1", "1/gradient_norm"):
        found = expression_claim(f"{side} >= -5", assumes=())
        assert decide(found, instance).verdict == "undecided", side
        batch = {
            n: np.array([np.array(instance[n], dtype=object).astype(float)]) for n in ("w1", "b1", "w2", "b2", "x")
        }
        batch["step_size"] = np.array([0.25])
        assert sweep(found, batch).counts["holds"] == 0
        tensors = {n: torch.as_tensor(v) for n, v in batch.items()}
        [check] = found.concludes(View(SHALLOW_RELU, TorchOps(), tensors))
        assert not torch.isfinite(torch.as_tensor(check.right)).all()


def test_a_number_that_is_missing_is_said() -> None:
    instance = two_atoms().replace(b2=None)
    outcome = decide(expression_claim("b2 <= 1", assumes=()), instance)
    assert (outcome.verdict, outcome.reason) == ("inapplicable", "the instance gives no b2")
    labels = decide(expression_claim("norm(y) == norm(output)", assumes=()), two_atoms())
    assert labels.verdict == "holds"


@pytest.mark.parametrize("id", DOMAINS)
def test_every_name_is_what_it_is_said_to_be(id: str) -> None:
    instances = [f.first() for t in CATALOGUE if t.domain.id == id for f in t.equality][:3]
    instances = instances or [m.witness() for t in CATALOGUE for m in t.mutants if m.claim.domain.id == id][:3]
    assert instances
    undefined, defined = set(), set()
    for instance in instances:
        view = DOMAINS[id].view(instance)
        for name, term in vocabulary(id).terms.items():
            try:
                value = term.value(view)
            except LookupError:  # the instance leaves that field null
                continue
            except ArithmeticError:  # not defined there: a covariance at the edge of stability, say
                undefined.add(name)
                continue
            defined.add(name)
            if term.dims:
                assert isinstance(value, np.ndarray), name
                # An enumeration that is empty on this instance has lost its other axes.
                assert value.ndim == len(term.dims) or value.size == 0, name
            else:
                assert isinstance(value, fmpq | Real), name
    assert undefined <= defined


def test_aliases_mean_the_same() -> None:
    view = SHALLOW_RELU.view(network(random.Random(1)))
    for alias, name in (("weighted_l1", "stability_norm"), ("lambda_max", "sharpness"), ("eta", "step_size")):
        assert left(alias, view) is view[name]
    with mpmath.workdps(60):
        gradient = sum(high(g) ** 2 for g in view["loss_gradient"])
        assert mpmath.almosteq(high(left("gradient_norm", view)) ** 2, gradient, 1e-45)
        radius = max(sum(high(c) ** 2 for c in row) for row in view["x"])
        assert mpmath.almosteq(high(left("data_radius", view)) ** 2, radius, 1e-45)


@pytest.mark.parametrize("side", ["sqrt(n)", "abs(-n)", "max(n, k)", "sqrt(n) / (n - 1)", "mean(sqrt(x*x)) + n/k"])
def test_sizes_alone_run_on_batches(side: str) -> None:
    for n in (1, 4):
        x = torch.ones(5, n, 1, dtype=torch.float64)
        view = View(SHALLOW_RELU, TorchOps(), {"w1": x[:, :1], "x": x, "step_size": x[:, 0, 0]})
        expected = {"sqrt(n)": n**0.5, "abs(-n)": n, "max(n, k)": n, "mean(sqrt(x*x)) + n/k": 1 + n}
        expected["sqrt(n) / (n - 1)"] = float("inf") if n == 1 else n**0.5 / (n - 1)
        assert float(torch.as_tensor(left(side, view)).max()) == pytest.approx(expected[side])
