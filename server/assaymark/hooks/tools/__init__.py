"""What each tool says to its hooks, a module each; all of them pure."""
