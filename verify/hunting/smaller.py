"""A second, smaller search: a counterexample that does not reduce to a small one may not be the place to start from.

Reductions go down from what was found. A network found near a supremum on five data seldom reduces to the two atoms
that attain it; a search among small networks finds those at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from refutable.strategies.supply import Size
from refutable.theorems.instances import Instance
from refutable.verify.hunting.judge import Judge
from refutable.verify.hunting.methods.ascend import ascend
from refutable.verify.hunting.methods.drawn import drawn
from refutable.verify.hunting.results import Options
from refutable.verify.hunting.search import Step, prepare
from refutable.verify.hunting.target import Target
from refutable.verify.keeping.sizes import sizes
from refutable.verify.shrink import Shrunk, simpler, size

LADDER = (Size(1, 2, 1), Size(2, 2, 1), Size(3, 3, 2))
EACH = 14_000
"""Evaluations on each step of the ladder."""
SECONDS = 3.0
"""After that no further step is begun where the hunt runs by the clock."""
MOST = 3
"""Parts of each kind, and digits of each number, that a counterexample should have at most."""
LONG_DIGITS = 3
"""Where `shrink.size` counts digits beyond three."""
NOTHING = Step(EACH)


def is_small(target: Target, instance: Instance) -> bool:
    """At most three parts of each kind and three digits a number."""
    parts = sizes(target.claim.domain, instance).values()
    return max(parts, default=0) <= MOST and size(instance)[LONG_DIGITS] == 0


def smaller(
    target: Target,
    options: Options,
    shrunk: Shrunk,
    reduce: Callable[[Instance], Shrunk],
    on_progress: Callable[[Instance], None],
) -> Shrunk:
    """The simplest of ``shrunk`` and of what searches among smaller instances find, each reduced.

    Args:
        reduce: makes one instance small.
        on_progress: called with each instance that is simpler than all before.
    """
    best, start = shrunk, time.perf_counter()
    for step in LADDER:
        late = options.evaluations is None and time.perf_counter() - start > SECONDS
        if late or is_small(target, best.instance):
            return best
        found = _found(target, replace(options, size=step))
        if found is not None:
            candidate = reduce(found)
            if simpler(candidate.instance, best.instance):
                best = candidate
                on_progress(best.instance)
    return best


def _found(target: Target, options: Options) -> Instance | None:
    """A substantive counterexample among instances of one size, in a few steps: ascent, or draws without floats."""
    judge = Judge(target.claim)
    search = prepare(target, options, judge, None)
    steps, spent = (drawn if search.objective is None else ascend)(search), 0
    while spent < EACH and not search.found:
        spent += max(1, next(steps, NOTHING).evaluations)
    return None if judge.best is None else judge.best.instance
