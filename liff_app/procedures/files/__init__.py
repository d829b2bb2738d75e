"""Files of answers and decisions, sealed before they reach the store."""
