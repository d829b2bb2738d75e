"""Questions on a page: read from what was typed, shown with their answers."""
