"""One command of ``guatu`` in each module of this folder: a click command named ``command``."""
