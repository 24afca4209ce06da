"""Where code comes from: how origins move with the text, what formats say of them, and how people read it."""
