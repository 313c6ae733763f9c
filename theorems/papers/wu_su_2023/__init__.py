"""Wu, Su: The implicit regularization of dynamical stability in stochastic gradient descent, ICML 2023."""

from refutable.theorems.papers.wu_su_2023.sgd_frobenius import SGD_FROBENIUS

THEOREMS = (SGD_FROBENIUS,)
