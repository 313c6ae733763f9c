"""Nacson, Gunasekar, Lee, Srebro, Soudry: Lexicographic and depth-sensitive margins in deep models, ICML 2019.

Checked: the least loss at a given norm has nearly the largest margin; its margins are lexicographically largest up to
the second (and not beyond, as the statement is recalled); a shallow part beside a deep one is discarded.
"""

from refutable.theorems.papers.nacson_2019_margins.constrained_path import CONSTRAINED_PATH
from refutable.theorems.papers.nacson_2019_margins.depth_sensitive import DEPTH_SENSITIVE
from refutable.theorems.papers.nacson_2019_margins.lexicographic import LEXICOGRAPHIC

THEOREMS = (CONSTRAINED_PATH, LEXICOGRAPHIC, DEPTH_SENSITIVE)
