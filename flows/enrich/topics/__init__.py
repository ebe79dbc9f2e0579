"""Topics of an article: IPTC Media Topics with the words that speak for them."""
