"""What the CUDA backend accepts, how it cuts its work, and what the compiler makes of its kernel."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch

from refutable.strategies.engine.cuda import GraphBackend, TritonBackend, compile_report
from refutable.strategies.engine.cuda.backend import FIRST_LAUNCH, MOST_STEPS, arguments, resized
from refutable.strategies.engine.cuda.graphs import _Steps
from refutable.strategies.engine.cuda.shapes import power, refusal, tiling
from refutable.strategies.engine.cuda.versions import least_inner
from refutable.strategies.engine.problem import Control, Problem, State
from refutable.strategies.engine.reference import ReferenceBackend
from refutable.strategies.engine.train import Data, prepared
from refutable.strategies.training.closed_form import Networks

TRITON = importlib.metadata.version("triton") if importlib.util.find_spec("triton") else ""
measured = pytest.mark.skipif(not TRITON.startswith("3.9."), reason="registers are allocated by Triton 3.9's assembler")
compiler = pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="needs Triton: refutable[cuda]")


def drawn(d: int = 3, k: int = 5, n: int = 6, **rule: Any) -> tuple[Problem, State]:
    draw = torch.Generator().manual_seed(0)
    w1, x = (torch.randn(2, rows, d, generator=draw, dtype=torch.float64) for rows in (k, n))
    flat = torch.randn(2, k, generator=draw, dtype=torch.float64)
    asked = {"batch_size": None, "delay": 0, "momentum": 0.0, "seed": 0, "streams": None, "device": None, **rule}
    return prepared(Networks(w1, flat, flat, flat[:, 0]), Data(x, x[..., 0]), 0.1, **asked)


def test_the_package_does_not_import_triton() -> None:
    # torch itself may import it, where it was built for CUDA.
    code = (
        "import sys, torch; before = 'triton' in sys.modules; "
        "import refutable.strategies.engine.cuda, refutable.strategies.engine.train; "
        "print(before == ('triton' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_a_cpu_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    for backend in (TritonBackend(), GraphBackend()):
        assert "NVIDIA GPU" in (backend.missing(*drawn()) or "")


def test_an_absent_triton_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setattr(importlib.metadata, "version", absent)
    assert "pip install 'refutable[cuda]'" in (TritonBackend().missing(*drawn()) or "")


@pytest.mark.parametrize(
    ("version", "fits"),
    [("2.3.1", False), ("3.5.1", False), ("3.6.0", True), ("3.7.1", True), ("3.10.0+git1", True), ("4", True)],
)
def test_an_old_triton_is_refused(version: str, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    reason = TritonBackend().missing(*drawn())
    assert reason is None if fits else f"Triton {version} is too old" in (reason or "")


@compiler
@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 16, 16), None),
        ((128, 64, 128), None),
        ((1, 16, 129), "data, rounded up to powers of two, are 256"),
        ((1, 65, 128), "data times neurons, rounded up to powers of two, are 16384; at most 8192"),
        ((784, 64, 128), "inputs times neurons, rounded up to powers of two, are 65536"),
        ((600, 8, 100), "data times inputs, rounded up to powers of two, are 131072"),
    ],
)
def test_a_shape_that_does_not_fit_is_refused(
    shape: tuple[int, int, int], words: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    reason = TritonBackend().missing(*drawn(*shape))
    assert reason is None if words is None else words in (reason or "")


@pytest.mark.parametrize("inner", [4, 16])
def test_every_size_that_fits_has_a_layout_that_holds_it(inner: int) -> None:
    for d in (1, 2, 3, 4, 5, 8, 9, 33, 128):
        for k in (1, 7, 8, 64, 100):
            for n in (1, 8, 9, 128):
                if refusal(d, k, n, inner) is not None:
                    continue
                tiles = tiling(d, k, n, inner)
                assert n <= tiles.DATA
                assert k <= tiles.NEURONS
                assert d <= tiles.BLOCKS * tiles.TILE
                assert tiles.warps in (1, 2, 4, 8)
                assert tiles.NEURONS % tiles.LANES == 0
                # The products sum over a tile of inputs, and over the data.
                assert tiles.TILE == 1 or min(tiles.TILE, tiles.DATA) >= inner


def test_padding_counts_towards_what_fits() -> None:
    assert refusal(4, 1024, 8) is None
    assert "data times neurons, rounded up to powers of two, are 16384" in (refusal(4, 1024, 8, inner=16) or "")
    assert "data times neurons" in (refusal(1, 2048, 1) or "")


@pytest.mark.parametrize(("version", "least"), [("3.6.0", 16), ("3.7.1", 16), ("3.8.0", 4), ("4.0", 4)])
def test_blocks_are_larger_where_triton_multiplies_no_small_ones(
    version: str, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    assert least_inner() == least
    given = arguments(*drawn(5, 3, 9))
    assert (given["TILE"], given["DATA"]) == (max(8, least), 16)


def test_power() -> None:
    assert [power(size) for size in (1, 2, 3, 4, 5, 128, 129)] == [1, 2, 4, 4, 8, 128, 256]


def test_inputs_are_padded_with_zeros_and_shared_ones_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "3.9.0")
    problem, state = drawn(5, 3, 9)
    given = arguments(problem, state)
    assert given["x"].shape == (2, 16, 8)
    assert torch.equal(given["x"][:, :9, :5], problem.x)
    assert given["x"].count_nonzero() == problem.x.count_nonzero()
    assert given["x_stride"] == 16 * 8
    shared = arguments(replace(problem, x=problem.x[:1], y=problem.y[:1]), state)
    assert shared["x"].shape == (1, 16, 8)
    assert (shared["x_stride"], shared["y_stride"]) == (0, 0)
    assert given["w1"].data_ptr() == state.w1.data_ptr()


def test_a_state_that_is_not_contiguous_is_refused() -> None:
    problem, state = drawn()
    state.w1 = state.w1.mT.contiguous().mT
    with pytest.raises(ValueError, match="contiguous"):
        arguments(problem, state)


def test_launches_grow_towards_their_length_and_stay_within_bounds() -> None:
    assert resized(1000, 0.001) == 8000
    assert resized(8000, 0.1) == 16000
    assert resized(16000, 1.6) == 2000
    assert resized(FIRST_LAUNCH, 100.0) == FIRST_LAUNCH
    assert resized(MOST_STEPS, 0.0) == MOST_STEPS


@pytest.mark.parametrize("rule", [{"batch_size": 2}, {"delay": 1}, {"momentum": 0.5}])
def test_the_graph_knows_plain_descent_only(rule: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    problem, state = drawn(**rule)
    onto = replace(problem, x=problem.x.to("meta"))
    monkeypatch.setattr(torch.Tensor, "device", torch.device("cuda"))
    assert "only full-batch" in (GraphBackend().missing(onto, state) or "")


def test_the_step_that_the_graph_replays_is_the_reference_s() -> None:
    problem, state = drawn()
    _, expected = drawn()
    work = _Steps(problem, state)
    for _ in range(20):
        work.step()
    ReferenceBackend().advance(problem, expected, 20, Control())
    for ours, theirs in zip(state.networks, expected.networks, strict=True):
        assert torch.allclose(ours, theirs, rtol=0, atol=1e-13)
    assert torch.allclose(state.largest_loss, expected.largest_loss, rtol=1e-13, atol=0)
    work.restore(expected.networks, torch.zeros(2, dtype=torch.float64))
    assert torch.equal(state.w1, expected.w1)
    assert state.largest_loss.tolist() == [0, 0]


def test_opcodes_of_the_longest_loop() -> None:
    listing = """
.text.kernel:
        /*0000*/                   MOV R1, c[0x0][0x28] ;
.L_x_1:
        /*0010*/              @!P0 LDL.64 R2, [R1] ;
.L_x_2:
        /*0020*/                   DMMA.884 R4, R2, R3, R4 ;
        /*0030*/               @P1 BRA `(.L_x_2) ;
        /*0040*/               @P0 BRA `(.L_x_1) ;
        /*0050*/                   STL.64 [R1], R4 ;
.L_x_3:
        /*0060*/                   BRA `(.L_x_3);
"""
    every, loop = compile_report.opcodes(listing)
    assert every == {"MOV": 1, "LDL": 1, "DMMA": 1, "BRA": 3, "STL": 1}
    assert loop == {"LDL": 1, "DMMA": 1, "BRA": 2}


@measured
@pytest.mark.parametrize("shape", compile_report.SHAPES)
def test_plain_descent_compiles_for_a_gpu_without_spills(shape: tuple[int, int, int]) -> None:
    found = compile_report.report(*shape)
    assert (found.stack, found.spills) == (0, 0)
    assert found.shared <= compile_report.SHARED
    assert 0 < found.registers <= 255
    # As many as the two products need: 8 x 8 x 4 multiplications each.
    d, k, n = shape
    products = 2 * power(d) * k * n
    assert found.tensor * found.warps * 256 == (products if d >= 8 else 0)


@compiler
@pytest.mark.parametrize("rule", ["sgd", "momentum", "delay"])
def test_every_rule_compiles_for_a_gpu(rule: str) -> None:
    for shape in ((1, 16, 16), (9, 8, 8)):
        found = compile_report.report(*shape, rule)
        assert found.sound


@compiler
def test_tensor_cores_multiply_in_double_precision() -> None:
    kernel, _ = compile_report.compiled(10, 64, 64)
    assert re.search(r"mma\.sync\.aligned\.m\d+n8k\d+\.row\.col\.f64", kernel.asm["ptx"])


@compiler
def test_the_report_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert compile_report.main(["--json", "--shape", "1,16,16"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(one["d"], one["k"], one["n"], one["sound"]) for one in document["shapes"]] == [(1, 16, 16, True)]
    assert compile_report.main(["--shape", "1,16,16"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3
    assert len({line.count("|") for line in printed}) == 1


def test_a_spill_is_told_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    bad = compile_report.Report("descent", 1, 2, 3, 1, 255, 8, 2, 0, 0, 10, 5, 0)
    monkeypatch.setattr(compile_report, "report", lambda *_: bad)
    assert compile_report.main(["--shape", "1,2,3"]) == 1
    assert "spills or does not fit: descent at (d, k, n) = (1, 2, 3)" in capsys.readouterr().out


@pytest.mark.parametrize("shape", ["1,2", "a,b,c", "0,1,1"])
def test_nonsense_shapes_are_refused(shape: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        compile_report.main(["--shape", shape])
    assert stopped.value.code == 2
    assert repr(shape) in capsys.readouterr().err
