"""The tables that sentences and speech are read with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.language.sentences import SentenceRules
from flows.enrich.language.speech import SpeechVerbs, read_speech_verbs
from flows.enrich.lexicons import table


@dataclass(frozen=True, slots=True)
class LanguageReference:
    """What every field may know of English.

    `grammar` maps a class of `grammar_words.tsv` to its words, in lowercase.
    """

    sentences: SentenceRules
    speech: SpeechVerbs
    grammar: Mapping[str, frozenset[str]]


def read_language_reference() -> LanguageReference:
    """Read the tables of titles, abbreviations, verbs of speech and words of grammar."""
    grammar = {row["class"]: frozenset(row["words"].split("|")) for row in table("grammar_words")}
    words = {row["kind"]: frozenset(row["words"].split("|")) for row in table("sentence_words")}
    # `lt col` stands with a period behind each of its words.
    titles = {short for row in table("titles") for short in row["abbreviations"].replace(" ", "|").split("|")}
    return LanguageReference(
        sentences=SentenceRules(
            before_names=words["name"] | (titles - {""}),
            before_numbers=words["number"],
            abbreviations=words["abbreviation"],
            opening=grammar["opening"],
        ),
        speech=read_speech_verbs(),
        grammar=grammar,
    )
