"""JavaScript, as far as changes of it are compared."""
