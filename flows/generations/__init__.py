"""Commits that change earlier ones: compaction, erasure, and fields made anew."""
