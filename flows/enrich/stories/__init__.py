"""Stories: signatures of articles, near-duplicates, updates, articles about the same event, and what changed."""
