"""Check-in: families counted at the door, without a name on paper or anywhere else (ADR 0023)."""
