"""The town hall's view of the shelters: board, map, a place's history, places added by hand."""
