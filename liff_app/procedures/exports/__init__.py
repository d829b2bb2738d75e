"""Submissions as files that a spreadsheet opens."""
