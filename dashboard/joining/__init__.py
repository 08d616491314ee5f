"""The join as a person runs it: read, join, say what came of it, write the folder."""
