"""Pages that show more than one app, the desks, and commands that span apps."""
