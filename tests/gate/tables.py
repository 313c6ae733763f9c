"""Tables of claims files, as text: true and false claims, and such as decide nothing."""

from __future__ import annotations

TRUE = 'id = "true"\nexpression = "sharpness >= 1 + 2*stability_norm"'
FALSE = 'id = "false"\nexpression = "stability_norm <= 1/step_size - 1"'
THEOREM = 'id = "theorem"\ntheorem = "weighted-l1"'
ATTAINED = THEOREM + "\nevidence = { drawn = 0, constructed = 2 }"
LOOSE = 'id = "loose"\nexpression = "stability_norm <= 10/step_size"'
VACUOUS = 'id = "vacuous"\nexpression = "stability_norm <= 1"\nassumes = ["differentiable", "kink-on-datum"]'
# sqrt(3 + 2 sqrt 2) is 1 + sqrt 2, which balls alone cannot tell.
UNDECIDED = 'id = "undecided"\nexpression = "sqrt(3 + 2*sqrt(2)) * n <= (1 + sqrt(2)) * n"'


def listed(table: str) -> str:
    """The claim, listed as refuted."""
    return f'{table}\nstatus = "refuted"\nreason = "a larger constant is taken off than the output bias gives"'
