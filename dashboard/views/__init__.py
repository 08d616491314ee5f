"""One thing on the page each: a view shows the state of the atlas and turns picks into state."""
