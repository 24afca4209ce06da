"""How the hooks of tools are put into their configuration, and taken out again."""
