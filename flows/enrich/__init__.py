"""What is read out of an article, each field in a file of its own."""
