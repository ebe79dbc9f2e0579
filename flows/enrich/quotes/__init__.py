"""Quotations with their verbs of speech and their speakers."""
