"""Numbers in a text: digits, words, ordinals, ranges and vague terms, with their bounds."""
