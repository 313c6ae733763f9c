"""Bounds of one's own: the sharpness of a minimum from below, by simpler norms of the weights.

The stability norm weighs each neuron by where its knot lies among the data. Would a norm that does not look at the
data do as well? ``path`` says so and is false: the same neuron weighs little or nothing on other data. ``proved`` is
the true bound; a hunt for it ends with nothing found and the tightest instance it saw.

    refutable hunt examples/hunting/own_bounds.py:path
    refutable hunt examples/hunting/own_bounds.py:weights
    refutable hunt examples/hunting/own_bounds.py:proved
"""

from refutable import Check, View, claim

MINIMUM = (
    "differentiable",
    "input-weights-trained",
    "hidden-biases-trained",
    "output-weights-trained",
    "output-bias-trained",
    "interpolating",
)

weights = claim("sharpness >= weight_norm**2 / n", assumes=MINIMUM)


@claim(assumes=MINIMUM)
def path(view: View) -> Check:
    """The sharpness is at least 1 + 2 sum_i |w2_i| |w1_i|."""
    ops = view.ops
    path_norm = ops.sum(ops.abs(view["w2"]) * ops.norm(view["w1"]))
    return Check(1 + 2 * path_norm, "<=", view["sharpness"])


@claim(assumes=MINIMUM)
def proved(view: View) -> Check:
    """The sharpness is at least 1 + 2 ||f||, the first half of the proof of the stability bound."""
    return Check(1 + 2 * view["stability_norm"], "<=", view["sharpness"])
