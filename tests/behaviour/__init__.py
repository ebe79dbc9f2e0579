"""The behaviour suite: short dispatches, each with the annotations that it must and must not have."""
