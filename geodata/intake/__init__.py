"""What a county delivers: files read as text, recognised, checked and stored as a month."""
