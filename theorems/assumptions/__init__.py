"""Hypotheses shared by several theorems, one module a domain."""
