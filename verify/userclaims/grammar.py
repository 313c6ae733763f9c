"""The text of a claim, read into a small tree: comparisons of arithmetic over names, nothing else.

The text is parsed, never run. Every number is exact as written: 0.1 means 1/10, not the float nearest to it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from flint import fmpq

from refutable.theorems.exact import rational, text
from refutable.theorems.exact.rationals import NumberError
from refutable.verify.reading import ReadError

MAX_LENGTH = 2000
MAX_DEPTH = 60
MAX_EXPONENT = 64
MAX_DEGREE = 256
LARGEST = fmpq(10) ** 300
FUNCTIONS = ("abs", "sqrt", "min", "max", "sum", "mean", "norm", "row_norms")

Operator = Literal["<=", "<", ">=", ">", "=="]


class ExpressionError(ReadError):
    """An expression that states no claim: one line, what is wrong and what to write instead."""


@dataclass(frozen=True)
class Number:
    """An exact constant."""

    value: fmpq


@dataclass(frozen=True)
class Name:
    """A field, a quantity or a size."""

    name: str


@dataclass(frozen=True)
class Operation:
    """``symbol`` is one of + - * /; a single argument with - is the opposite."""

    symbol: str
    arguments: tuple[Node, ...]

    @cached_property
    def degree(self) -> int:
        """See `degree`; counted once, as the parts of a long sum are asked again with each summand."""
        degrees = map(degree, self.arguments)
        return sum(degrees) if self.symbol in "*/" else max(degrees)


@dataclass(frozen=True)
class Power:
    """A whole power, 1 <= exponent <= 64."""

    base: Node
    exponent: int

    @cached_property
    def degree(self) -> int:
        """See `degree`."""
        return degree(self.base) * self.exponent


@dataclass(frozen=True)
class Call:
    """A function of `FUNCTIONS`."""

    function: str
    arguments: tuple[Node, ...]

    @cached_property
    def degree(self) -> int:
        """See `degree`."""
        return max(map(degree, self.arguments))


@dataclass(frozen=True)
class Comparison:
    """Two sides and what is claimed between them; ``text`` is how it was written."""

    left: Node
    operator: Operator
    right: Node
    text: str


Node: TypeAlias = Number | Name | Operation | Power | Call

_COMPARES: dict[type[ast.cmpop], Operator] = {
    ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">", ast.Eq: "==",
}  # fmt: skip
_BINARY: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_FOLD: dict[str, Callable[[fmpq, fmpq], fmpq]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
}  # fmt: skip
_INSTEAD: dict[type[ast.AST], str] = {
    ast.BitXor: "^ is no power here: write x**2",
    ast.BitOr: "write abs(x) for |x|, and norm(x) for the length of a vector",
    ast.FloorDiv: "// is not offered: write / for the exact quotient",
    ast.Mod: "% is not offered",
    ast.NotEq: "a claim says <=, <, >=, > or ==; != is not offered",
    ast.Or: "'or' is not offered: a claim holds as a whole; write a claim for each case",
    ast.Not: "'not' is not offered: write the opposite comparison",
}


def normal(written: str) -> str:
    """The text with single blanks, and the signs of keyboards for those of print."""
    for sign, plain in (("≤", "<="), ("≥", ">="), ("−", "-"), ("·", "*"), ("×", "*")):
        written = written.replace(sign, plain)
    return " ".join(written.split())


def parse(written: str) -> tuple[Comparison, ...]:
    """The comparisons of a claim: ``a <= b``, a chain ``a <= b <= c``, or several joined by ``and``.

    Raises:
        ExpressionError: empty, too long or too deep, no comparison, or anything but arithmetic.
    """
    source = normal(written)
    tree = _tree(source)
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    reader = _Reader(source)
    return tuple(comparison for part in parts for comparison in reader.comparisons(part))


def parse_formula(written: str) -> Node:
    """One side alone, such as ``norm(loss_gradient)``. Raises ExpressionError as `parse`."""
    source = normal(written)
    return _Reader(source).node(_tree(source))


def _tree(source: str) -> ast.expr:
    if not source:
        raise ExpressionError("the expression is empty; write a comparison such as 'stability_norm <= 1/step_size - 1'")
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(source)} characters; at most {MAX_LENGTH} are read")
    if "#" in source:
        raise ExpressionError("the expression holds a '#'; leave comments out")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's hints about its own syntax, such as "1or 2"
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as problem:
        raise ExpressionError(_syntax(source, problem)) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError("the expression cannot be read: nested too deeply, or odd characters") from None
    _refuse_depth(tree)
    return tree


def _syntax(source: str, problem: SyntaxError) -> str:
    lone = "=" in source.replace("<=", "").replace(">=", "").replace("==", "").replace("!=", "")
    hint = "; write == for equality" if lone else ""
    place = f" at column {problem.offset}" if problem.offset else ""
    return f"not an expression: {problem.msg}{place}{hint}"


def _refuse_depth(tree: ast.AST) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > 2 * MAX_DEPTH:
            raise ExpressionError(f"the expression is nested too deeply; at most about {MAX_DEPTH} levels are read")
        level = [child for node in level for child in ast.iter_child_nodes(node)]


class _Reader:
    """Turns Python's syntax tree of one text into nodes; refuses everything not listed here."""

    def __init__(self, source: str) -> None:
        self._source = source

    def comparisons(self, tree: ast.expr) -> list[Comparison]:
        if not isinstance(tree, ast.Compare):
            raise ExpressionError(f"{self._quote(tree)} is no comparison; {self._advice(tree, 'write a <= b')}")
        for sign in tree.ops:
            if type(sign) not in _COMPARES:
                raise ExpressionError(_INSTEAD.get(type(sign), "a claim compares numbers by <=, <, >=, > or =="))
        sides = [tree.left, *tree.comparators]
        nodes = [self.node(side) for side in sides]
        found = []
        for i, sign in enumerate(tree.ops):
            operator = _COMPARES[type(sign)]
            if isinstance(nodes[i], Number) and isinstance(nodes[i + 1], Number):
                raise ExpressionError(f"{self._quote(tree)} compares two constants; name a quantity")
            written = f"{self._segment(sides[i])} {operator} {self._segment(sides[i + 1])}"
            found.append(Comparison(nodes[i], operator, nodes[i + 1], written))
        return found

    def node(self, tree: ast.expr) -> Node:
        if isinstance(tree, ast.Constant):
            return self._number(tree)
        if isinstance(tree, ast.Name):
            return Name(tree.id)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub | ast.UAdd):
            inner = self.node(tree.operand)
            return inner if isinstance(tree.op, ast.UAdd) else _opposite(inner)
        if isinstance(tree, ast.BinOp):
            return self._binary(tree)
        if isinstance(tree, ast.Call):
            return self._call(tree)
        raise ExpressionError(f"{self._quote(tree)} is not arithmetic; {self._advice(tree)}")

    def _number(self, tree: ast.Constant) -> Number:
        if isinstance(tree.value, bool) or not isinstance(tree.value, int | float):
            raise ExpressionError(f"{self._quote(tree)} is no number; write an integer, a decimal or a fraction")
        written = str(tree.value) if isinstance(tree.value, int) else self._segment(tree).replace("_", "")
        try:
            return self._bounded(rational(written), tree)
        except NumberError as problem:
            raise ExpressionError(str(problem)) from None

    def _bounded(self, value: fmpq, tree: ast.expr) -> Number:
        if value != 0 and not 1 / LARGEST <= abs(value) <= LARGEST:
            raise ExpressionError(f"{self._quote(tree)} is beyond 1e-300 to 1e300; scale the claim")
        return Number(value)

    def _binary(self, tree: ast.BinOp) -> Node:
        if isinstance(tree.op, ast.Pow):
            return self._power(tree)
        symbol = _BINARY.get(type(tree.op))
        if symbol is None:
            raise ExpressionError(f"{self._quote(tree)}: {self._advice(tree)}")
        left, right = self.node(tree.left), self.node(tree.right)
        if symbol == "/" and isinstance(right, Number) and right.value == 0:
            raise ExpressionError(f"{self._quote(tree)} divides by zero")
        if isinstance(left, Number) and isinstance(right, Number):
            return self._bounded(_FOLD[symbol](left.value, right.value), tree)
        return self._of_small_degree(Operation(symbol, (left, right)), tree)

    def _power(self, tree: ast.BinOp) -> Node:
        base, exponent = self.node(tree.left), self.node(tree.right)
        if not isinstance(exponent, Number) or exponent.value.q != 1 or not 0 <= exponent.value <= MAX_EXPONENT:
            raise ExpressionError(
                f"{self._quote(tree)}: powers are whole numbers from 0 to {MAX_EXPONENT}; write sqrt(x) for a root "
                "and 1/x**2 for a negative power"
            )
        e = int(exponent.value.p)
        if e == 0:
            return Number(fmpq(1))
        if isinstance(base, Number):
            return self._bounded(base.value**e, tree)
        return base if e == 1 else self._of_small_degree(Power(base, e), tree)

    def _of_small_degree(self, node: Node, tree: ast.expr) -> Node:
        if degree(node) > MAX_DEGREE:
            raise ExpressionError(f"{self._quote(tree)} is of degree above {MAX_DEGREE}; exact numbers grow with it")
        return node

    def _call(self, tree: ast.Call) -> Node:
        if not isinstance(tree.func, ast.Name) or tree.func.id not in FUNCTIONS:
            raise ExpressionError(f"{self._quote(tree.func)} is no function here; functions: {', '.join(FUNCTIONS)}")
        if tree.keywords or any(isinstance(a, ast.Starred) for a in tree.args):
            raise ExpressionError(f"{self._quote(tree)}: write plain arguments, {tree.func.id}(x)")
        arguments = tuple(self.node(a) for a in tree.args)
        several = tree.func.id in ("min", "max")
        if not arguments or (len(arguments) > 1 and not several):
            wanted = "at least one argument" if several else "exactly one argument"
            raise ExpressionError(f"{self._quote(tree)}: {tree.func.id} takes {wanted}")
        return self._of_small_degree(Call(tree.func.id, arguments), tree)

    def _segment(self, tree: ast.expr) -> str:
        return ast.get_source_segment(self._source, tree) or "?"

    def _quote(self, tree: ast.expr) -> str:
        segment = self._segment(tree)
        return repr(segment if len(segment) <= 60 else segment[:57] + "...")

    def _advice(self, tree: ast.expr, otherwise: str = "") -> str:
        sign: ast.AST = getattr(tree, "op", tree)
        offered = f"offered are + - * /, whole powers **, and {', '.join(FUNCTIONS)}"
        return _INSTEAD.get(type(sign), otherwise or offered)


def _opposite(node: Node) -> Node:
    return Number(-node.value) if isinstance(node, Number) else Operation("-", (node,))


def degree(node: Node) -> int:
    """How fast exact numbers grow: the degree of the expression in its names."""
    if isinstance(node, Number):
        return 0
    return 1 if isinstance(node, Name) else node.degree


def shown(node: Node) -> str:
    """The formula as text again, fully bracketed where needed to be read the same way."""
    if isinstance(node, Number):
        return text(node.value) if node.value.q == 1 and node.value >= 0 else f"({text(node.value)})"
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Power):
        return f"{shown(node.base)}**{node.exponent}"
    if isinstance(node, Call):
        return f"{node.function}({', '.join(shown(a) for a in node.arguments)})"
    if len(node.arguments) == 1:
        return f"(-{shown(node.arguments[0])})"
    return f"({shown(node.arguments[0])} {node.symbol} {shown(node.arguments[1])})"
