"""One folder for each theme; `geodata.theme.load_themes` finds every folder with a theme.yaml."""
