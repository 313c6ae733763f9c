"""check_model: conversions, both readings, the report, bad input."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

import refutable
from refutable.model_plot import weight_on
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import from_sequential, to_sequential
from refutable.theorems.domains.shallow_relu.nearby_minimum import Nearby, Uncertified
from refutable.theorems.exact import as_real, compare
from refutable.theorems.instances import InstanceError


def two_atoms(bias: bool = True) -> torch.nn.Sequential:
    model = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1, bias=bias)).double()
    values = [[[5.0], [-5.0]], [0.0, 0.0], [[3.0, 3.0]], [0.0]]
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=False):
            parameter.copy_(torch.tensor(value))
    return model


X, Y = [-0.75, 0.75], [11.25, 11.25]


def verdict(reading: Any, theorem: str) -> Any:
    return next(v.outcome for v in reading.verdicts if v.theorem == theorem and v.claim == theorem)


def test_the_tight_network_touches_the_bound_on_every_reading() -> None:
    report = refutable.check_model(two_atoms(), X, Y, "32/241", loss="half-mse")
    for reading in (report.as_trained, report.relabelled):
        outcome = verdict(reading, "weighted-l1")
        assert (outcome.verdict, outcome.touching) == ("holds", True)
        assert reading.stable is True
        assert reading.sharpness is not None
        assert compare(reading.sharpness, fmpq(241, 16)) == 0
        assert reading.theorem_tightness == pytest.approx(1)
    assert report.violated == ()


def test_mse_doubles_the_step_size() -> None:
    report = refutable.check_model(two_atoms(), X, Y, Fraction(16, 241), loss="mse")
    assert report.effective_step_size == fmpq(32, 241)
    assert verdict(report.relabelled, "weighted-l1").touching
    unstable = refutable.check_model(two_atoms(), X, Y, Fraction(32, 241), loss="mse")
    assert unstable.relabelled.stable is False
    assert verdict(unstable.relabelled, "weighted-l1").verdict == "vacuous"


def test_labels_that_are_missed_are_named_as_the_failing_assumption() -> None:
    report = refutable.check_model(two_atoms(), X, [11.0, 11.25], "1/10", loss="half-mse")
    outcome = verdict(report.as_trained, "weighted-l1")
    assert outcome.verdict == "vacuous"
    assert "interpolating" in outcome.reason
    assert "0.25" in outcome.reason
    assert verdict(report.relabelled, "weighted-l1").verdict == "holds"
    assert report.as_trained.loss == pytest.approx(0.25**2 / 4)


def test_without_an_output_bias_the_bounds_are_vacuous_and_say_why() -> None:
    report = refutable.check_model(two_atoms(bias=False), X, Y, "1/10", loss="half-mse")
    outcome = verdict(report.relabelled, "weighted-l1")
    assert outcome.verdict == "vacuous"
    assert "output-bias-trained" in outcome.reason


def test_facts_agree_with_autograd() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)).double()
    x, y = torch.randn(5, 2, dtype=torch.float64), torch.randn(5, 1, dtype=torch.float64)
    report = refutable.check_model(model, x, y, 0.05, loss="half-mse")
    names = dict(model.named_parameters())

    def loss(parameters: dict[str, torch.Tensor]) -> torch.Tensor:
        residual = torch.func.functional_call(model, parameters, (x,)) - y
        return (residual**2).mean() / 2

    hessian = torch.func.hessian(loss)(names)
    sizes = {name: p.numel() for name, p in names.items()}
    full = torch.cat(
        [torch.cat([hessian[a][b].reshape(sizes[a], sizes[b]) for b in names], 1) for a in names], 0
    ).detach()
    gradient = torch.cat([g.reshape(-1) for g in torch.func.grad(loss)(names).values()]).detach()
    assert report.as_trained.loss == pytest.approx(float(loss(names).detach()), rel=1e-12)
    assert report.as_trained.gradient_norm == pytest.approx(float(gradient.norm()), rel=1e-12)
    assert float(report.as_trained.sharpness or 0) == pytest.approx(float(torch.linalg.eigvalsh(full)[-1]), rel=1e-12)


def test_flattest_reading_keeps_the_function_and_is_not_sharper() -> None:
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).double()
    report = refutable.check_model(model, np.linspace(-1, 1, 6), np.zeros(6), 0.1, loss="half-mse")
    before, after = report.relabelled, report.flattest
    assert before.sharpness is not None
    assert after.sharpness is not None
    assert compare(after.sharpness, before.sharpness) in (-1, 0)
    assert compare(after.norm, before.norm) == 0
    outputs = [SHALLOW_RELU.view(r.instance)["output"] for r in (before, after)]
    assert all(a == b for a, b in zip(*outputs, strict=True))


def test_report_reads_and_serialises() -> None:
    report = refutable.check_model(two_atoms(), X, Y, "32/241", loss="half-mse")
    text = str(report)
    for expected in ("step size eta = 32/241", "holds, touching  225/32 <= 225/32 (1)", "labels this network"):
        assert expected in text
    sharpness = next(line for line in text.splitlines() if line.startswith("sharpness "))
    assert sharpness.split()[1:] == ["241/16"] * 3
    document = json.loads(json.dumps(report.to_dict()))
    assert [r["reading"] for r in document["readings"]] == [
        "as trained",
        "relabelled",
        "flattest known rescaling",
    ]
    assert any(entry["theorem"] == "weighted-l1" for entry in document["readings"][1]["verdicts"])


def test_profile_agrees_with_the_exact_weight() -> None:
    report = refutable.check_model(two_atoms(), X, Y, "32/241", loss="half-mse")
    profile = report.profile
    assert profile is not None
    assert profile.knots.tolist() == [0.0]
    assert profile.masses.tolist() == [30.0]
    assert profile.weights == pytest.approx(weight_on(profile.knots, np.array(X)))
    assert profile.masses @ profile.weights == pytest.approx(225 / 32)
    assert np.interp(0.75, profile.grid, profile.function) == pytest.approx(11.25)


def test_plot_draws_f_and_g(tmp_path: Any) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    figure = refutable.check_model(two_atoms(), X, Y, "32/241", loss="half-mse").plot()
    figure.savefig(tmp_path / "plot.png")
    assert len(figure.axes) == 2


def test_conversion_there_and_back() -> None:
    instance = SHALLOW_RELU.instance(
        w1=[["1/2", -3], [0, "0.25"]], b1=[1, "-1/8"], w2=[2, -1], b2="3/4", x=[[0, 0]], frozen=["b1"]
    )
    raw = from_sequential(to_sequential(instance))
    again = SHALLOW_RELU.instance(**raw, x=[[0, 0]])
    assert again == instance


def model(*parts: torch.nn.Module) -> torch.nn.Sequential:
    return torch.nn.Sequential(*parts)


def hooked() -> torch.nn.Sequential:
    network = two_atoms()
    network[0].register_forward_hook(lambda module, inputs, output: 2 * output)
    return network


def parametrised() -> torch.nn.Sequential:
    network = two_atoms()
    torch.nn.utils.parametrizations.weight_norm(network[0])
    return network


BAD_MODELS = {
    "another activation": (model(torch.nn.Linear(1, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)), "Tanh"),
    "too deep": (model(*(torch.nn.Linear(1, 1),) * 5), "must be"),
    "two outputs": (model(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 2)), "2 outputs"),
    "sizes": (model(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(3, 1)), "chain"),
    "hook": (hooked(), "hooks"),
    "parametrised": (parametrised(), "ParametrizedLinear"),
    "half": (model(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1)).half(), "float16"),
}


@pytest.mark.parametrize("name", BAD_MODELS)
def test_models_of_another_shape_are_refused(name: str) -> None:
    bad, words = BAD_MODELS[name]
    with pytest.raises(InstanceError, match=words):
        refutable.check_model(bad, [0.5], [0.0], 0.1, loss="mse")


BAD_ARGUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "nan data": ({"x": [float("nan"), 1.0]}, r"data\.x\[0\]"),
    "infinite label": ({"y": [0.0, float("inf")]}, r"data\.y\[1\]"),
    "empty": ({"x": [], "y": []}, "empty"),
    "lengths": ({"y": [1.0]}, "y"),
    "wrong dimension": ({"x": [[1.0, 2.0], [3.0, 4.0]]}, "data.x"),
    "step size": ({"step_size": 0}, "step_size"),
    "nan step size": ({"step_size": float("nan")}, "step_size"),
    "loss": ({"loss": "l2"}, "loss must be"),
    "batch": ({"batch_size": 3}, "batch_size"),
    "negative step size": ({"step_size": -1}, "got -1"),
    "no labels": ({"y": None}, "y is missing"),
}


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_bad_arguments_are_named(name: str) -> None:
    change, words = BAD_ARGUMENTS[name]
    arguments: dict[str, Any] = {
        "x": X,
        "y": Y,
        "step_size": 0.1,
        "loss": "mse",
        "batch_size": None,
        **change,
    }
    with pytest.raises(InstanceError, match=words):
        refutable.check_model(
            two_atoms(), arguments.pop("x"), arguments.pop("y"), arguments.pop("step_size"), **arguments
        )


def test_shares_of_the_bound_are_left_out_where_a_group_is_not_trained() -> None:
    report = refutable.check_model(two_atoms(bias=False), X, Y, "1/10", loss="half-mse")
    assert report.relabelled.theorem_tightness is None
    assert report.relabelled.instance_tightness is None


def test_nan_weights_are_refused() -> None:
    bad = two_atoms()
    with torch.no_grad():
        bad[0].weight[0, 0] = float("nan")  # type: ignore[union-attr]
    with pytest.raises(ValueError, match=r"network\.w1"):
        refutable.check_model(bad, X, Y, 0.1, loss="mse")


@pytest.mark.slow
def test_large_hessians_are_named_as_undecided() -> None:
    torch.manual_seed(0)
    wide = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1)).double()
    report = refutable.check_model(wide, torch.randn(6, 8), torch.randn(6), 0.01, loss="mse")
    assert report.as_trained.sharpness is None
    assert report.as_trained.stable is None
    assert report.relabelled.sharpness is not None
    assert float(as_real(report.relabelled.norm)) > 0


def converged() -> tuple[torch.nn.Sequential, torch.Tensor, torch.Tensor]:
    torch.manual_seed(3)
    x, y = torch.randn(4, 5, dtype=torch.float64), torch.randn(4, dtype=torch.float64)
    model = torch.nn.Sequential(torch.nn.Linear(5, 12), torch.nn.ReLU(), torch.nn.Linear(12, 1)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(1500):
        optimizer.zero_grad()
        (torch.nn.functional.mse_loss(model(x)[:, 0], y) / 2).backward()
        optimizer.step()
    return model, x, y


def test_an_exact_minimum_beside_a_converged_network_is_certified() -> None:
    model, x, y = converged()
    report = refutable.check_model(model, x, y, 0.1, loss="half-mse")
    assert isinstance(report.nearby, Nearby)
    assert 0 < report.nearby.distance < fmpq(1, 10**5)
    assert report.nearby.stable is True
    sharpness = report.as_trained.sharpness
    assert sharpness is not None
    assert abs(float(report.nearby.upper) - float(sharpness)) < 1e-4
    assert "an exact minimum for these labels is within" in str(report)
    assert report.to_dict()["nearby_minimum"]["stable"] is True


@pytest.mark.slow
def test_no_certificate_has_a_reason_and_none_is_sought_far_from_the_labels() -> None:
    model, x, y = converged()
    twice, labels = torch.cat([x, x[:1]]), torch.cat([y, y[:1] + 1e-9])
    report = refutable.check_model(model, twice, labels, 0.1, loss="half-mse")
    assert isinstance(report.nearby, Uncertified)
    assert f"near the network: {report.nearby.reason}" in str(report)
    assert report.to_dict()["nearby_minimum"]["certified"] is False
    assert refutable.check_model(model, x, y + 1, 0.1, loss="half-mse").nearby is None
