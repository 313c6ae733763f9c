"""Numbers as people read them: the sign that is true, and never a digit that is not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from refutable.verify.report.fields import Fields
from refutable.verify.report.numbers import comparison, exact, ratio


def _headline(left: str, right: str, operator: str = "<=", touching: bool = False) -> Fields:
    sides: dict[str, Any] = {"left": {"lower": left, "upper": left}, "right": {"lower": right, "upper": right}}
    return Fields(sides | {"operator": operator, "touching": touching}, "headline")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1/2", Fraction(1, 2)), ("-0.25", Fraction(-1, 4)), ("1e-3", Fraction(1, 1000)), ("7", Fraction(7))],
)
def test_exact_numbers(written: str, expected: Fraction) -> None:
    assert exact(written) == expected


@pytest.mark.parametrize("written", ["", "1/0", "nan", "1e99999999", "9" * 9000, "1/2/3", "__import__", "1/-2", "٣"])
def test_what_is_no_number_or_too_large_is_none(written: str) -> None:
    assert exact(written) is None


@pytest.mark.parametrize(
    ("left", "right", "operator", "violated", "expected"),
    [
        ("2", "999/500", "<=", True, "2 > 999/500"),
        ("1", "2", "<=", False, "1 ≤ 2"),
        ("1", "1", "<", True, "1 ≥ 1"),
        ("48", "47.999952000000000000001", "<=", True, "48 > ≈ 47.999952"),
        ("48", "47.99999999000000000000000001", "<=", True, "48 > ≈ 47.99999999"),
        ("0.3333333333333333333333333", "1/3", "==", True, "≈ 0.3333333333333333333333333 ≠ 1/3"),
        ("-0.1234567890123", "0", "<=", False, "≈ −0.123457 ≤ 0"),
    ],
)
def test_comparisons(left: str, right: str, operator: str, violated: bool, expected: str) -> None:
    assert comparison(_headline(left, right, operator), violated) == expected


def test_equal_sides_are_equal_and_absent_sides_say_nothing() -> None:
    assert comparison(_headline("225/32", "225/32", touching=True), False) == "225/32 = 225/32"
    assert comparison(Fields({"operator": "<=", "left": None, "right": None}, "headline"), True) == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "–"), (1.0, "1"), (0.5, "0.5"), (0.0, "0"), (0.99999, "1 − 1e-05"), (0.12345, "0.1235")],
)
def test_ratios_are_never_rounded_up_to_one(value: float | None, expected: str) -> None:
    assert ratio(value) == expected
