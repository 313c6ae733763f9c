"""Records of theorems, one module (or package) a paper."""
