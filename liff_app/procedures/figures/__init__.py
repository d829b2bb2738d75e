"""Counts of submissions and surveys, naming nobody."""
