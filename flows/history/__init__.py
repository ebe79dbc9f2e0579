"""What the commit log adds up to, read from checkpoints and the few records after them."""
