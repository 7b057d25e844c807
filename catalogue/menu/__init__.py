"""The course menu and the site list as files: import, export, and what both say about them."""
