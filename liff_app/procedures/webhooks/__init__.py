"""Other systems, told of submissions."""
