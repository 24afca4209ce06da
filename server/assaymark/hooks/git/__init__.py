"""What git's hooks run."""
