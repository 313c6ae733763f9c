"""All measurements, in the order in which they are made."""

from __future__ import annotations

from refutable.verify.bench.false_alarms import FALSE_ALARMS
from refutable.verify.bench.frontier import FRONTIER
from refutable.verify.bench.jobs import Part
from refutable.verify.bench.power import POWER
from refutable.verify.bench.resolution import RESOLUTION
from refutable.verify.bench.side_by_side import SIDE_BY_SIDE

PARTS: dict[str, Part] = {part.id: part for part in (POWER, RESOLUTION, FRONTIER, SIDE_BY_SIDE, FALSE_ALARMS)}
"""By id."""
