"""Comparisons written as a difference, a - b <= 0, as a <= b: the same truth, with sides that can be compared in size.

Hunts and the frontier go by the ratio of the sides, and nothing has a ratio to 0.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from flint import fmpq

from refutable.verify.userclaims.grammar import Comparison, Node, Number, Operation

Signed = tuple[bool, Node]
"""Whether a term is subtracted, and the term."""
ZERO = fmpq(0)


def balanced(comparison: Comparison) -> Comparison:
    """The comparison with subtracted terms on the other side, where its smaller side is no sum of added terms.

    That is a side that is a number up to 0, or a smaller side with something subtracted. A bound such as
    a <= 1/b - 1 stays as it is. The text is the same.
    """
    left, right = _terms(comparison.left), _terms(comparison.right)
    smaller = right if comparison.operator in (">=", ">") else left
    empty = any(isinstance(n, Number) and n.value <= 0 for n in (comparison.left, comparison.right))
    split = comparison.operator != "==" and any(subtracted for subtracted, _ in smaller)
    if not (empty or split):
        return comparison
    return replace(
        comparison,
        left=_sum([*_part(left, False), *_part(right, True)]),
        right=_sum([*_part(right, False), *_part(left, True)]),
    )


def _part(terms: list[Signed], subtracted: bool) -> list[Node]:
    return [term for sign, term in terms if sign == subtracted and term != Number(ZERO)]


def _sum(terms: list[Node]) -> Node:
    return reduce(lambda a, b: Operation("+", (a, b)), terms) if terms else Number(ZERO)


def _terms(node: Node, subtracted: bool = False) -> list[Signed]:
    """The terms of a sum, in order, each with its sign and without brackets around sums."""
    if isinstance(node, Operation) and node.symbol in "+-":
        *before, last = node.arguments
        found = [signed for argument in before for signed in _terms(argument, subtracted)]
        return [*found, *_terms(last, subtracted != (node.symbol == "-"))]
    negative, plain = _unsigned(node)
    return [(subtracted != negative, plain)]


def _unsigned(node: Node) -> Signed:
    """A product or number with the signs of its factors in front of it."""
    if isinstance(node, Number) and node.value < 0:
        return True, Number(-node.value)
    if isinstance(node, Operation) and node.symbol == "-" and len(node.arguments) == 1:
        negative, plain = _unsigned(node.arguments[0])
        return not negative, plain
    if isinstance(node, Operation) and node.symbol in "*/":
        signed = [_unsigned(argument) for argument in node.arguments]
        plain = Operation(node.symbol, tuple(factor for _, factor in signed))
        return sum(negative for negative, _ in signed) % 2 == 1, plain
    return False, node
