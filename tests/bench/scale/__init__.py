"""The inputs that are too large for every day: a file of gigabytes, a folder of a million files."""
