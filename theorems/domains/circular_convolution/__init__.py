"""Linear circular-convolutional networks: hidden layers (h * w)_i = sum_k h_{i+k mod d} w_k, then an inner product.

No factor 1/sqrt(d) stands in the layers, and filters may be shorter than the datum.
"""

from refutable.theorems.domains.circular_convolution.domain import CIRCULAR_CONVOLUTION

__all__ = ["CIRCULAR_CONVOLUTION"]
