"""False variants that a claims file asks for, by id."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refutable.verify.gate.kinds import Wrong, nearest, shown

SCALED = "right-side-"
_OWN = re.compile(SCALED + r"1e-([1-9]|1[0-2])")


def record_mutants(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Those of a theorem's record; "all" written out. Raises Wrong at the one that it has not."""
    if tuple(wanted) == ("all",):
        return tuple(known)
    for i, id in enumerate(wanted):
        if id not in known:
            raise Wrong(f"the theorem has no false variant {shown(id)}{nearest(id, known)}", (i,))
    return tuple(wanted)


def own_mutants(wanted: Sequence[str]) -> tuple[str, ...]:
    """Those of any other claim: its right side times 1 - 1e-N. Raises Wrong at one that is none of these."""
    if tuple(wanted) == ("all",):
        return (f"{SCALED}1e-3",)
    for i, id in enumerate(wanted):
        if not _OWN.fullmatch(id):
            raise Wrong(
                f"{shown(id)} is no false variant of a claim that is no theorem of the catalogue; "
                f"there are {SCALED}1e-1 to {SCALED}1e-12",
                (i,),
            )
    return tuple(wanted)
