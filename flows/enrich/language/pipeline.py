"""Loading a spaCy pipeline with no more than its entities need. Behind the door of `model.py` alone.

Loading is most of the time that `dateline annotate` takes to its first line (decision 0011).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Any

UNREAD = ("strings",)
"""Parts of a vocabulary that are left on the disk: the words of the training texts. A word that is read is added when it is
met, under the same hash; the labels come with the component."""

IMPORTED_WHEN_USED = ("spacy.cli.info", "langcodes", "tqdm")
"""Modules that spaCy imports for `spacy.info`, for a language that it has no rules of, and for training: 130 ms."""

PLAIN_TOKENIZER = "spacy.Tokenizer.v1"
EMPTY_TOKENIZER = "dateline.EmptyTokenizer.v1"


def import_spacy() -> Any:
    """Return spaCy, imported without what this program never asks it for (IMPORTED_WHEN_USED).

    Where spaCy was imported before, it is returned as it is.
    """
    if "spacy" not in sys.modules:
        stand_ins = {name: _ImportedWhenUsed(name) for name in IMPORTED_WHEN_USED if name not in sys.modules}
        sys.modules.update(stand_ins)
        try:
            importlib.import_module("spacy")
        finally:
            for stand_in in stand_ins.values():
                stand_in.withdraw()
    return importlib.import_module("spacy")


class _ImportedWhenUsed(ModuleType):
    """Stands in for the module of its name, which is imported when one of its attributes is asked for."""

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        self.withdraw()
        return getattr(importlib.import_module(self.__name__), attribute)

    def info(self, *arguments: Any, **named: Any) -> Any:
        """Do what `spacy.info` does: spaCy asks for this one when it is imported."""
        return self.__getattr__("info")(*arguments, **named)

    def withdraw(self) -> None:
        """Let the module itself be imported from now on."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


def load_pipeline(folder: Path, without: Collection[str]) -> Any:
    """Load the pipeline of a folder but for the components `without`.

    The tokenizer is made empty and filled from the folder; spaCy fills it with English rules first, which are thrown away.
    """
    spacy = import_spacy()
    config = spacy.util.load_config(folder / "config.cfg")
    is_plain = config["nlp"].get("tokenizer") == {"@tokenizers": PLAIN_TOKENIZER}
    if is_plain and (folder / "tokenizer").is_file():
        spacy.registry.tokenizers(EMPTY_TOKENIZER, func=_empty_tokenizer)
        overrides = {"nlp": {"tokenizer": {"@tokenizers": EMPTY_TOKENIZER}}}
    else:
        overrides = {}
    return spacy.load(folder, exclude=[*without, *UNREAD], config=overrides)


def _empty_tokenizer() -> Any:
    from spacy.tokenizer import Tokenizer  # noqa: PLC0415  # start-up

    return lambda pipeline: Tokenizer(pipeline.vocab)
