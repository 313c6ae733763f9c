"""Caps of the ball against quadrature in 50 digits, the constants' figures, and what is refused."""

from __future__ import annotations

import mpmath
import pytest
from flint import fmpq

from refutable.theorems.domains.ball_caps import BALL_CAPS
from refutable.theorems.domains.ball_caps.spheres import axis, on_sphere, projected
from refutable.theorems.exact import as_real
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.liang_2025.shattering_constants import leading_constant
from refutable.theorems.papers.liang_2025.shattering_families import atoms, axes, cap


def ball(number: object) -> mpmath.mpf:
    """The middle of a 60-digit enclosure."""
    return mpmath.mpf(as_real(number).ball(220).str(60, radius=False))  # type: ignore[arg-type]


@pytest.mark.parametrize("d", range(1, 9))
@pytest.mark.parametrize("depth", [fmpq(1, 4), fmpq(3, 2), fmpq(1, 1000)], ids=str)
def test_cap_moments_are_those_of_the_density(d: int, depth: fmpq) -> None:
    view = BALL_CAPS.view(cap(d, depth))
    with mpmath.workdps(50):
        t = 1 - mpmath.mpf(int(depth.p)) / int(depth.q)
        shape = lambda s: (1 - s * s) ** (mpmath.mpf(d - 1) / 2)  # noqa: E731
        total = mpmath.quad(shape, [-1, 0, 1])
        p = mpmath.quad(shape, [t, (1 + t) / 2, 1]) / total
        m = mpmath.quad(lambda s: s * shape(s), [t, (1 + t) / 2, 1]) / total
        weight = (m - t * p) * mpmath.sqrt(p * p + m * m)
        rest = (t * (1 - p) + m) * mpmath.sqrt((1 - p) ** 2 + m * m)
        for name, expected in (
            ("cap_probability", p),
            ("cap_moment", m),
            ("cap_weight", weight),
            ("rest_weight", rest),
        ):
            assert abs(ball(view[name]) - expected) < mpmath.mpf(10) ** -20 * abs(expected), name


@pytest.mark.parametrize("d", range(2, 8))
def test_the_share_of_the_sphere_is_that_of_its_angle(d: int) -> None:
    view = BALL_CAPS.view(cap(d, "1/3"))
    with mpmath.workdps(40):
        angle = mpmath.acos(mpmath.mpf(2) / 3)
        surface = lambda a: mpmath.sin(a) ** (d - 2)  # noqa: E731
        expected = mpmath.quad(surface, [0, angle]) / mpmath.quad(surface, [0, mpmath.pi])
        assert abs(ball(view["sphere_share"]) - expected) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize(("d", "figure"), [(1, "0.17678"), (2, "0.20379"), (3, "0.26517"), (5, "0.55243")])
def test_leading_constants_are_the_known_figures(d: int, figure: str) -> None:
    value = float(as_real(leading_constant(d)))
    assert f"{value:.5f}" == figure
    at = BALL_CAPS.view(cap(d, fmpq(1, 10**6)))
    assert abs(float(as_real(at["weight"] * fmpq(10) ** (6 * (d + 2)))) / value - 1) < 6e-6


def test_the_interval_has_root_two_over_eight() -> None:
    constant = as_real(leading_constant(1))
    assert as_real(constant * constant).exact() == fmpq(2, 64)


def test_outputs_and_norms_by_hand() -> None:
    view = BALL_CAPS.view(atoms([[1, 0], ["4/5", "3/5"]], "1/2", [1, 2]))
    assert list(view["outputs"]) == [1 + 2 * fmpq(3, 5), 2 + fmpq(3, 5)]
    assert view["largest_inner_product"] == fmpq(4, 5)
    opposite = BALL_CAPS.view(atoms([[1, 0], [-1, 0]], 1, [3, -2]))
    assert (opposite["distinct_value"], opposite["total_value"]) == (1, 5)  # one hyperplane through 0
    assert BALL_CAPS.view(axes(2, 4, "1/4"))["distinct_value"] == 10


def test_projections_are_inverse() -> None:
    for point in ([fmpq(1, 2), fmpq(-3)], [fmpq(0), fmpq(0)], [fmpq(7, 5), fmpq(1, 9)]):
        unit = on_sphere(point)
        assert sum(c * c for c in unit) == 1
        assert projected(unit) == point
    assert projected(axis(3, 2, -1)) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"directions": [["3/5", "3/5"]]}, r"directions\[0\] has squared length 18/25; it must be a unit vector"),
        ({"depth": 2}, "depth is 2; it must be below 2"),
        ({"depth": 0}, "depth must be > 0"),
        ({"depth": f"1/{2**5000}"}, "more than 4096 bits"),
        ({"directions": [[1] + [0] * 64]}, "in dimension 65; at most"),
        ({"values": [1, 2]}, "values has 2 entries, expected n = 1"),
    ],
)
def test_bad_caps_are_refused(changes: dict[str, object], message: str) -> None:
    fields = {"directions": [[1, 0]], "values": [1], "depth": "1/4"}
    with pytest.raises(InstanceError, match=message):
        BALL_CAPS.instance(**{**fields, **changes})


def test_a_cap_reads_as_on_a_whiteboard() -> None:
    assert BALL_CAPS.describe is not None
    lines = BALL_CAPS.describe(atoms([["3/5", "4/5"]], "1/4", [2]))
    assert lines == ["dimension 2, height t = 3/4 (depth 1/4)", "value 2 at u = (3/5, 4/5)"]


def test_moves_keep_caps_well_formed() -> None:
    start = atoms([["3/5", "4/5", 0], [0, 1, 0], [-1, 0, 0]], "22/71", ["7/3", -1, 2])
    for move in (*BALL_CAPS.moves, *BALL_CAPS.variations):
        for other in move.reductions(start):
            assert other != start, move.id
            assert BALL_CAPS.load(BALL_CAPS.dump(other)) == other
