"""Names of places: which words name one, and which place of the gazetteer they mean."""
