"""The report of a GPU machine: its checks catch what is wrong, and the CPU can stand in for the GPU."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from refutable.strategies.engine.cuda import gpu_speed, on_gpu
from refutable.strategies.engine.cuda.gpu_checks import (
    MAIN,
    RULES,
    Check,
    checks,
    ctrl_c,
    dense_sharpness,
    divergence,
    resumption,
    sharpness_agrees,
    steps_agree,
    stopping,
)
from refutable.strategies.engine.cuda.gpu_speed import Rate, Size
from refutable.strategies.engine.cuda.gpu_tables import document
from refutable.strategies.engine.cuda.shapes import tiling
from refutable.strategies.engine.cuda.versions import least_inner
from refutable.strategies.engine.problem import Control, Problem, State
from refutable.strategies.engine.reference import ReferenceBackend
from refutable.strategies.engine.torch_batched import TorchBackend
from refutable.strategies.training.closed_form import Networks

TINY = Size(1, 3, 4, 1)


class Wrong(TorchBackend):
    """A backend with a fault."""

    name = "wrong"

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def missing(self, problem: Problem, state: State) -> str | None:
        return "it does not want to" if self.fault == "refuses" else None

    def advance(self, problem: Problem, state: State, until: int, control: Control) -> None:
        if self.fault == "raises":
            raise RuntimeError("no such kernel")
        if self.fault == "deaf":
            state.steps += 2000 - int(state.steps[0])
            return
        super().advance(problem, state, until - (self.fault == "one step short"), control)
        if self.fault == "drifts":
            state.w2[0] += 1e-12
        if self.fault == "hides NaN":
            torch.nan_to_num(state.largest_loss, out=state.largest_loss)


def test_sound_backends_pass_every_check() -> None:
    found = list(checks("cpu", [TorchBackend(), ReferenceBackend()], dense_sharpness, [(1, 1, 1), (3, 5, 7)]))
    assert [one for one in found if not one.passed] == []
    # Each rule at each shape; resumption (two), divergence and stopping; Ctrl-C; the sharpness at each shape.
    assert len(found) == 2 * 2 * len(RULES) + 2 * 4 + 1 + 2
    assert len({one.name for one in found}) == len(found)


@pytest.mark.parametrize("fault", ["one step short", "drifts", "refuses"])
def test_wrong_steps_are_seen(fault: str) -> None:
    (found,) = steps_agree("cpu", Wrong(fault), (3, 5, 7), "momentum")
    assert not found.passed


def test_a_run_in_two_parts_that_is_another_run_is_seen() -> None:
    assert [one.passed for one in resumption("cpu", Wrong("drifts"))] == [False, False]


def test_a_hidden_divergence_is_seen() -> None:
    assert [one.passed for one in divergence("cpu", Wrong("hides NaN"))] == [False]


def test_a_backend_that_does_not_stop_is_seen() -> None:
    assert [one.passed for one in stopping("cpu", Wrong("deaf"), 2000)] == [False]


def test_training_that_ends_before_ctrl_c_has_shown_nothing() -> None:
    assert [one.passed for one in ctrl_c("cpu", "torch", 3)] == [False]


def test_a_wrong_sharpness_is_seen() -> None:
    def wrong(networks: Networks, x: torch.Tensor) -> torch.Tensor:
        return dense_sharpness(networks, x) * (1 + 1e-10)

    assert [one.passed for one in sharpness_agrees("cpu", wrong, (3, 5, 7))] == [False]


def test_a_check_that_raises_is_one_that_failed() -> None:
    (first, *_) = checks("cpu", [Wrong("raises")], dense_sharpness, [(1, 1, 1)])
    assert first == Check("wrong: descent at (d, k, n) = (1, 1, 1)", False, "RuntimeError: no such kernel")


def test_rates_of_all_who_can_train_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_speed, "SECONDS", 1e-3)
    steps = gpu_speed.contestants(TINY, 6, "cpu")
    assert {"torch"} <= set(steps) <= {"torch", "native, CPU"}
    found = gpu_speed.rates(steps, TINY, 6, "cpu", peak=1e9)
    assert [one.name for one in found] == list(steps)
    assert found[0].ratio == 1
    assert all(one.rate > 0 and one.peak == pytest.approx(one.rate * TINY.flops / 1e9) for one in found)


def test_contestants_take_the_steps_they_count() -> None:
    networks, data, eta = gpu_speed.networks_of(TINY, 6, "cpu")
    problem, state = gpu_speed._problem(networks, data, eta)
    assert gpu_speed._torch(problem, state)(7) == 42
    assert state.steps.tolist() == [7] * 6


def test_plain_training_is_in_the_inputs_own_dimension() -> None:
    assert gpu_speed.plain(Size(3, 2, 4, 50), "cpu")(2) == 2
    assert str(Size(3, 2, 4, 50)) == "(50, 2, 4) in 3 dimensions"
    # Two products of 4 x 2 x (3 + 1) and 4 x 2, forward and back, a multiplication and an addition each.
    assert Size(3, 2, 4, 50).flops == 4 * (4 * 2 * 4 + 4 * 2)


def test_layouts_to_try_begin_with_the_one_in_use() -> None:
    for size in gpu_speed.SIZES:
        found = gpu_speed.layouts(size)
        assert next(iter(found.values())) == tiling(size.d, size.k, size.n, least_inner())
        assert len(set(found.values())) == len(found) > 1
        # All threads of a program share 65536 registers.
        assert all(one.warps * 32 * one.registers <= 65536 for one in found.values())
    assert gpu_speed.layout_steps(TINY, 2, "cpu") == {}


def test_the_fastest_layout_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = [Rate("s", 4, "as chosen", 1.0, 1.0, 0.1, 1.0), Rate("s", 4, "2 warps", 3.0, 3.0, 0.3, 1.0)]
    monkeypatch.setattr(gpu_speed, "rates", lambda *_: rates)
    found = on_gpu.Findings()
    (_, job), *_ = on_gpu._layout_jobs(found, "cpu")
    assert job() == "fastest is 2 warps, 3.00 times the one used"
    assert "| s | 2 warps | 3 | 3.00 |" in document(found.document())


def test_stable_minima_are_counted() -> None:
    sharp = [0.0, float("inf")]
    for value, stable in zip(sharp, [6, 0], strict=True):
        found = gpu_speed.minima(lambda _, x, v=value: torch.full((len(x),), v), TINY, 6, 5, "cpu", "torch")  # type: ignore[misc]
        assert found["stable"] == stable
        assert (found["per_second"] > 0) == (stable > 0)


@pytest.mark.slow
def test_the_whole_on_a_cpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gpu_speed, "SECONDS", 1e-3)
    monkeypatch.setattr(on_gpu, "SIZES", (TINY,))
    monkeypatch.setattr(on_gpu, "COUNTS", (4,))
    monkeypatch.setattr(on_gpu, "MOST", 6)
    monkeypatch.setattr(on_gpu, "checks", lambda *_: iter([Check("this", True, "0"), Check("that", False, "|1|")]))
    found = on_gpu.Findings()
    told = "\n".join(on_gpu.parts(found, "cpu", lambda: 1.0))
    assert "FAILED check 2: that" in told
    assert found.left_out == []
    on_gpu.written(found, tmp_path / "new")
    written = json.loads((tmp_path / "new" / "gpu.json").read_text())
    assert [one["name"] for one in written["checks"]] == ["this", "that"]
    assert {(one["count"], one["name"]) for one in written["rates"]} >= {
        (1, "plain PyTorch"),
        (4, "torch"),
        (6, "torch"),
    }
    assert len(written["minima"]) == len(written["sharpness"]) == 1
    tables = (tmp_path / "new" / "gpu.md").read_text()
    assert "2 checks, 1 failed" in tables
    assert "| (1, 3, 4) | 6 | torch |" in tables


def test_what_breaks_or_finds_no_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> list[Rate]:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(on_gpu, "SIZES", (TINY,))
    monkeypatch.setattr(on_gpu, "checks", lambda *_: iter(()))
    monkeypatch.setattr(gpu_speed, "rates", breaks)
    times = iter([1.0])
    found = on_gpu.Findings()
    told = list(on_gpu.parts(found, "cpu", lambda: next(times, 0.0)))
    assert "BROKE plain PyTorch at (1, 3, 4): RuntimeError: out of memory" in told
    assert "sharpness at (1, 3, 4): no time left" in found.left_out
    assert found.rates == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert on_gpu.main([]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "no NVIDIA GPU" in printed.err


def test_nothing_is_imported_that_a_bare_gpu_machine_lacks() -> None:
    lacking = ["flint", "hypothesis", "sympy", "pytest", "scipy", "sklearn", "matplotlib"]
    code = (
        f"import sys\nsys.modules.update(dict.fromkeys({lacking}))\n"
        "from refutable.strategies.engine.cuda import on_gpu\n"
        "print(on_gpu._sharpness()[1])\n"
        "from refutable.strategies.engine.train import backends\nprint(*backends())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "triton" in done.stdout


def test_the_reduced_size_is_the_kernel_s_largest() -> None:
    assert {(one.d, one.k, one.n) for one in gpu_speed.SIZES} == set(MAIN)
