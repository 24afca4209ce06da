"""Rules: what they are, how they are written, and how they are loaded."""
