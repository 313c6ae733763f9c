"""Networks at rest that are certified to be beside an exact minimum, exactly stable or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from flint import fmpq
from torch import Tensor

from refutable.strategies.engine.converge import Converged
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.nearby_box import box
from refutable.theorems.domains.shallow_relu.nearby_minimum import Nearby, Uncertified, nearby_minimum
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance
from refutable.theorems.ops.certified_array import CertifiedArray


@dataclass(frozen=True)
class ExactMinima:
    """What exact certificates say of networks at rest.

    Attributes:
        found: certificates by index of the network.
        refused: why there is none, by index of the network.
        counts: of all networks at rest.
    """

    found: Mapping[int, Nearby]
    refused: Mapping[int, str]
    counts: Mapping[str, int]

    @property
    def stable(self) -> list[int]:
        """Indices of the networks whose exact minimum is exactly stable."""
        return [index for index, one in self.found.items() if one.stable]

    def rows(self, indices: list[int]) -> dict[str, CertifiedArray]:
        """Certified floats [B, ...] that enclose the exact minima of these networks; see `nearby_box.box`.

        Raises:
            ValueError: there are none.
            KeyError: a network without certificate.
        """
        return box([self.found[index] for index in indices])


BESIDE = fmpq(1, 10**4)
"""An exact minimum further away than this is not that of the network."""


def exact_minima(
    end: Converged, x: Tensor, y: Tensor, step_size: fmpq | float, most: int | None = None, within: fmpq = BESIDE
) -> ExactMinima:
    """Certify the networks that rest at interpolation, in floating point, to be beside exact minima.

    Those that rest but seem too sharp are tried too: on a kink, the float sharpness may be that of the steeper side.

    Args:
        end: where training rests.
        x: inputs ``[B, n, d]``, or ``[n, d]`` for all networks.
        y: labels ``[B, n]``, or ``[n]`` for all networks.
        step_size: of the training, for the exact verdict on stability; a float is the exact binary number.
        most: networks tried.
        within: greatest distance of the exact minimum, in parameter space.
    """
    resting = end.converged | end.sharp
    tried = torch.nonzero(resting & end.interpolating).flatten().tolist()[:most]
    found: dict[int, Nearby] = {}
    refused: dict[int, str] = {}
    for index in tried:
        one = nearby_minimum(instance_of(end, x, y, step_size, index))
        if isinstance(one, Uncertified):
            refused[index] = one.reason
        elif one.distance > within:
            refused[index] = f"the exact minimum may be {to_float(one.distance):.2g} away"
        else:
            found[index] = one
    stable = [one.stable for one in found.values()]
    counts = {
        "converged": int(end.converged.sum()),
        "at rest, too sharp": int(end.sharp.sum()),
        "at rest, not interpolating": int((resting & ~end.interpolating).sum()),
        "tried": len(tried),
        "exactly a minimum": len(found),
        "exactly stable": stable.count(True),
        "exactly unstable": stable.count(False),
        "not certified": len(refused),
    }
    return ExactMinima(found, refused, counts)


def exactly_stable(instance: Instance) -> bool:
    """Whether an exact minimum, exactly stable, is certified to be beside an instance."""
    found = nearby_minimum(instance)
    return isinstance(found, Nearby) and found.stable is True


def instance_of(end: Converged, x: Tensor, y: Tensor, step_size: fmpq | float, index: int) -> Instance:
    """Network ``index`` with the labels it was trained on; the other arguments as in `exact_minima`."""
    raw = {name: part[index].tolist() for name, part in end.networks._asdict().items()}
    inputs, labels = (x if x.dim() == 2 else x[index % len(x)]), (y if y.dim() == 1 else y[index % len(y)])
    return SHALLOW_RELU.instance(**raw, x=inputs.tolist(), y=labels.tolist(), step_size=step_size)
