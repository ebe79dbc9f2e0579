"""The data of the explorer page: what the committed tables say, in columns that a browser reads."""
