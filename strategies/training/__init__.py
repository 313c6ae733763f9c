"""Training: many small networks at once, in float64, from a recipe to points a theorem can be tried on.

The end points are genuine results of gradient descent or SGD. Everything here proposes; nothing here decides.
"""
