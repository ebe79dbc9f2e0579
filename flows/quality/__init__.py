"""Data quality: the declared checks, evaluated on the staged columns of a part before its batch is committed."""
