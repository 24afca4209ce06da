"""The files of a workspace: which there are, what they hold, and how they are replaced."""
