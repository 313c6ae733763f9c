"""Giladi, Nacson, Hoffer, Soudry: At stability's edge, ICLR 2020 (gradient descent with delay and momentum)."""

from refutable.theorems.papers.giladi_2020.delayed_stability import DELAYED_STABILITY
from refutable.theorems.papers.giladi_2020.heavy_ball import DELAYED_HEAVY_BALL
from refutable.theorems.papers.giladi_2020.random_delay import STOCHASTIC_DELAY
from refutable.theorems.papers.giladi_2020.shifted_momentum import DELAYED_SHIFTED_MOMENTUM

THEOREMS = (DELAYED_STABILITY, DELAYED_HEAVY_BALL, DELAYED_SHIFTED_MOMENTUM, STOCHASTIC_DELAY)
