"""Other checkers as a repository sets them up: what each has enabled, as far as files tell."""
