"""Claims of a user's own: an expression over a domain's quantities, or a Python file."""
