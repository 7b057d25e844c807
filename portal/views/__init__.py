"""Pages, one module for each kind of reader."""
