"""Domains: the kinds of instance theorems speak about. One module each; none knows a theorem."""
