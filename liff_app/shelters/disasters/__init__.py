"""Disasters and drills: begun, amended and ended by staff, with their history and figures."""
