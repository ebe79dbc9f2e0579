"""Words, sentences, the language of a text, and the language model."""
