"""Filling in a form, from the first page to the receipt."""
