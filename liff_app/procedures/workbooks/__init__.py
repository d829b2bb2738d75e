"""Workbooks of forms: read, checked, compiled, written."""
