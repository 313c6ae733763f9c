"""Every formula of the catalogue can be written as MathML."""

from __future__ import annotations

import pytest

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.records import Theorem
from refutable.verify.report.mathml import formula


@pytest.mark.parametrize("record", CATALOGUE, ids=lambda record: record.id)
def test_formulas_are_mathematics_in_the_report(record: Theorem) -> None:
    for claim in (*record.claims, *record.links, *(one.claim for one in record.integrated)):
        assert not claim.latex or formula(claim.latex).startswith("<math"), f"{claim.id}: {claim.latex}"
