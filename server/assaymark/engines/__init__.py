"""Floor 4: rooms side by side that turn a view of code into findings; none knows another."""
