"""Pages of the town hall's work on submissions."""
