"""The regions of a network with two inputs as a picture: cells of one activation pattern, coloured by the sign of f."""

from __future__ import annotations

from pathlib import Path

from flint import fmpq

from refutable.strategies.regions.drawing import Picture, pictured
from refutable.theorems.instances import Instance
from refutable.verify.keeping.whole_files import write_whole
from refutable.verify.report.svg import palette
from refutable.verify.report.text import escaped

SIDE, MARGIN, LINE = 420.0, 14.0, 18.0
STYLE = (
    ".regions{background:var(--paper);font:13px system-ui,sans-serif}.regions text{fill:var(--ink)}"
    ".above{fill:var(--right);fill-opacity:.28}.below{fill:var(--left);fill-opacity:.28}"
    ".cell{fill:none;stroke:var(--faint);stroke-width:.6}.border{stroke:var(--ink);stroke-width:2;fill:none}"
    ".datum{stroke:var(--ink);stroke-width:1.2}.datum.yes{fill:var(--right)}.datum.no{fill:var(--left)}"
    ".datum.none{fill:var(--paper)}"
)


def draw(instance: Instance, level: fmpq, path: Path) -> Path:
    """Write the picture as SVG; returns the path.

    Raises:
        ValueError: another suffix than .svg, another number of inputs than two, or too many neurons.
        OSError: the file cannot be written.
    """
    if path.suffix != ".svg":
        raise ValueError(f"the picture is an SVG file: {path.name!r:.60} must end in .svg")
    write_whole(path, svg(pictured(instance, level)))
    return path


def svg(picture: Picture) -> str:
    """The picture as a whole SVG document, for light and dark."""
    height = SIDE + 2 * MARGIN + 3 * LINE
    said = (
        f"{picture.decision} decision regions, {picture.linear} linear regions in the square",
        "orange: f above the level; blue: below; circles: data, filled by label",
    )
    width = SIDE + 2 * MARGIN
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" class="regions" role="img" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}"><title>Regions of a network</title><desc>{escaped(said[0])}</desc>'
        f"<style>{palette()}{STYLE}</style>",
        *(_polygon(part, "above") for part in picture.above),
        *(_polygon(part, "below") for part in picture.below),
        *(_polygon(cell, "cell") for cell in picture.cells),
        *(_border(one, other) for one, other in picture.border),
        *(_datum(x, side) for x, side in picture.data),
        *(
            f'<text x="{MARGIN:g}" y="{SIDE + 2 * MARGIN + (i + 1) * LINE - 4:g}">{escaped(line)}</text>'
            for i, line in enumerate((*said, picture.window))
        ),
        "</svg>\n",
    ]
    return "".join(parts)


def _at(where: tuple[float, float]) -> str:
    """A point of the unit square on the paper, y upwards."""
    return f"{MARGIN + where[0] * SIDE:.2f},{MARGIN + (1 - where[1]) * SIDE:.2f}"


def _polygon(corners: tuple[tuple[float, float], ...], kind: str) -> str:
    return f'<polygon class="{kind}" points="{" ".join(map(_at, corners))}"/>'


def _border(one: tuple[float, float], other: tuple[float, float]) -> str:
    return f'<path class="border" d="M{_at(one)}L{_at(other)}"/>'


def _datum(where: tuple[float, float], side: str) -> str:
    x, y = _at(where).split(",")
    return f'<circle class="datum {side}" cx="{x}" cy="{y}" r="4"/>'
