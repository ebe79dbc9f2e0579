"""Restores the case of texts in capitals, before anything else reads them."""
