"""The town hall's work on submissions."""
