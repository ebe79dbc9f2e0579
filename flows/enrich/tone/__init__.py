"""Tone of an article by the lexicon of VADER, changed for news, and its rules."""
