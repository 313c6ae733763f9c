"""Regions of shallow networks: counted exactly on segments and planes, drawn for two inputs, measured in training."""
