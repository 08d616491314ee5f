"""Mutated files of every kind that is read: each is read or refused in a sentence."""
