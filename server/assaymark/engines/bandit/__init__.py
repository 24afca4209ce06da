"""Bandit, asked for what no page covers."""
