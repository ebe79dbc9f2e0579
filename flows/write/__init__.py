"""Rows to committed Parquet: projection, staging, the commit log, publishing, recovery."""
