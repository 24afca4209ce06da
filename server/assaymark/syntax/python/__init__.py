"""Python: where its text is cut, what its trees bind, which of its expressions are constant."""
