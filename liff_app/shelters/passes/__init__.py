"""Shelter passes: a sheet with a QR code opens one shelter's page in one disaster, on any phone."""
