"""How the page stands on a phone: everything below each other, and the whole of it scrolls."""

from __future__ import annotations

# The headline goes up with the rest, or it would keep a fifth of a phone to itself.
PAGE = """
@media (max-width: 800px) {
  :host { display: block !important; overflow: auto; }
  :host > * { height: auto !important; }
}
"""
ROW = """
@media (max-width: 800px) {
  :host { display: block !important; height: auto !important; }
  :host > * { max-width: none !important; width: auto !important; height: auto !important; }
  :host > .guatu-map { height: auto !important; }
}
"""
# The finding stands over the map instead of on it.
STAGE = """
@media (max-width: 800px) {
  :host { flex-direction: column; }
  :host > :not(.guatu-settings) { flex: none !important; height: 62vh !important; }
  :host > .guatu-corner { position: static; order: -1; max-width: none; height: auto !important; padding: 8px 12px; }
}
"""
# A list keeps a height of its own: it scrolls under its head.
SIDE = """
@media (max-width: 800px) {
  :host > .guatu-part { flex: none !important; height: 88vh !important; }
}
"""
