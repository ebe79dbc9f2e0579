"""What is extracted from an article, each field in a package of its own."""
