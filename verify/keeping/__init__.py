"""Keeping what was found: files written whole, a corpus of witnesses, the tightness frontier."""
