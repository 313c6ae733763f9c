"""Hypothesis alone: instances drawn from the domain's strategy, each decided exactly, with and without `target`."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings, target
from hypothesis.errors import Flaky

from refutable.theorems.instances import Instance
from refutable.verify.bench.baselines.trial import Finished, Trial
from refutable.verify.hunting.objective import HOPELESS
from refutable.verify.hunting.search import score_of
from refutable.verify.repeatable import by_seed_alone

EXAMPLES = 1000
"""Of one run; then another begins with another seed, so that `target` climbs again from elsewhere."""


def plain(trial: Trial) -> None:
    """Draw and decide until the claim is refuted or the time is up."""
    _rounds(trial, "hypothesis", False)


def targeted(trial: Trial) -> None:
    """The same, with log(left/right) as Hypothesis's target."""
    _rounds(trial, "hypothesis with target", True)


def _rounds(trial: Trial, method: str, climb: bool) -> None:
    search = trial.search
    strategy = search.supply.drawn(search.assumes, search.options.size, known=False)

    def body(instance: Instance) -> None:
        if trial.over:  # Hypothesis asks once more about an example that raised
            raise Finished
        score = score_of(trial.decide(instance, method))
        if climb and score > HOPELESS:
            target(score, label="log(left/right)")

    phases = (Phase.generate, Phase.target) if climb else (Phase.generate,)
    while not trial.over:
        number = search.random("baseline", str(trial.restarts)).getrandbits(32)
        trial.restarts += 1
        try:
            with by_seed_alone():
                seed(number)(_quiet(phases)(given(strategy)(body)))()
        except Finished:
            return
        except Flaky:  # an example was valid before the time was up, and is asked for once more after it
            if not trial.over:
                raise
            return


def _quiet(phases: tuple[Phase, ...]) -> settings:
    return settings(
        max_examples=EXAMPLES,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
