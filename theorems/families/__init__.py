"""Named instances and families that several theorems use: equality cases, limits, counterexamples."""
