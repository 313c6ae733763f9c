"""A prior over finitely many classifiers of finitely many equally likely inputs, and a sample with a teacher's labels.

The learner draws from the prior, conditioned on agreement with the sample: the posterior.
"""

from refutable.theorems.domains.finite_prior.domain import FINITE_PRIOR

__all__ = ["FINITE_PRIOR"]
