"""What can be set, by whom, and what holds of it."""
