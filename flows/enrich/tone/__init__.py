"""Tone of an article by the lexicon and the rules of VADER."""
