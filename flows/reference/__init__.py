"""What extraction reads beside the text, loaded: the gazetteer."""
