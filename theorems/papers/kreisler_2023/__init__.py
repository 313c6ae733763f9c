"""Kreisler, Nacson, Soudry, Carmon: sharpness of gradient flow solutions in scalar networks and beyond, ICML 2023."""

from refutable.theorems.papers.kreisler_2023.closed_form import CLOSED_FORM
from refutable.theorems.papers.kreisler_2023.edge import EDGE
from refutable.theorems.papers.kreisler_2023.monotone import MONOTONE
from refutable.theorems.papers.kreisler_2023.monotone_two import MONOTONE_TWO
from refutable.theorems.papers.kreisler_2023.squared_regression import SQUARED_REGRESSION

THEOREMS = (CLOSED_FORM, MONOTONE_TWO, MONOTONE, EDGE, SQUARED_REGRESSION)
