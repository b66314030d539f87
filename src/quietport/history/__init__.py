"""What was: the store of what was seen, and the past of a door as a value."""
