"""Imported by the process that workers are forked from (`workers.py`): loads what a worker needs, once for all of them."""

from __future__ import annotations

import gc
import os
from contextlib import suppress

from flows.batch import load_ahead
from flows.errors import DatelineError
from flows.fields import fields_named
from flows.workers import ASKED

if ASKED in os.environ:
    fields, _, model = os.environ.pop(ASKED).partition(" ")
    # A worker meets the same error, and its task reports it.
    with suppress(DatelineError):
        load_ahead(model or None, fields_named(fields))
    # What is never looked through stays shared between the workers.
    gc.freeze()
