"""Closed forms of the profile prove what they say: a wrong arc or limit is not proved."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from flint import fmpq

from refutable.theorems.papers.yun_2021 import regression_forms
from refutable.verify.closed_forms import prove

FORMS = {form.id: form for form in regression_forms.CLOSED_FORMS}
DEPTHS = (2, 3, 4, 5, 6)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_known_profiles_need_the_arc(monkeypatch: Any, depth: int) -> None:
    right = regression_forms.arc
    assert prove(FORMS[f"known-{depth}"]).proved
    monkeypatch.setattr(regression_forms, "arc", lambda layers: right(layers) * sympy.Rational(101, 100))
    assert not prove(FORMS[f"known-{depth}"]).proved


@pytest.mark.parametrize("depth", [3, 4, 5, 6])
@pytest.mark.parametrize("id", ["limit", "arc-limit", "small-scale"])
def test_limits_are_exact(monkeypatch: Any, id: str, depth: int) -> None:
    right = regression_forms.arc_limit_factor
    assert prove(FORMS[f"{id}-{depth}"]).proved
    factor, times_pi = right(depth)
    monkeypatch.setattr(regression_forms, "arc_limit_factor", lambda _: (factor + fmpq(1, 10**15), times_pi))
    assert not prove(FORMS[f"{id}-{depth}"]).proved


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_energy_near_the_start_is_half_a_square(monkeypatch: Any, depth: int) -> None:
    right = regression_forms.energy
    assert prove(FORMS[f"large-scale-{depth}"]).proved
    monkeypatch.setattr(regression_forms, "energy", lambda layers: right(layers) * sympy.Rational(101, 100))
    assert not prove(FORMS[f"large-scale-{depth}"]).proved
