"""Load a spaCy pipeline with only what its entity recogniser needs. Only `model.py` imports this module.

Most of the time before the first line of `dateline annotate` is spent loading (decision 0011).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Any

EXCLUDED_PARTS = ("strings",)
"""Parts of the vocabulary that are not loaded: the words of the training texts. A word of a text is added when it occurs, under the
same hash; the labels come with the component."""

LAZY_MODULES = ("spacy.cli.info", "langcodes", "tqdm")
"""Modules that spaCy imports for `spacy.info`, for languages without rules, and for training. Importing them takes 130 ms."""

PLAIN_TOKENIZER = "spacy.Tokenizer.v1"
EMPTY_TOKENIZER = "dateline.EmptyTokenizer.v1"


def import_spacy() -> Any:
    """Return spaCy, imported without LAZY_MODULES, which are imported when one of their attributes is used.

    If spaCy was imported before, it is returned unchanged.
    """
    if "spacy" not in sys.modules:
        placeholders = {name: _LazyModule(name) for name in LAZY_MODULES if name not in sys.modules}
        sys.modules.update(placeholders)
        try:
            importlib.import_module("spacy")
        finally:
            for placeholder in placeholders.values():
                placeholder.remove()
    return importlib.import_module("spacy")


class _LazyModule(ModuleType):
    """A placeholder for the module of its name, which is imported when one of its attributes is used."""

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        self.remove()
        return getattr(importlib.import_module(self.__name__), attribute)

    def info(self, *arguments: Any, **named: Any) -> Any:
        """Call `spacy.cli.info.info`: spaCy binds this function when it is imported."""
        return self.__getattr__("info")(*arguments, **named)

    def remove(self) -> None:
        """Remove the placeholder from `sys.modules`, so that the next import loads the module."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


def load_pipeline(folder: Path, without: Collection[str]) -> Any:
    """Load the pipeline of a folder, without the components `without`.

    The tokenizer is created empty and filled from the folder. spaCy would fill it with its English rules first and discard them.
    """
    spacy = import_spacy()
    from thinc.api import NumpyOps, set_current_ops  # noqa: PLC0415  # start-up

    # numpy's BLAS instead of blis: the same annotations in half the time (decision 0002).
    set_current_ops(NumpyOps(use_blis=False))
    config = spacy.util.load_config(folder / "config.cfg")
    is_plain = config["nlp"].get("tokenizer") == {"@tokenizers": PLAIN_TOKENIZER}
    if is_plain and (folder / "tokenizer").is_file():
        spacy.registry.tokenizers(EMPTY_TOKENIZER, func=_empty_tokenizer)
        overrides = {"nlp": {"tokenizer": {"@tokenizers": EMPTY_TOKENIZER}}}
    else:
        overrides = {}
    return spacy.load(folder, exclude=[*without, *EXCLUDED_PARTS], config=overrides)


def _empty_tokenizer() -> Any:
    from spacy.tokenizer import Tokenizer  # noqa: PLC0415  # start-up

    return lambda pipeline: Tokenizer(pipeline.vocab)
