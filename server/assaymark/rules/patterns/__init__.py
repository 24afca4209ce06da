"""Floor 3: the pattern language."""
