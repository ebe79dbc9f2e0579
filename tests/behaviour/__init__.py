"""The behaviour suite: short dispatches, each with what must and must not be read in it."""
