"""All separable data: gradient descent follows sum_m what_m log^(m) t, what_m by a recursion."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.iterated_margins import ITERATED_MARGINS
from refutable.theorems.flows import lie_derivative
from refutable.theorems.papers.soudry_2018 import degenerate_claims as claims
from refutable.theorems.papers.soudry_2018.degenerate_cases import LADDERS, STEEP
from refutable.theorems.papers.soudry_2018.degenerate_integrated import INTEGRATED
from refutable.theorems.papers.soudry_2018.degenerate_mutants import MUTANTS
from refutable.theorems.papers.soudry_2018.source import UNTRAINED, source
from refutable.theorems.records import ClosedForm, Necessity, Theorem
from refutable.theorems.views import View


def _derivative(size: int) -> Any:
    """Lie derivative of the conserved quantity on symbols, by the code's own velocity."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    rows = [[sympy.Integer(int(j <= i)) for j in range(size)] for i in range(size)]
    w = np.array(sympy.symbols(f"w0:{size}", real=True), dtype=object)
    view = View(ITERATED_MARGINS, SymbolicOps(), {"x": np.array(rows, dtype=object), "w": w, "start": w})
    return sympy.expand(lie_derivative(claims.last_two(view), dict(zip(w, view["velocity"], strict=True))))


CLOSED_FORMS = tuple(
    ClosedForm(
        f"two-last-stages-{size}",
        f"{size} stages: w_{{M-1}} - w_M - exp(w_M) has derivative 0 along the gradient flow",
        lambda size=size: _derivative(size),  # type: ignore[misc]
        lambda: 0,
        "cancel",
    )
    for size in (2, 3, 4)
)

SEPARABLE_DEGENERATE = Theorem(
    id="separable-degenerate",
    title="All separable data: iterated logarithms, one maximum margin problem after the other",
    source=source(
        "Theorem 13",
        "read; which columns a stage projects away is stated in the form that the proof needs, see the notes",
    ),
    status="read",
    claims=(claims.HEADLINE, claims.EQUATION, claims.BEYOND, claims.TERMINATES, claims.CONSERVED),
    links=claims.LINKS,
    equality=(LADDERS,),
    mutants=MUTANTS,
    necessity=(
        Necessity("separable", None, "without it the first problem has no solution"),
        Necessity("ladder-data", STEEP, "(1, 0) and (1, 2): another quantity is conserved", "two-last-stages"),
    ),
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    larger={"columns-not-projected": "two stages must be used side by side, and a third must see what is left of one"},
    evidence=UNTRAINED | {"visited": "the recursion is about the data; the flow is tried at any rational state"},
    notes=(
        "The theorem says that w(t) - sum_m what_m log^(m) t stays bounded, log^(m) being the logarithm taken m times. "
        "That is a statement about a limit in time scales that no computer reaches, and never a verdict here. What is "
        "decided exactly is the recursion, and that its sum solves the flow's equation to leading order, stage by "
        "stage: the losses fall as the speeds of the stages, and positive weights balance them. For the flow itself a "
        "quantity conserved on ladder data, the rows (1, 0, ...), (1, 1, 0, ...), ..., ties the last two stages at "
        "every time (own). A used support vector is one with a positive multiplier for some choice of multipliers. "
        "The projection is onto what is orthogonal to all data used so far: P_m = P_{m-1} (I - Z Z^+) with Z = P_{m-1} "
        "X_{S_m}. As transcribed, with S_m the data used at stage m alone and X_{S_m} their raw columns, the product "
        "is wrong from the third stage on (four data in four dimensions, mutant columns-not-projected); with projected "
        "columns, or with all data used so far in X, it is right. Which of these the paper means is not decided here. "
        "The flow is tried with its time changed, by the last datum's loss: that changes nothing that is conserved."
    ),
)
