"""What the paper claims in words of its own: Corollary 1, as a function.

It must run on exact numbers and on batches of floats: arithmetic with integers, ``view.ops`` for the rest, no branch
on a value.
"""

from refutable import Check, View, claim


@claim(statement="a stable minimum f has step_size (1 + 2 ||f||) <= 2: the rougher the function, the smaller the steps")
def largest_step(view: View) -> Check:
    """Corollary 1: which step sizes can end at a function."""
    return Check(view["step_size"] * (1 + 2 * view["stability_norm"]), "<=", 2)
