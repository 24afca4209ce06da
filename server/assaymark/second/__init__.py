"""The second opinion: where bandit runs, what a project tells it, and what it is asked."""
