"""Dateline: news dispatches in, committed Parquet tables out. Read `flows/journey.py` first."""

import os

# OpenBLAS reads these once, when numpy is first imported. One thread in each process: a second one
# doubled the CPU time of the language model and saved none (decision 0002).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Prefect reads it once. A flow run says so often that it is alive; see `automations.yaml`.
os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "30")

__version__ = "0.1.0"
