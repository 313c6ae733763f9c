"""SymPy proofs of the printed weights, and of the two inequalities, law by law."""

from __future__ import annotations

from refutable.theorems.papers.weight_closed_forms.forms_balls import CROSS_CHECKS
from refutable.theorems.papers.weight_closed_forms.forms_polynomial import POLYNOMIAL_FORMS
from refutable.theorems.papers.weight_closed_forms.forms_transcendental import TRANSCENDENTAL_FORMS

CLOSED_FORMS = (*POLYNOMIAL_FORMS, *TRANSCENDENTAL_FORMS, *CROSS_CHECKS)
