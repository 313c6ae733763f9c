"""How the theorems are tried: decide, hunt, shrink, witness, report, and the suite itself."""
