"""Intervals for frequencies: how well a share of so many trials is known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frequency:
    """How often something was seen, with the interval that contains its probability at a level of confidence.

    The interval speaks of independent trials; the states of one run are not independent, and say so where it is shown.
    """

    successes: int
    trials: int
    lower: float
    upper: float
    level: float

    @property
    def share(self) -> float:
        """successes / trials."""
        return self.successes / self.trials

    @property
    def interval(self) -> str:
        """The interval as text: "95 % interval [0.9123, 0.9871]"."""
        return f"{100 * self.level:g} % interval [{self.lower:.4f}, {self.upper:.4f}]"

    def __str__(self) -> str:
        return f"{self.successes} of {self.trials}, {self.interval}"


def clopper_pearson(successes: int, trials: int, level: float = 0.95) -> Frequency:
    """The interval of Clopper and Pearson (Biometrika 26, 1934): its coverage is never below the level.

    Raises:
        ValueError: no trials, more successes than trials, or a level outside (0, 1).
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials: a frequency needs 0 <= successes <= trials >= 1")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must be between 0 and 1, 0.95 say")
    from scipy.stats import beta

    tail = (1 - level) / 2
    lower = 0.0 if successes == 0 else float(beta.ppf(tail, successes, trials - successes + 1))
    upper = 1.0 if successes == trials else float(beta.ppf(1 - tail, successes + 1, trials - successes))
    return Frequency(successes, trials, lower, upper, level)
