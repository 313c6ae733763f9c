"""Entries of claims files made by hand, for tests of what is done with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from refutable.verify.gate.entries import ClaimsFile, Entry, Evidence
from refutable.verify.gate.items import Item
from refutable.verify.gate.run import GateRun
from refutable.verify.paths import ClaimPath
from refutable.verify.userclaims.paths import ExpressionClaim

LITTLE = Evidence(drawn=6, constructed=2, trained=4, mass=0, swept=50, hunt=0.05)


def expression(text: str, id: str = "mine", assumes: tuple[str, ...] = ("minimum",), **more: Any) -> Entry:
    """An entry for an expression about shallow networks, with little evidence unless said."""
    return Entry(
        id, ExpressionClaim(text, "shallow-relu", assumes), "", False, text, 1, **({"evidence": LITTLE} | more)
    )


def theorem(id: str, **more: Any) -> Entry:
    """An entry for a theorem as it stands in the catalogue."""
    return Entry(id, ClaimPath(id, "claim", id), id, False, id, 1, **({"evidence": LITTLE} | more))


def item(entry: Entry, kind: str, folder: Path = Path()) -> Item:
    """One item of a file with that entry alone."""
    return Item(ClaimsFile(folder / "claims.toml", folder, (entry,)), entry, kind)


def gate_run(folder: Path, profile: str = "refutable-quick", **more: Any) -> GateRun:
    """A run that writes witnesses below ``folder``."""
    return GateRun(profile, 0, "cpu", folder / "witnesses", **more)
