"""Azulay et al. 2021: the implicit bias of gradient flow depends on the shape of the initialisation as on its scale.

Checked: the potentials that gradient flow on linear networks minimises, at every time along the flow and without a
solver; solutions of the flow are a second kind of evidence.
"""

from refutable.theorems.papers.azulay_2021.balanced import INIT_SHAPE_BALANCED
from refutable.theorems.papers.azulay_2021.diagonal import INIT_SHAPE_DIAGONAL
from refutable.theorems.papers.azulay_2021.leaky import INIT_SHAPE_LEAKY
from refutable.theorems.papers.azulay_2021.neuron import INIT_SHAPE_NEURON

THEOREMS = (INIT_SHAPE_DIAGONAL, INIT_SHAPE_NEURON, INIT_SHAPE_BALANCED, INIT_SHAPE_LEAKY)
