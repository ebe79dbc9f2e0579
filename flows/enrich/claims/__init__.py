"""Claims: every number of people or things to whom something happened, and who says so."""
