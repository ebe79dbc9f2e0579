"""The fault matrix: faults at enumerated points of a run, then a restart, then the rows beside those of an undisturbed run."""
