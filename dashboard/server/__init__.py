"""How the pages are served: on this computer, with nothing from outside."""
