"""Expressions as formulas over views: one tree, evaluated exactly, on float batches and with certified floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import reduce
from typing import Any

import numpy as np

from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps
from refutable.theorems.ops.protocol import Ops
from refutable.theorems.views import View
from refutable.verify.userclaims.grammar import (
    Call,
    ExpressionError,
    Name,
    Node,
    Number,
    Operation,
    Power,
    parse_formula,
    shown,
)
from refutable.verify.userclaims.vocabulary import Term, Vocabulary


def term(node: Node, words: Vocabulary) -> Term:
    """The formula of a node.

    Raises:
        ExpressionError: an unknown name, or arrays whose shapes do not fit.
    """
    if isinstance(node, Number):
        p, q = int(node.value.p), int(node.value.q)
        return Term((), lambda view: view.ops.ratio(p, q))
    if isinstance(node, Name):
        return words.term(node.name)
    if isinstance(node, Power):
        base, exponent = term(node.base, words), node.exponent
        return Term(base.dims, lambda view: _power(view.ops, base.value(view), exponent))
    arguments = [term(argument, words) for argument in node.arguments]
    if isinstance(node, Operation):
        return _operation(node, arguments)
    return _call(node, arguments)


def scalar(node: Node, words: Vocabulary) -> Term:
    """The formula of a side of a comparison. Raises ExpressionError as `term`, or for an array."""
    found = term(node, words)
    if found.dims:
        raise ExpressionError(
            f"{shown(node):.60} is {found.kind}, not a number; reduce it with sum, mean, max, min or norm"
        )
    return found


def derived_terms(formulas: Mapping[str, tuple[str, str]], words: Vocabulary) -> dict[str, Term]:
    """Terms of those formulas whose names the vocabulary has, of the shapes that they need."""
    found = {}
    for name, (formula, meaning) in formulas.items():
        node = parse_formula(formula)
        if all(used in words.terms for used in _names(node)):
            with suppress(ExpressionError):  # an x that is no matrix, say
                compiled = term(node, words)
                found[name] = Term(compiled.dims, compiled.value, f"{meaning}: {formula}")
    return found


def _names(node: Node) -> Iterable[str]:
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Power):
        yield from _names(node.base)
    elif isinstance(node, Operation | Call):
        for argument in node.arguments:
            yield from _names(argument)


def _operation(node: Operation, arguments: list[Term]) -> Term:
    if len(arguments) == 1:
        (only,) = arguments
        return Term(only.dims, lambda view: -only.value(view))
    return _elementwise(_APPLY[node.symbol], arguments, node)


_APPLY: dict[str, Callable[[Ops, Any, Any], Any]] = {
    "+": lambda ops, a, b: a + b,
    "-": lambda ops, a, b: a - b,
    "*": lambda ops, a, b: a * b,
    # A float constant would raise at 0 where a tensor gives an infinity.
    "/": lambda ops, a, b: a / _array(ops, b),
    "min": lambda ops, a, b: ops.minimum(a, b),
    "max": lambda ops, a, b: ops.maximum(a, b),
}


def _elementwise(apply: Callable[[Ops, Any, Any], Any], arguments: list[Term], node: Operation | Call) -> Term:
    shapes = {a.dims for a in arguments if a.dims}
    if len(shapes) > 1:
        listed = " and ".join(f"[{', '.join(dims)}]" for dims in sorted(shapes))
        raise ExpressionError(
            f"{shown(node):.60} combines arrays of different shapes, {listed}; reduce one of them first"
        )
    dims = next(iter(shapes), ())

    def value(view: View) -> Any:
        ops = view.ops
        parts = [a.value(view) if a.dims else ops.spread(a.value(view), len(dims)) for a in arguments]
        return reduce(lambda x, y: apply(ops, x, y), parts)

    return Term(dims, value)


def _call(node: Call, arguments: list[Term]) -> Term:
    first = arguments[0]
    if node.function in ("abs", "sqrt"):
        apply = _abs if node.function == "abs" else _sqrt
        return Term(first.dims, lambda view: apply(view.ops, first.value(view)))
    if len(arguments) > 1:
        return _elementwise(_APPLY[node.function], arguments, node)
    if not first.dims:
        raise ExpressionError(f"{shown(node):.60}: {shown(node.arguments[0]):.60} is a number already, not an array")
    if node.function == "row_norms":
        if len(first.dims) != 2:
            raise ExpressionError(f"{shown(node):.60}: row_norms takes a matrix; use norm for {first.kind}")
        return Term(first.dims[:1], lambda view: view.ops.norm(first.value(view)))
    reduction, rank = _REDUCTIONS[node.function], len(first.dims)
    return Term((), lambda view: reduction(view.ops, _checked(first.value(view), rank), rank))


def _checked(value: Any, rank: int) -> Any:
    if 0 in value.shape[-rank:]:
        raise ArithmeticError("an array is empty here")
    return value


def _along(once: Callable[[Any], Any], value: Any, rank: int) -> Any:
    for _ in range(rank):
        value = once(value)
    return value


def _sum(ops: Ops, value: Any, rank: int) -> Any:
    return _along(ops.sum, value, rank)


def _mean(ops: Ops, value: Any, rank: int) -> Any:
    return _along(ops.mean, value, rank)


def _max(ops: Ops, value: Any, rank: int) -> Any:
    return _along(ops.max, value, rank)


def _min(ops: Ops, value: Any, rank: int) -> Any:
    return -_max(ops, -value, rank)


def _norm(ops: Ops, value: Any, rank: int) -> Any:
    return ops.sqrt(_sum(ops, value * value, rank))


_REDUCTIONS: dict[str, Callable[[Ops, Any, int], Any]] = {
    "sum": _sum, "mean": _mean, "max": _max, "min": _min, "norm": _norm,
}  # fmt: skip


def _array(ops: Ops, value: Any) -> Any:
    """Float constants of a batch as tensors; all else as it is."""
    return ops.array(value) if isinstance(value, float) else value


def _abs(ops: Ops, value: Any) -> Any:
    return ops.abs(_array(ops, value))


def _sqrt(ops: Ops, value: Any) -> Any:
    """Square root, undefined below 0: exact views raise, batches give NaN, certified rows are not certified."""
    value = _array(ops, value)
    if isinstance(ops, CertifiedOps):
        _flag_negative(ops, value)
        return ops.sqrt(value)
    root = ops.sqrt(value)
    if ops.name == "torch":
        import torch

        root = torch.where(value < 0, torch.full_like(root, float("nan")), root)
    return root


def _flag_negative(ops: CertifiedOps, value: CertifiedArray) -> None:
    count = len(ops.unsafe)
    below = np.asarray(~(value.mid >= value.rad))
    ops.unsafe |= np.broadcast_to(below, (count, *below.shape[1:])).reshape(count, -1).any(axis=1)


def _power(ops: Ops, value: Any, exponent: int) -> Any:
    """value**exponent, exponent >= 1; certified floats multiply, their powers carry no bound."""
    if not isinstance(value, CertifiedArray):
        return value**exponent
    result: Any = None
    while exponent:
        if exponent & 1:
            result = value if result is None else result * value
        value, exponent = value * value, exponent >> 1
    return result
