"""What residents report: the kinds of damage, what is asked about each, and who is in charge."""
