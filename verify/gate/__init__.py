"""Gates: what a paper's repository claims, in one file, held by its CI."""
