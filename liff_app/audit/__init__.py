"""Who changed what, in a chain of events that shows every tampering."""
