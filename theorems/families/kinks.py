"""Networks with kinks exactly on data: equality and limit cases, and the edge of strong stability."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import Real, as_real, compare
from refutable.theorems.exact.rationals import ball_bounds
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

BITS = 96


def at_modes_edge(instance: Instance) -> Instance:
    """The network with the largest step size at which every mode's sharpness is at most 2 / step size.

    Exact where the largest sharpness is rational, else rounded down to a multiple of 2^-96.
    """
    values = [as_real(v) for v in SHALLOW_RELU.view(instance)["mode_sharpnesses"]]
    largest = values[0]
    for value in values[1:]:
        largest = value if compare(value, largest) == 1 else largest
    return instance.replace(step_size=_edge(largest))


def _edge(sharpness: Real) -> fmpq:
    exact = sharpness.exact()
    if exact is not None:
        return 2 / exact
    _, upper = ball_bounds(sharpness.ball(BITS))
    return fmpq((2 / upper * 2**BITS).floor(), 2**BITS)


def shattered_triangle(height: fmpq = fmpq(1, 4), signs: int = 0, tilt: fmpq = fmpq(3, 10)) -> Instance:
    """Three data in the plane, each active for one neuron; the first neuron's kink lies on the second datum.

    Turning that kink on lowers the sharpness, so the mode with the kink off decides and every link of the chain
    is an equality at step size 2 / (1 + 2 height^2 / 3). (own)

    Args:
        height: each neuron's activation at its datum.
        signs: bit j set: neuron j has a negative output weight.
        tilt: the first neuron looks along (tilt, 1).
    """
    points = [(fmpq(12, 5), fmpq(0)), (fmpq(-16, 15), fmpq(4, 5)), (fmpq(-16, 15), fmpq(-4, 5))]
    norms = (fmpq(13, 5), fmpq(5, 3), fmpq(5, 3))
    looks = ((tilt, fmpq(1)), (fmpq(-1, 2), fmpq(1)), (fmpq(-1, 2), fmpq(-1)))
    tops = [u[0] * p[0] + u[1] * p[1] for u, p in zip(looks, points, strict=True)]
    levels = [looks[0][0] * points[1][0] + looks[0][1] * points[1][1], *(t - fmpq(1, 4) for t in tops[1:])]
    scales = [height / (t - c) for t, c in zip(tops, levels, strict=True)]
    w2 = [(-1 if signs >> j & 1 else 1) * height / norm for j, norm in enumerate(norms)]
    return SHALLOW_RELU.instance(
        w1=[[s * c for c in u] for s, u in zip(scales, looks, strict=True)],
        b1=[-s * c for s, c in zip(scales, levels, strict=True)],
        w2=w2, b2=0, x=[list(p) for p in points], step_size=2 / (1 + 2 * height**2 / 3),
    )  # fmt: skip


def knot_on_datum(scale: fmpq = fmpq(1, 16)) -> Instance:
    """One balanced neuron 22 s relu(13 s (x + 2)) on X = -5, -2, 12/5 at its modes' edge, own: its kink is on -2."""
    network = SHALLOW_RELU.instance(
        w1=[[13 * scale]], b1=[26 * scale], w2=[22 * scale], b2=0, x=[[-5], [-2], [fmpq(12, 5)]]
    )
    return at_modes_edge(network)


Hinge = tuple[str, str, str]


def _hinges(
    neurons: Sequence[Hinge], data: Sequence[str], step_size: str, frozen: Sequence[str] | None = None
) -> Instance:
    """The sum of w2 relu(w1 x + b1) over neurons (w1, b1, w2)."""
    return SHALLOW_RELU.instance(
        w1=[[w] for w, _, _ in neurons], b1=[b for _, b, _ in neurons], w2=[out for _, _, out in neurons],
        b2=0, frozen=frozen, x=[[c] for c in data], step_size=step_size,
    )  # fmt: skip


def kept_by_cones(number: int = 0) -> Instance:
    """Networks that are strongly stable although some mode's sharpness is above 2 / step size.

    That mode's expanding directions lie outside its cone. The last three have no trained output bias; the last
    toggles three neurons. (found by search)
    """
    found = (
        lambda: _hinges(
            [("-1", "-2", "3/2"), ("-1/4", "3/4", "1")], ["-2", "-3/2", "0", "5/2", "3", "4"], "461/1000"
        ),
        lambda: _hinges(
            [("1/2", "3", "-1/4"), ("-5/16", "-5/2", "1/4")],
            ["-8", "-13/2", "-13/2", "-6", "-6", "-11/2"], "4471/4096",
        ),
        lambda: _hinges([("1/2", "-1", "-5/8"), ("1", "-7", "1")], ["-1", "2", "3", "6", "7"], "15/128", ["b2"]),
        lambda: _hinges(
            [("-1/4", "-13/32", "-5/16"), ("-1/8", "-15/64", "3/4")],
            ["-2", "-15/8", "-7/4", "-13/8", "-11/8"], "801/512", ["b2"],
        ),
        lambda: _hinges(
            [("1/128", "1/32", "-5/1024"), ("1/512", "7/1024", "3/256"), ("1/128", "5/128", "-1/256")],
            ["-5", "-37/8", "-4", "-29/8", "-7/2"], "13103821/4096", ["b2"],
        ),
    )  # fmt: skip
    return found[number]()


KEPT_BY_CONES = Family(
    id="kept-by-cones",
    parameters={"number": Range(choices=tuple(range(5)))},
    build=kept_by_cones,
    attains="interior",
    meaning="strongly stable beyond the modes' edge: the expanding directions lie outside their cones",
)
SHATTERED_TRIANGLE = Family(
    id="shattered-triangle",
    parameters={
        "height": Range(choices=tuple(fmpq(p, q) for p, q in ((1, 4), (1, 2), (1, 16), (1, 1024)))),
        "signs": Range(0, 7),
        "tilt": Range(choices=(fmpq(3, 10), fmpq(7, 20), fmpq(2, 5))),
    },
    build=lambda height, signs, tilt: shattered_triangle(height, int(signs), tilt),
    attains="equality",
    meaning="three data in the plane, each active for one neuron, one of them on another neuron's kink",
)

KNOT_ON_DATUM = Family(
    id="knot-on-datum",
    parameters={"scale": Range(choices=tuple(fmpq(1, 2**e) for e in (4, 8, 12, 18)))},
    build=knot_on_datum,
    attains="limit",
    reaches=fmpq(9999999, 10000000),
    meaning="one balanced neuron on the line whose kink lies on a datum; tight as it becomes small",
)
