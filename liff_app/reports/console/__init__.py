"""Staff pages of damage reports."""
