"""The tables of English: grammar, verbs of speech, and abbreviations for splitting sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.language.sentences import SentenceRules
from flows.enrich.language.speech import SpeechVerbs, read_speech_verbs
from flows.enrich.lexicons import table


@dataclass(frozen=True, slots=True)
class LanguageReference:
    """The tables of English that every field may use.

    `grammar` maps a class of `grammar_words.tsv` to its words, in lowercase. `persons` are nouns, singular and plural, for who
    may speak: titles, trades, offices and organisations.
    """

    sentences: SentenceRules
    speech: SpeechVerbs
    grammar: Mapping[str, frozenset[str]]
    persons: frozenset[str]


def read_sentence_rules() -> SentenceRules:
    """Read the tables of titles and abbreviations after which a sentence continues."""
    words = {row["kind"]: frozenset(row["words"].split("|")) for row in table("sentence_words")}
    opening = next(row["words"] for row in table("grammar_words") if row["class"] == "opening")
    # Each word of `lt col` may have a period: `Lt. Col.`
    short_titles = {
        short for row in table("titles") for short in row["abbreviations"].replace(" ", "|").split("|")
    }
    return SentenceRules(
        before_names=words["name"] | (short_titles - {""}),
        before_numbers=words["number"],
        abbreviations=words["abbreviation"],
        opening=frozenset(opening.split("|")),
    )


def read_language_reference() -> LanguageReference:
    """Read the tables of titles, abbreviations, verbs of speech and words of grammar."""
    grammar = {row["class"]: frozenset(row["words"].split("|")) for row in table("grammar_words")}
    titles = tuple(table("titles"))
    persons = {row["title"].split()[-1] for row in titles if row["kind"] != "modifier"} | grammar["person"]
    return LanguageReference(
        sentences=read_sentence_rules(),
        speech=read_speech_verbs(),
        grammar=grammar,
        persons=frozenset(persons | {f"{person}s" for person in persons}),
    )
