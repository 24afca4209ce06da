"""The door of coding agents: one payload a run on standard input, and what it says goes into the record."""
