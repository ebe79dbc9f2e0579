"""`python -m tests.behaviour FILE|DIR…`: print the failing cases of any files of cases, and the table of pass rates.

The exit status is 1 if a case without `known_failure` fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .cases import BadCase, read_cases
from .results import counts_of, run_cases, table_of


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write("usage: python -m tests.behaviour FILE|DIR...\n")
        return 2
    try:
        cases = read_cases(map(Path, arguments))
    except BadCase as error:
        sys.stderr.write(f"{error}\n")
        return 2
    results = run_cases(cases)
    for result in results:
        if not result.passed:
            known = f"known: {result.case.known_failure}\n  " if result.case.known_failure else ""
            failures = "\n  ".join(result.failures)
            sys.stdout.write(f"{result.case.id}: {result.case.text}\n  {known}{failures}\n")
    sys.stdout.write(f"{table_of(counts_of(results))}\n")
    return int(any(not result.passed and not result.case.known_failure for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
