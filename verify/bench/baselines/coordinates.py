"""Float rows as points of one vector space, which optimisers without gradients ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

import torch
from torch import Tensor

from refutable.verify.hunting.objective import Objective, Rows, rows_in
from refutable.verify.hunting.rows import is_float

Kind = Literal["plain", "logarithm", "factor"]


@dataclass(frozen=True)
class Piece:
    """Some coordinates: one tensor of a field (``position`` in a list of tensors), and how it is written.

    Attributes:
        kind: the numbers; their logarithms where they must be positive; or F of F F^T, where every matrix is
            symmetric and positive semidefinite.
    """

    name: str
    position: int | None
    shape: tuple[int, ...]
    kind: Kind

    @property
    def length(self) -> int:
        """How many coordinates."""
        return prod(self.shape)


class Coordinates:
    """The fields of a batch that matter to a claim, as vectors.

    Args:
        rows: a batch as `Supply.batch` gives it, of two rows or more; its sizes are those of all points.
    """

    def __init__(self, objective: Objective, rows: Rows) -> None:
        positive = {f.name for f in objective.claim.domain.fields if f.positive}
        self._rows = rows
        names = [name for name, value in rows.items() if is_float(value) and _matters(objective, rows, name)]
        self.pieces = [
            Piece(name, position, tuple(part.shape[1:]), _kind(part, name in positive))
            for name in names
            for position, part in _parts(rows[name])
        ]
        self.length = sum(piece.length for piece in self.pieces)

    def points(self, rows: Rows) -> Tensor:
        """Vectors [B, length] of a batch of the same sizes."""
        count = rows_in(rows)
        return torch.cat([_written(_part(rows, p), p).reshape(count, -1) for p in self.pieces], dim=1)

    def rows(self, points: Tensor) -> Rows:
        """The batch that vectors [B, length] stand for; what does not matter is the first row's."""
        count = len(points)
        out: Rows = {name: _first(value, count) for name, value in self._rows.items()}
        columns = torch.split(points, [piece.length for piece in self.pieces], dim=1)
        for piece, numbers in zip(self.pieces, columns, strict=True):
            value = _read(numbers.reshape(count, *piece.shape), piece)
            if piece.position is None:
                out[piece.name] = value
            else:
                out[piece.name] = _put(out[piece.name], piece.position, value)
        return out


def _parts(value: Any) -> Iterator[tuple[int | None, Tensor]]:
    if isinstance(value, Tensor):
        yield None, value
    else:
        yield from enumerate(value)


def _part(rows: Rows, piece: Piece) -> Tensor:
    value = rows[piece.name]
    found: Tensor = value if piece.position is None else value[piece.position]
    return found


def _put(parts: Any, position: int, value: Tensor) -> tuple[Tensor, ...]:
    return (*parts[:position], value, *parts[position + 1 :])


def _first(value: Any, count: int) -> Any:
    if not is_float(value):
        return value
    if isinstance(value, Tensor):
        return value[:1].expand(count, *value.shape[1:])
    return tuple(_first(part, count) for part in value)


def _matters(objective: Objective, rows: Rows, name: str) -> bool:
    """Whether a field still shows once the assumptions are enforced: an enforced step size does not."""
    shaken = {**rows, name: _shaken(rows[name])}
    before, after = objective.numbers(rows)[name], objective.numbers(shaken)[name]
    return any(not torch.equal(a, b) for (_, a), (_, b) in zip(_parts(before), _parts(after), strict=True))


def _shaken(value: Any) -> Any:
    if not isinstance(value, Tensor):
        return tuple(_shaken(part) for part in value)
    factors = torch.linspace(1.25, 1.75, max(value.numel(), 1), dtype=value.dtype)[: value.numel()]
    return value * factors.reshape(value.shape) + (0 if bool((value > 0).all()) else 0.125)


def is_symmetric(part: Tensor) -> bool:
    """Whether a tensor [B, ..., p, p] holds symmetric matrices, larger than 1 x 1, in every row."""
    square = part.ndim >= 3 and part.shape[-1] == part.shape[-2] > 1
    return square and torch.equal(part, part.transpose(-1, -2))


def _kind(part: Tensor, positive: bool) -> Kind:
    if positive:
        return "logarithm"
    if is_symmetric(part):
        least = torch.linalg.eigvalsh(part)[..., 0]
        if bool((least > -1e-9 * (1 + part.abs().amax(dim=(-1, -2)))).all()):
            return "factor"
    return "plain"


def _written(part: Tensor, piece: Piece) -> Tensor:
    if piece.kind == "logarithm":
        return part.log()
    if piece.kind == "factor":
        values, vectors = torch.linalg.eigh(part)
        factor: Tensor = vectors * values.clamp(min=0).sqrt()[..., None, :]
        return factor
    return part


def _read(numbers: Tensor, piece: Piece) -> Tensor:
    if piece.kind == "logarithm":
        return numbers.exp()
    if piece.kind == "factor":
        product: Tensor = numbers @ numbers.transpose(-1, -2)
        return (product + product.transpose(-1, -2)) / 2
    return numbers
