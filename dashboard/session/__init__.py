"""What one viewer looks at, reads and writes: the state, and the door to people for an actor."""
