"""The form engine: what a form is, and what its answers mean. Knows no web and no database."""
