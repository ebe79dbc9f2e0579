"""Regular expressions of `flows`: how many steps each takes on its worst case.

`collection.py` finds every pattern and how it is used, `parsed.py` reads one, `ambiguity.py` finds its worst case, `steps.py` counts the
steps of the backtracking matcher, so that nothing depends on the speed of a machine.
"""
