"""Checks of an installation: `dateline doctor`."""
