"""What became of a group of processes."""

from __future__ import annotations

import os
import time


def gone(group: int) -> bool:
    """Whether a process group ends within a few seconds (the tracker of resources takes a moment)."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
