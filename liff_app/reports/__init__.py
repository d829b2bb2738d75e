"""Damage reports: sent once from a bad network, worked as incidents, answered in LINE."""
