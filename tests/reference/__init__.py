"""Builds the reference tables of `flows/enrich/lexicons` from pinned packages; a developer's tool, not a test."""
