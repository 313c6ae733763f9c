"""Training on an NVIDIA GPU: a persistent kernel, and the CUDA graph it is measured against.

Triton is an optional extra, ``pip install 'refutable[cuda]'``, and is imported when the first kernel is.
"""

from refutable.strategies.engine.cuda.backend import TritonBackend
from refutable.strategies.engine.cuda.graphs import GraphBackend

__all__ = ["GraphBackend", "TritonBackend"]
