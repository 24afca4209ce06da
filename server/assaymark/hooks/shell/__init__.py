"""Files that a command in an agent's shell wrote: what stood before, what stands after, and whose it is."""
