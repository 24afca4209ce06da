"""What is remembered of where code comes from: events, the states that they add up to, and where they lie."""
