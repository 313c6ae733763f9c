"""Networks trained in mass that rest on a kink: training found the kink, and only rounding keeps them off it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from refutable.strategies.shallow_relu.mass import MASS
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance

BATCHES = (4, 9, 13, 32)
"""Of the recipes of `mass`, some whose networks often end on kinks: with more neurons than data, or as many."""
TRAINED = 1000
"""Networks of each."""
FEW = 10
"""Resting networks taken of each."""
REST = 1e-12
"""A preactivation below this times the terms it is the sum of is 0 up to rounding."""
SEED = 1

Found = tuple[Instance, str]


@lru_cache(maxsize=2)
def resting(device: str = "auto") -> tuple[tuple[Found, ...], Mapping[str, int]]:
    """At most `FEW` resting networks of each batch with their origins, and how many there were."""
    found: list[Found] = []
    counts: Counter[str] = Counter()
    for number in BATCHES:
        batch = MASS.batch(number, TRAINED, SEED, device)
        rows = resting_rows(batch.fields)
        counts.update({"trained in mass": TRAINED, "in mass resting on a kink": len(rows)})
        found += [(_instance(batch.fields, row), f"{batch.origin}, row {row}") for row in rows[:FEW]]
    return tuple(found), {**counts, "taken of those": len(found)}


def resting_rows(fields: Mapping[str, object]) -> list[int]:
    """Rows of a batch on which some preactivation is 0 up to rounding."""
    import torch

    from refutable.strategies.training.closed_form import Networks, nearest_kink

    networks = Networks(*(torch.as_tensor(fields[name]) for name in Networks._fields))
    on_kink = nearest_kink(networks, torch.as_tensor(fields["x"])) < REST
    return [int(row) for row in torch.nonzero(on_kink).flatten()]


def _instance(fields: Mapping[str, object], row: int) -> Instance:
    import torch

    return SHALLOW_RELU.instance(**{name: torch.as_tensor(values)[row].tolist() for name, values in fields.items()})
