"""The code's own contractions and rates on symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.flows import lie_derivative
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(layers: int, size: int, data: int = 1) -> View:
    """Factors v, tensors a, slopes r of symbols."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(letter: str, *shape: int) -> Any:
        return np.array(sympy.symbols(f"{letter}0:{np.prod(shape)}"), dtype=object).reshape(shape)

    known = {
        "factors": symbols("v", layers, size),
        "tensors": symbols("a", data, size, size ** (layers - 1)),
        "slopes": symbols("r", data),
    }
    return View(MULTILINEAR_FLOW, SymbolicOps(), known)


def _generic(entries: Any) -> Any:
    """One polynomial that is 0 only if all entries are: their combination with new symbols."""
    import sympy

    flat = np.asarray(entries, dtype=object).ravel()
    return sympy.expand(sum((s * e for s, e in zip(sympy.symbols(f"s0:{len(flat)}"), flat, strict=True)), sympy.S.Zero))


def _flow(view: View) -> dict[Any, Any]:
    return dict(zip(view["factors"].ravel(), view["velocities"].ravel(), strict=True))


def _gap_rates(view: View) -> Any:
    return _generic([lie_derivative(gap, _flow(view)) for gap in view["gaps"]])


def _zero() -> Any:
    import sympy

    return sympy.S.Zero


def _gradients(view: View) -> Any:
    import sympy

    return _generic([sympy.diff(view["score"], v) for v in view["factors"].ravel()])


def _score_rate(view: View) -> Any:
    return _generic([lie_derivative(view["score"], _flow(view))])


def _speeds(view: View) -> Any:
    return _generic([sum(g * g for g in view["velocities"].ravel())])


def _minors(view: View) -> Any:
    """Rate of f^2 / prod |v_l|^2 times prod |v_l|^4 / (2 f): what the sums of squared minors are compared with."""
    squares, score = view["squared_norms"], view["score"]
    share = sum(v * v for v in view["velocities"][0]) * squares[0] - score * score
    return _generic([share])


def _sum_of_minors(view: View) -> Any:
    v, g = view["factors"][0], view["velocities"][0]
    pairs = [(i, j) for i in range(len(v)) for j in range(i)]
    return _generic([sum((v[i] * g[j] - v[j] * g[i]) ** 2 for i, j in pairs)])


def _form(id: str, statement: str, left: Callable[[], Any], right: Callable[[], Any]) -> ClosedForm:
    return ClosedForm(id, statement, left, right, "poly")


CLOSED_FORMS = (
    _form(
        "velocities",
        "two factors, two data, size 2: the velocities are the gradient of the score",
        lambda: _generic(_view(2, 2, 2)["velocities"]),
        lambda: _gradients(_view(2, 2, 2)),
    ),
    _form(
        "velocities-three",
        "three factors of size 2: the same",
        lambda: _generic(_view(3, 2)["velocities"]),
        lambda: _gradients(_view(3, 2)),
    ),
    _form(
        "gaps-two",
        "two factors, two data: the Lie derivative of |v_1|^2 - |v_2|^2 is 0",
        lambda: _gap_rates(_view(2, 2, 2)),
        _zero,
    ),
    _form("gaps-three", "three factors of size 2: the same for both gaps", lambda: _gap_rates(_view(3, 2)), _zero),
    _form("gaps-four", "four scalar factors: the same", lambda: _gap_rates(_view(4, 1)), _zero),
    _form(
        "score-rate",
        "two factors of size 2: the score grows at the rate of the squared velocities",
        lambda: _score_rate(_view(2, 2)),
        lambda: _speeds(_view(2, 2)),
    ),
    _form(
        "share-by-minors",
        "|g_1|^2 |v_1|^2 - f^2 is a sum of squares, of the 2 x 2 minors of v_1 and g_1: why the share grows",
        lambda: _minors(_view(3, 2)),
        lambda: _sum_of_minors(_view(3, 2)),
    ),
)
