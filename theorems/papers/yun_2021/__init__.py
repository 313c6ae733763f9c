"""Yun, Krishnan, Mobahi: A unifying view on implicit bias in training linear neural networks, ICLR 2021.

Checked: what holds along the flow at every time and what follows from it without a limit (the identity behind Q, its
minimality, the bounds behind l_1, l_2 and l_{2/L}; conserved quantities; singular vectors as fixed directions; circular
networks in the Fourier basis; what a fully connected network never changes). The limit directions themselves are not.
"""

from refutable.theorems.papers.yun_2021.classification import TENSOR_CLASSIFICATION
from refutable.theorems.papers.yun_2021.convolution_fourier import CONVOLUTION_FOURIER
from refutable.theorems.papers.yun_2021.convolution_single_datum import CONVOLUTION_SINGLE_DATUM
from refutable.theorems.papers.yun_2021.directions import TENSOR_DIRECTIONS
from refutable.theorems.papers.yun_2021.fully_connected import FULLY_CONNECTED_REGRESSION
from refutable.theorems.papers.yun_2021.regression import TENSOR_REGRESSION

THEOREMS = (
    TENSOR_REGRESSION,
    TENSOR_CLASSIFICATION,
    TENSOR_DIRECTIONS,
    CONVOLUTION_FOURIER,
    CONVOLUTION_SINGLE_DATUM,
    FULLY_CONNECTED_REGRESSION,
)
