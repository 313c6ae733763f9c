"""What the theorems are tried on: drawn instances, float batches, trained minima."""
