"""One layer drawn on two surfaces: the screen of the app and a page that needs no network."""
