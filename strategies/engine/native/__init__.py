"""A fused kernel for the CPU, compiled on first use: each network stays in the cache over all its steps."""

from refutable.strategies.engine.native.backend import NATIVE, NativeBackend

__all__ = ["NATIVE", "NativeBackend"]
