"""What stands on lists, visit lists and cards, as data: the page draws it, and so does print."""
