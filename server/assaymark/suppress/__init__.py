"""Silences: the comments that take findings away, what they take, and what is wrong with them."""
