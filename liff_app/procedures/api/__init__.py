"""Procedures for other programs."""
