"""Procedures: e-applications and surveys that staff build in a spreadsheet."""
