"""Pages on which another system's address is set."""
