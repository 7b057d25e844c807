"""Pages and forms of sign-in."""
