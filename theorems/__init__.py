"""What is claimed: exact numbers, domains, formulas, and records of theorems by paper."""
