"""Drawings of small instances, one module a domain: `drawing` says in a chart what the instance is. Floats only."""
