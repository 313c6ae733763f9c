"""False variants that a claims file asks for, by id."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refutable.verify.gate.kinds import Wrong, nearest, shown

SCALED = "right-side-"
TERMS = "terms-"
_SIZE = r"1e-([1-9]|1[0-2])"


def record_mutants(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Those of a theorem's record; "all" written out. Raises Wrong at the one that it has not."""
    if tuple(wanted) == ("all",):
        return tuple(known)
    for i, id in enumerate(wanted):
        if id not in known:
            raise Wrong(f"the theorem has no false variant {shown(id)}{nearest(id, known)}", (i,))
    return tuple(wanted)


def own_mutants(wanted: Sequence[str], expression: bool) -> tuple[str, ...]:
    """Those of any other claim: its right side times 1 - 1e-N; of an expression also each term moved by 1e-N.

    Raises:
        Wrong: at one that is none of these.
    """
    if tuple(wanted) == ("all",):
        return (f"{SCALED}1e-3",)
    offered = [SCALED, TERMS] if expression else [SCALED]
    for i, id in enumerate(wanted):
        if not any(re.fullmatch(start + _SIZE, id) for start in offered):
            known = " and ".join(f"{start}1e-1 to {start}1e-12" for start in offered)
            only = "; terms are moved in expressions alone" if id.startswith(TERMS) and not expression else ""
            raise Wrong(
                f"{shown(id)} is no false variant of a claim that is no theorem of the catalogue; there are "
                f"{known}{only}",
                (i,),
            )
    return tuple(wanted)
