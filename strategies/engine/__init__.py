"""The engine: thousands of small networks trained at once, by whichever backend is fastest here.

Everything in this package proposes in floating point; nothing here decides.
"""
