"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.margin_table.losses import QUANTITIES
from refutable.theorems.domains.margin_table.moves import MOVES, VARIATIONS
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_ROWS, MAX_DATA, MAX_DEGREE, MAX_BITS = 64, 64, 16, 256
MAX_EXPONENT = 10**7
"""Beyond it e^(-margin) takes long to enclose."""

FIELDS = (
    Field("margins", ("margins",), ("m", "n"), meaning="f_n(theta_i) at norm 1; row 0 is the parameter under test"),
    Field("norm", ("norm",), positive=True, meaning="rho: the loss is compared at this norm"),
    Field("degree", ("degree",), kind="integer", minimum=1, meaning="a: margins at norm rho are rho^a as large"),
    Field("slack", ("slack",), optional=True, meaning="epsilon >= 0: row 0's loss is within 1 + epsilon of the least"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the order of margins is written with minima and maxima."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Neither too many rows or data nor too long or large numbers; no negative slack.

    Raises:
        InstanceError: otherwise.
    """
    m, n = values["margins"].shape
    if m > MAX_ROWS or n > MAX_DATA:
        raise InstanceError(f"{m} rows of {n} margins are too many; at most {MAX_ROWS} of {MAX_DATA} here")
    if values["degree"] > MAX_DEGREE:
        raise InstanceError(f"degree is {values['degree']}; at most {MAX_DEGREE} here")
    slack = values["slack"]
    if slack is not None and slack < 0:
        raise InstanceError(f"slack is {text(slack)}; it must be at least 0")
    named = {"norm": values["norm"], **({} if slack is None else {"slack": slack})}
    named |= {f"margins[{i}][{j}]": values["margins"][i, j] for i in range(m) for j in range(n)}
    for name, q in named.items():
        if max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS:
            raise InstanceError(f"{name} has more than {MAX_BITS} bits in numerator or denominator; round it")
    largest = max(abs(q) for q in values["margins"].ravel())
    if largest * values["norm"] ** values["degree"] > MAX_EXPONENT:
        raise InstanceError(f"margins at norm rho, rho^a f, reach beyond {MAX_EXPONENT}; use a smaller norm")


def hollow(view: View) -> str | None:
    """Why a table is no honest witness: there is nothing to compare with."""
    return "there is one row only, and nothing to compare it with" if len(view["margins"]) == 1 else None


def describe(instance: Instance) -> list[str]:
    """One line a row, then norm and degree."""
    lines = []
    for i, row in enumerate(instance["margins"]):
        name = "margins under test" if i == 0 else f"margins of another, {i}"
        lines.append(f"{name}: ({', '.join(text(q) for q in row)})")
    lines.append(f"at norm {text(instance['norm'])}, degree {instance['degree']}")
    slack = instance["slack"]
    return lines if slack is None else [*lines, f"slack = {text(slack)}"]


MARGIN_TABLE = Domain(
    id="margin-table",
    title="margins of several parameters on the same data",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("norm",), MOVES),
    variations=proper(check, ("norm",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
