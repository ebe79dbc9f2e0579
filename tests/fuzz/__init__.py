"""Fuzzing: `python -m tests.fuzz` runs the targets for long, `test_fuzz.py` for a fixed number of executions.

    python -m tests.fuzz [TARGET ...] [--seconds N] [--executions N] [--processes N] [--without-coverage]

`targets.py` lists the targets, `samples.py` their seeds, `mutation.py` the changes, `corpus/<target>/` what is kept.
This package imports nothing, so that a run that is guided by coverage can instrument what it imports later.
"""
