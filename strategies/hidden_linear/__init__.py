"""Networks with one hidden layer of linear or leaky units to try claims on: drawn states, and states of runs."""

from refutable.strategies.hidden_linear.drawn import states
from refutable.strategies.hidden_linear.runs import Runs
from refutable.strategies.supply import DrawnSupply
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR

__all__ = ["SUPPLY"]

SUPPLY = DrawnSupply(HIDDEN_LINEAR, states, Runs())
