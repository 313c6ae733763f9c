"""Can the constant be improved? 1/eta - 1 in place of the proved 1/eta - 1/2.

A differentiable, interpolating, linearly stable minimum of a network trained whole has ||f|| <= 1/eta - 1/2 for its
stability norm (for one input, int |f''| g). The half looks like slack of the proof. It is not: one
neuron and two data points are enough.

    refutable hunt examples/hunting/constant.py
"""

import refutable

smaller_constant = refutable.claim("stability_norm <= 1/step_size - 1")
