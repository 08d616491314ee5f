"""Boundaries of places: reading, repairing, the place tree, simplifying and joining."""
