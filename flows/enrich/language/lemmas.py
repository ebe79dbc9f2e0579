"""Lemmas of English words by the rules and exceptions of the pipeline's lemmatizer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

CLASSES = {"NN": "noun", "VB": "verb", "JJ": "adj", "RB": "adv"}
"""The classes of the lemmatizer's tables, by the first two letters of a Penn tag. A word of another class is its own lemma."""

BASE_TAGS = frozenset({"VB", "JJ", "RB", "NN"})
"""Tags of words that are lemmas already, unless they are exceptions."""

NAME_TAGS = frozenset({"NNP", "NNPS"})

MAX_CACHED_FORMS = 100_000


class Lemmatizer(dict[tuple[str, str], str]):
    """Maps a (word, Penn tag) to the lemma in lowercase; that of a name, a pronoun or a number is the word itself.

    A lemma is found when it is first asked for, and stored; at most MAX_CACHED_FORMS are.
    """

    def __init__(
        self,
        rules: Mapping[str, Sequence[Sequence[str]]],
        exceptions: Mapping[str, Mapping[str, Sequence[str]]],
        words: Mapping[str, Collection[str]],
    ) -> None:
        """Take the tables of the pipeline's lemmatizer, by word class: endings with what replaces them, irregular forms, known lemmas."""
        super().__init__()
        self._rules = rules
        self._exceptions = exceptions
        # The tables of spaCy are keyed by hashes of the names, so that they are read by name.
        self._words = {name: frozenset(words.get(name, ())) for name in CLASSES.values()}

    def __missing__(self, form: tuple[str, str]) -> str:
        """Find and store the lemma of a form."""
        if len(self) >= MAX_CACHED_FORMS:
            self.clear()
        word, tag = form
        self[form] = found = self._lemma(word.lower(), tag)
        return found

    def _lemma(self, word: str, tag: str) -> str:
        name = CLASSES.get(tag[:2])
        if name is None or tag in NAME_TAGS:
            return word
        if irregular := self._exceptions.get(name, {}).get(word):
            return irregular[0]
        if tag in BASE_TAGS:
            return word
        forms = [
            word[: len(word) - len(ending)] + replacement
            for ending, replacement in self._rules.get(name, ())
            if word.endswith(ending) and len(word) > len(ending)
        ]
        known = self._words.get(name, frozenset())
        return next((form for form in forms if form in known), forms[0] if forms else word)
