"""Mentions of persons, organisations, places and weapons, and which of them are one entity."""
