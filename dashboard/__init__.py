"""What people see of guatu: maps, pages, briefings and the command line."""
