"""The code's own posterior on a symbolic prior mass, against closed forms; and the exponential inequality."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.finite_prior import FINITE_PRIOR
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def symbolic_view(inputs: int, errors: int, samples: int) -> View:
    """Mass p on the teacher, 1 - p on all functions with that many errors, which are bad."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    p = sympy.Symbol("p", positive=True)
    numbers = {
        "blocks": np.array([fmpq(inputs)], dtype=object),
        "errors": np.array([[fmpq(0)], [fmpq(errors)]], dtype=object),
        "prior": np.array([p, 1 - p], dtype=object),
        "epsilon": fmpq(errors, inputs),
        "delta": sympy.Symbol("delta", positive=True),
        "samples": samples,
    }
    return View(FINITE_PRIOR, SymbolicOps(), numbers)


def _value(text: str) -> Any:
    import sympy

    return sympy.sympify(text, locals={"p": sympy.Symbol("p", positive=True), "x": sympy.Symbol("x", positive=True)})


def _loss(inputs: int, errors: int, samples: int) -> Any:
    """E of the bad mass over p, minus the failure."""
    view = symbolic_view(inputs, errors, samples)
    return view["expected_bad_mass"] / _value("p") - view["failure"]


CLOSED_FORMS = (
    ClosedForm(
        "two-inputs-one-sample",
        "two inputs, one error, one sample: the posterior fails with probability (1 - p)/(1 + p)",
        lambda: symbolic_view(2, 1, 1)["failure"],
        lambda: _value("(1 - p)/(1 + p)"),
        "cancel",
    ),
    ClosedForm(
        "two-inputs-three-samples",
        "two inputs, one error, three samples: both are seen in three samples of four",
        lambda: symbolic_view(2, 1, 3)["failure"],
        lambda: _value("(1 - p)/(1 + p)/4"),
        "cancel",
    ),
    ClosedForm(
        "three-inputs-two-samples",
        "three inputs, one error, two samples: one input is seen with probability 1/3, two with 2/3",
        lambda: symbolic_view(3, 1, 2)["failure"],
        lambda: _value("2*(1 - p)/(2 + p)/3 + 2*(1 - p)/(1 + 2*p)/3"),
        "cancel",
    ),
    ClosedForm(
        "mean-bad-mass",
        "six inputs, two errors, three samples: the mean bad mass is (1 - p) (1 - 1/3)^3",
        lambda: symbolic_view(6, 2, 3)["expected_bad_mass"],
        lambda: _value("(1 - p)*Rational(8, 27)"),
        "poly",
    ),
    ClosedForm(
        "what-the-quotient-loses",
        "two inputs, one error, one sample: the mean bad mass over p exceeds the failure by (1 - p)^2 / (2 p (1 + p))",
        lambda: _loss(2, 1, 1),
        lambda: _value("(1 - p)**2/(2*p*(1 + p))"),
        "cancel",
    ),
)
