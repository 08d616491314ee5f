"""What every component of the page stands on: its base, its scripts, how they reach the browser."""
