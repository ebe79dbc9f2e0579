"""Measures the fields on labelled texts; `figures.py` is the entry."""
