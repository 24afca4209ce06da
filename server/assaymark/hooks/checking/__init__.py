"""What an agent is told of its own edits: checked, and said in its tool's protocol."""
