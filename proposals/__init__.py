"""How a course gets into the menu: an instructor proposes, two others review, the public may object."""
