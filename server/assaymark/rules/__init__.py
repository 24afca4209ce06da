"""Floor 3: rules, their pages, and the set that is loaded from them."""
