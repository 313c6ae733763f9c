"""What a claim may assume about a homogeneous network, by the ids of its assumptions."""

HOMOGENEOUS, DIFFERENTIABLE, SEPARATED = "homogeneous", "off-kinks", "loss-below-one"
KNOWN = frozenset({HOMOGENEOUS, DIFFERENTIABLE, SEPARATED})
