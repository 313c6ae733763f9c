"""Mulayoff, Michaeli: Exact mean square linear stability analysis for SGD, COLT 2024."""

from refutable.theorems.papers.mulayoff_michaeli_2024.covariance import SGD_COVARIANCE
from refutable.theorems.papers.mulayoff_michaeli_2024.monotone import SGD_THRESHOLD_MONOTONE
from refutable.theorems.papers.mulayoff_michaeli_2024.necessary import SGD_NECESSARY_CONDITIONS
from refutable.theorems.papers.mulayoff_michaeli_2024.threshold import SGD_THRESHOLD

THEOREMS = (SGD_THRESHOLD, SGD_THRESHOLD_MONOTONE, SGD_NECESSARY_CONDITIONS, SGD_COVARIANCE)
