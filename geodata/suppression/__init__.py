"""Which counts of places must not be shown, so that no small one can be worked out."""
