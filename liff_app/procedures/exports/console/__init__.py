"""Pages that give files."""
