"""A network as a person would write it down."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flint import fmpq

from refutable.theorems.exact import text
from refutable.theorems.instances import Instance


def describe(instance: Instance) -> list[str]:
    """Lines: the function, the data, labels, step size."""
    y = instance["y"]
    data = grouped_text(instance["x"]) if y is None else rows_text(instance["x"])
    lines = [f"f(x) = {function_text(instance)}", f"x = {data}"]
    lines.append("y = f(x)" if y is None else f"y = {', '.join(text(v) for v in y)}")
    frozen = instance["frozen"]
    if frozen:
        lines.append(f"not trained: {', '.join(sorted(frozen))}")
    if instance["b2"] is None:
        lines.append("no output bias")
    if instance["step_size"] is not None:
        lines.append(f"step size = {text(instance['step_size'])}")
    if instance["batch_size"] is not None:
        lines.append(f"batch size = {instance['batch_size']}")
    return lines


def function_text(instance: Instance) -> str:
    """The network as a sum of ReLUs: 3 relu(5 x) + 3 relu(-5 x). From its fields w1, b1, w2, and b2 if it has one."""
    out = ""
    for row, b, w in zip(instance["w1"], instance["b1"], instance["w2"], strict=True):
        out = _append(out, w, f"relu({affine_text(row, b)})")
    b2 = instance.values.get("b2")
    return out if b2 is None or b2 == 0 else _append(out, b2, "")


def term_text(coefficient: fmpq, factor: str) -> str:
    """One term: 3 relu(x), -relu(x)."""
    return _append("", coefficient, factor)


def _append(out: str, coefficient: fmpq, factor: str) -> str:
    magnitude = "" if factor and abs(coefficient) == 1 else text(abs(coefficient))
    term = f"{magnitude} {factor}".strip()
    if not out:
        return f"-{term}" if coefficient < 0 else term
    return f"{out} {'-' if coefficient < 0 else '+'} {term}"


def affine_text(row: Any, b: fmpq) -> str:
    """An affine function: 2 x1 - x2 + 1/2."""
    names = ["x"] if len(row) == 1 else [f"x{c + 1}" for c in range(len(row))]
    out = ""
    for value, name in zip(row, names, strict=True):
        if value != 0:
            out = _append(out, value, name)
    if b != 0 or not out:
        out = _append(out, b, "")
    return out


def rows_text(rows: Any) -> str:
    """Data points: -3/4, 3/4 for d = 1; (1, 0), (0, 1) otherwise."""
    return ", ".join(_points(rows))


def grouped_text(rows: Any) -> str:
    """Data points as `rows_text`, equal ones once where some stand there more than twice: 0 (12 times), -2."""
    counts = Counter(_points(rows))
    if max(counts.values()) <= 2:
        return rows_text(rows)
    return ", ".join(point if count == 1 else f"{point} ({count} times)" for point, count in counts.items())


def _points(rows: Any) -> list[str]:
    return [text(row[0]) if len(row) == 1 else f"({', '.join(text(v) for v in row)})" for row in rows]
