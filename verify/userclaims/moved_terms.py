"""An inequality with one term of its sums moved a little: moving it one way should make the claim false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flint import fmpq

from refutable.theorems.claims import Claim
from refutable.verify.userclaims.grammar import Comparison, Name, Node, Number, Operation, parse, shown
from refutable.verify.userclaims.paths import ExpressionClaim


def moved_terms(ref: ExpressionClaim, by: fmpq) -> list[tuple[str, tuple[Claim, Claim]]]:
    """For each term of a sum: what it is, and the claim with it times 1 + ``by`` and times 1 - ``by``.

    In ``sharpness >= 1 + 2*stability_norm`` the terms are 1 and 2*stability_norm. A side that is one name has none, as
    moving it moves the whole side, unless the other side has none either.
    """
    comparisons = parse(ref.expression)
    found = []
    for place, comparison in enumerate(comparisons):
        ups, downs = (_moves(comparison, factor) for factor in (1 + by, 1 - by))
        for (term, up), (_, down) in zip(ups, downs, strict=True):
            pair = _claim(ref, comparisons, place, up), _claim(ref, comparisons, place, down)
            found.append((f"the term {term} of {comparison.text}", pair))
    return found


def _claim(ref: ExpressionClaim, comparisons: tuple[Comparison, ...], place: int, moved: Comparison) -> Claim:
    parts = [moved if i == place else comparison for i, comparison in enumerate(comparisons)]
    written = " and ".join(f"{shown(c.left)} {c.operator} {shown(c.right)}" for c in parts)
    return replace(ref, expression=written).resolve()


def _moves(comparison: Comparison, factor: fmpq) -> list[tuple[str, Comparison]]:
    left = [(term, replace(comparison, left=moved)) for term, moved in _terms(comparison.left, factor)]
    right = [(term, replace(comparison, right=moved)) for term, moved in _terms(comparison.right, factor)]
    sums = [found for node, found in ((comparison.left, left), (comparison.right, right)) if not isinstance(node, Name)]
    return [move for found in sums for move in found] or [*left, *right]


def _terms(node: Node, factor: fmpq) -> Iterator[tuple[str, Node]]:
    """Each term that is not 0, with the sum in which it alone is multiplied."""
    if isinstance(node, Operation) and node.symbol in "+-":
        for i, argument in enumerate(node.arguments):
            for term, moved in _terms(argument, factor):
                yield term, replace(node, arguments=(*node.arguments[:i], moved, *node.arguments[i + 1 :]))
    elif isinstance(node, Number):
        if node.value != 0:
            yield shown(node), Number(node.value * factor)
    else:
        yield shown(node), Operation("*", (Number(factor), node))
