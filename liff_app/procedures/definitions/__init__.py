"""Forms as staff make them: versions, publishing, the editor."""
