"""Measurements of the engine: training, sharpness, weights, minima and exact decisions, side by side with others."""
