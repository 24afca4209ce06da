"""A repository: where it is, what its git says, and the notes on its commits."""
