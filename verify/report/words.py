"""The words of a report: names of kinds of evidence, what verdicts and statuses mean."""

from __future__ import annotations

from refutable.verify.standing import KINDS

KIND_NAMES = dict(
    zip(
        KINDS,
        ("drawn", "constructed", "relabelled", "converged", "mass", "visited", "integrated", "swept", "closed forms"),
        strict=True,
    )
)
KINDS_EXPLAINED = {
    "drawn": "random instances with small exact numbers; decided exactly",
    "constructed": "families built so that both sides are equal, or nearly; decided exactly",
    "relabelled": "end points of training whose labels are the network's own outputs; decided exactly",
    "converged": "end points of training with their own labels; exactly, or by certified floats at exact minima beside",
    "mass": "relabelled end points in great numbers; certified floats, near ties exactly",
    "visited": "states that runs of the dynamics pass; decided exactly",
    "integrated": "solutions of differential equations in floats: they agree within the solver's error, or are "
    "suspect; they support no verdict",
    "swept": "random instances in great numbers; certified floats, near ties exactly",
    "closed forms": "identities proved symbolically",
}
STATUSES = {
    "read": "the paper was read",
    "recalled": "recalled from memory or quotations, then derived again",
    "own": "proved here; in no paper that we know",
    "conjecture": "no proof is known",
    "empirical": "an observation, no theorem",
}
TERMS = {
    "left/right": "the smaller side of a bound over the larger: 1 is equality, small is slack",
    "touching": "both sides are equal",
    "mutant": "a false variant of a statement; evidence that cannot refute it would not see that mistake",
    "necessity witness": "an instance that violates the statement once one assumption is dropped",
    "vacuous": "an assumption is certainly false, so the instance says nothing",
    "minimal": "no single reduction of the counterexample is still one",
}
MARKS = {
    "held": "✓",
    "not refuted": "✓",
    "measured": "≈",
    "refuted": "✗",
    "weak": "!",
    "suspect": "!",
    "error": "!",
    "vacuous": "○",
    "undecided": "?",
    "untried": "○",
}
"""A sign for each verdict, beside its word and its colour."""
TONES = {"held": "good", "not refuted": "good", "refuted": "bad", "error": "bad", "measured": "plain"}
