"""Buzaglo, Harel, Nacson, Brutzkus, Srebro, Soudry: How uniform random weights induce non-uniform bias, ICML 2024."""

from refutable.theorems.papers.buzaglo_2024.guess_and_check import GUESS_AND_CHECK
from refutable.theorems.papers.buzaglo_2024.teacher_probability import TEACHER_PROBABILITY

THEOREMS = (GUESS_AND_CHECK, TEACHER_PROBABILITY)
