"""The commands of `dateline`, a module for each section of its help. Each command imports what it needs when it is run."""
