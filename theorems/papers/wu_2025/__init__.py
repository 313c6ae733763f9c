"""Wu, Marion, Biau, Boyer: Taking a big step, COLT 2025 (large step sizes prevent memorisation)."""

from refutable.theorems.papers.wu_2025.output_only_chain import OUTPUT_ONLY_CHAIN

THEOREMS = (OUTPUT_ONLY_CHAIN,)
