"""Lists in the console: look at a file before it is published, and go back where it was wrong."""
