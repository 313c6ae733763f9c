"""Drawing instances with Hypothesis until enough were decided, without its database, clock or shrinking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from refutable.theorems.instances import Instance
from refutable.verify.repeatable import by_seed_alone
from refutable.verify.tally import Tally

ROUNDS = 4
# Asked beyond what is wanted, for vacuous and repeated draws.
MARGIN = 1.2


class _Stop(Exception):
    """Ends a run of Hypothesis: something was found, or enough was seen."""


def draw(
    strategy: SearchStrategy[Instance], look: Callable[[Instance], bool], tally: Tally, wanted: int, start: int
) -> None:
    """Show distinct drawn instances to ``look`` until ``tally`` has ``wanted`` decided ones or look says stop.

    Args:
        look: decides one instance and adds it to the tally; True stops.
        start: seed; a further round, when one was not enough, continues with another.
    """
    seen: set[Instance] = set()
    for extra in range(ROUNDS):
        missing = wanted - tally.decided
        if missing <= 0 or tally.found is not None:
            return
        _round(strategy, look, tally, seen, wanted, int(missing * MARGIN) + 2, start * ROUNDS + extra)


def _round(
    strategy: SearchStrategy[Instance],
    look: Callable[[Instance], bool],
    tally: Tally,
    seen: set[Instance],
    wanted: int,
    examples: int,
    number: int,
) -> None:
    stopped = False
    broken: Exception | None = None

    def body(instance: Instance) -> None:
        nonlocal stopped, broken
        if not stopped and instance not in seen and tally.decided < wanted:
            seen.add(instance)
            try:
                stopped = look(instance)
            except Exception as error:  # Hypothesis would try it again and call it flaky
                error.add_note(f"on the drawn instance {instance!r}")
                stopped, broken = True, error
        if stopped:
            raise _Stop

    try:
        with by_seed_alone():
            seed(number)(quiet(examples)(given(strategy)(body)))()
    except _Stop:
        if broken is not None:
            raise broken from None


def quiet(examples: int) -> Callable[[Any], Any]:
    """Hypothesis settings of every run: generate only, no database, no deadline, no health checks."""
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
