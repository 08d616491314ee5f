"""An invented county, as messy as a real one, with codes and numbers that can belong to nobody."""
