"""A linear part beside a deep one: f_i = x_i (t_i + q_i^L), a datum a coordinate, at a required margin."""

from refutable.theorems.domains.shallow_plus_deep.domain import SHALLOW_PLUS_DEEP

__all__ = ["SHALLOW_PLUS_DEEP"]
