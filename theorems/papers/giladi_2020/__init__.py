"""Giladi, Nacson, Hoffer, Soudry: At stability's edge, ICLR 2020 (gradient descent with delay)."""

from refutable.theorems.papers.giladi_2020.delayed_stability import DELAYED_STABILITY

THEOREMS = (DELAYED_STABILITY,)
