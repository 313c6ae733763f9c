"""Pictures of shallow networks: one network over its data, and the theory across step sizes."""

from refutable.strategies.shallow_relu.pictures.drawings import drawing
from refutable.strategies.shallow_relu.pictures.theory import theory

__all__ = ["drawing", "theory"]
