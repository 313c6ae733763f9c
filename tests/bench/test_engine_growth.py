import sys

import pytest
import torch

from refutable.verify.bench.engine.exponents import exponents, words
from refutable.verify.bench.engine.memory import peak


def test_exponents_of_a_power_law_are_found() -> None:
    grid = [{"n": n, "k": k, "d": 2} for n in (4, 16, 64) for k in (4, 32)]
    assert exponents(grid, [3e-4 * g["n"] ** 1.5 * g["k"] ** -0.25 for g in grid]) == {"n": 1.5, "k": -0.25}
    assert words({"n": 1.5, "k": -0.25}) == "n^1.5 k^-0.25"


def test_exponents_that_the_sizes_do_not_determine_are_left_out() -> None:
    together = [{"n": n, "k": 2 * n} for n in (4, 16, 64)]
    assert exponents(together, [1.0, 2.0, 3.0]) == {}
    assert exponents([{"n": 4}], [1.0]) == {}
    assert exponents([], []) == {}
    assert words({}) == "not determined"


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_the_peak_of_what_is_allocated_and_freed() -> None:
    small = peak(lambda: None)
    large = peak(lambda: torch.ones(2**23, dtype=torch.float64).sum())
    assert small is not None
    assert large is not None
    assert small < 2**25
    assert 0.9 * 2**26 <= large < 2**27  # some memory in use before may have been given back meanwhile


def test_elsewhere_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    from refutable.verify.bench.engine import memory

    monkeypatch.setattr(memory, "CLEAR", Path(str(tmp_path)) / "no" / "clear_refs")
    done: list[int] = []
    assert peak(lambda: done.append(1)) is None
