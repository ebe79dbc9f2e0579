"""Dateline beside its yardsticks, in turn, in one run: `python -m tests.bench.ratios` (or: make bench)."""
