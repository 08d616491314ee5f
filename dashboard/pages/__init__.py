"""Which views sit where."""
