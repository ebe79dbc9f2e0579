"""Where bytes come from, what is new, and the batches that new bytes make."""
