"""Count the regions of one's own network: where it is linear, and where its sign is constant, between the data.

On a segment between two data, and on the triangle between three, the pieces of one hidden layer of ReLUs are found
exactly: float weights are exact rationals, and no grid is laid.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flint import fmpq

from refutable.strategies.regions.counting import Chosen, Counts, PlaneCount, SegmentCount, counted
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import NumberError, rational, text
from refutable.theorems.instances import Instance, InstanceError

if TYPE_CHECKING:
    import torch

PARAMETERS = ("w1", "b1", "w2", "b2")
Row = tuple[str, str, str, str, str]
HEADER: Row = ("", "of", "mean", "median", "most")


@dataclass(frozen=True)
class RegionReport:
    """What `regions` found. ``print(report)`` reads it; ``to_dict()`` is JSON-ready; ``picture(path)`` draws d = 2.

    Attributes:
        instance: the network with its data.
        level: decision regions are those of the sign of f - level.
        counts: every segment and triangle that was looked at.
    """

    instance: Instance
    level: fmpq
    counts: Counts

    @property
    def segments(self) -> tuple[SegmentCount, ...]:
        """Regions on segments between two data."""
        return self.counts.segments

    @property
    def planes(self) -> tuple[PlaneCount, ...]:
        """Regions on triangles between three data."""
        return self.counts.planes

    @property
    def mean_decision_regions(self) -> float | None:
        """On segments; None where there are none."""
        return statistics.fmean(one.decision for one in self.segments) if self.segments else None

    @property
    def mean_linear_regions(self) -> float | None:
        """On segments; None where there are none."""
        return statistics.fmean(one.linear for one in self.segments) if self.segments else None

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready document."""
        (k, d), n = self.instance["w1"].shape, len(self.instance["x"])
        return {
            "neurons": k,
            "inputs": d,
            "samples": n,
            "level": text(self.level),
            "pairs": self.counts.pairs,
            "segments": [asdict(one) for one in self.segments],
            "planes": [asdict(one) for one in self.planes],
            "planes_left_out": self.counts.planes_left_out,
            "summary": [
                {"what": name, "count": len(values), "mean": statistics.fmean(values), "most": max(values)}
                for name, values in _groups(self)
            ],
        }

    def picture(self, path: str | Path) -> Path:
        """Draw the regions of a network with two inputs to an SVG file.

        Raises:
            ValueError: another number of inputs, too many neurons, or another suffix.
            OSError: the file cannot be written.
        """
        from refutable.verify.region_picture import draw

        return draw(self.instance, self.level, Path(path))


def regions(
    model: torch.nn.Module | Mapping[str, Any] | Instance,
    x: Any = None,
    y: Any = None,
    *,
    level: float | str | Fraction = 0,
    pairs: int = 1000,
    planes: int = 20,
    seed: int = 0,
) -> RegionReport:
    """Count the linear and the decision regions of a network with one hidden layer between its data, exactly.

    Args:
        model: a ``Sequential(Linear(d, k), ReLU(), Linear(k, 1))``, float32 or float64; a mapping with its ``w1``
            [k, d], ``b1`` [k], ``w2`` [k] and ``b2``; or an instance, which has its own data.
        x: inputs [n, d], or [n] for d = 1 (tensor, array or lists).
        y: labels [n] or [n, 1]; only their side of the level is used, to tell pairs of one class from others.
        level: decision regions are those of the sign of f - level: 0 for labels -1 and 1, 1/2 for 0 and 1.
        pairs: segments at most; of more, so many are drawn.
        planes: triangles between three data at most, drawn; none for d = 1.
        seed: of what is drawn.

    Raises:
        InstanceError: a model of another shape, NaN or infinite numbers, empty or ragged data, a bad level.
        ValueError: negative numbers of pairs or planes.
    """
    instance = _instance(model, x, y)
    height = _level(level)
    return RegionReport(instance, height, counted(instance, Chosen(pairs, planes, height, seed)))


def _instance(model: Any, x: Any, y: Any) -> Instance:
    from refutable.models import column, rows
    from refutable.theorems.domains.shallow_relu.conversion import from_sequential

    if isinstance(model, Instance):
        if model.domain != SHALLOW_RELU.id:
            raise InstanceError(f"regions are counted of shallow networks; this is a {model.domain} instance")
        if x is not None or y is not None:
            raise InstanceError("an instance has its own data; give x and y with a model or a mapping only")
        return model
    if x is None:
        raise InstanceError("x is missing; pass the inputs between which regions are counted")
    data = {"x": rows(x), "y": None if y is None else column(y)}
    if isinstance(model, Mapping):
        return SHALLOW_RELU.instance(**_parameters(model), **data)
    raw = from_sequential(model)
    return SHALLOW_RELU.instance(**{name: raw[name] for name in PARAMETERS}, **data)


def _parameters(model: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(str(name) for name in set(model) - set(PARAMETERS))
    missing = sorted({"w1", "b1", "w2"} - set(model))
    if unknown or missing:
        wrong = [f"{word} {', '.join(names)}" for word, names in (("unknown", unknown), ("missing", missing)) if names]
        raise InstanceError(f"a network is a mapping of w1, b1, w2 and b2: {'; '.join(wrong)}")
    return {name: _plain(model[name]) for name in model}


def _plain(values: Any) -> Any:
    """Tensors and arrays as nested lists."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return values.tolist() if hasattr(values, "tolist") else values


def _level(written: Any) -> fmpq:
    try:
        return rational(_plain(written), "level")
    except NumberError as problem:
        raise InstanceError(str(problem)) from None


def _groups(report: RegionReport) -> list[tuple[str, list[int]]]:
    """Counts by what they are of, in the order of the table; no empty ones."""
    segments, planes = report.segments, report.planes
    groups = [
        ("decision regions on segments", [one.decision for one in segments]),
        ("  between data of one class", [one.decision for one in segments if one.same is True]),
        ("  between data of two classes", [one.decision for one in segments if one.same is False]),
        ("  bound 2 + A_k + A_l", [2 + sum(one.active) for one in segments]),
        ("linear regions on segments", [one.linear for one in segments]),
        ("decision regions on planes", [one.decision for one in planes]),
        ("linear regions on planes", [one.linear for one in planes]),
    ]
    return [(name, values) for name, values in groups if values]


def _lines(report: RegionReport) -> list[str]:
    (k, d), n = report.instance["w1"].shape, len(report.instance["x"])
    sign = "f" if report.level == 0 else f"f - {text(report.level)}"
    rows = [HEADER, *(_row(name, values) for name, values in _groups(report))]
    lines = [
        f"shallow ReLU network: {k} neurons, {d} input{'s' if d > 1 else ''}, {n} data; decisions: the sign of {sign}",
        "",
        *_aligned(rows),
        "",
        _looked_at(report.counts),
    ]
    if report.counts.planes_left_out:
        lines.append(f"planes left out: {report.counts.planes_left_out}")
    return lines + _hint(report)


def _hint(report: RegionReport) -> list[str]:
    """Where labels are two numbers on one side of the level, such as 0 and 1 of 0: a level between them."""
    labels = sorted(set() if report.instance["y"] is None else set(report.instance["y"]))
    if len(labels) != 2 or not (labels[0] >= report.level or labels[1] <= report.level):
        return []
    low, high = labels
    return [f"labels {text(low)} and {text(high)}: level={text((low + high) / 2)} moves the decision between them"]


def _looked_at(counts: Counts) -> str:
    shown, planes = len(counts.segments), len(counts.planes)
    some = f"{shown:,} of {counts.pairs:,} segments, drawn" if shown < counts.pairs else f"all segments ({shown:,})"
    triangles = f", and on {planes} triangle{'s' if planes > 1 else ''} of data" if planes else ""
    return f"counted exactly on {some}{triangles}"


def _row(name: str, values: list[int]) -> Row:
    return (
        name,
        f"{len(values):,}",
        f"{statistics.fmean(values):.3f}",
        f"{statistics.median(values):g}",
        str(max(values)),
    )


def _aligned(rows: Sequence[Row]) -> list[str]:
    widths = [max(len(row[c]) for row in rows) for c in range(len(HEADER))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
