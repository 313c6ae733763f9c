"""Marks the root of the checkout for pytest. Deliberately empty: fixtures live beside what they serve."""
