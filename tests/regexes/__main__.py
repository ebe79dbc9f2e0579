"""Search the worst case of each pattern that is new or changed, keep it, and print those whose steps grow faster than the text.

    python -m tests.regexes [--all]

`--all` searches those of the patterns that are known too: ten minutes.
"""

from __future__ import annotations

import argparse

from tests.regexes.collection import collect
from tests.regexes.worst_cases import MAX_GROWTH, growth, key_of, read, worst_of, write


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    known = {} if parser.parse_args().all else read()
    found = {}
    for compiled in collect():
        key = key_of(compiled)
        found[key] = known.get(key) or worst_of(compiled)
        attack = found[key].attack
        if not found[key].is_proven or (
            attack and key not in known and growth(compiled, attack) > MAX_GROWTH
        ):
            how = "growing" if found[key].is_proven else "too large to be proven"
            print(f"{how}: {found[key].where} {attack} {compiled.source[:200]!r}", flush=True)  # noqa: T201
        if key not in known:
            write({**known, **found})
    write(found)


if __name__ == "__main__":
    main()
