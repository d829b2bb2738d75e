"""Pages on which staff make forms."""
