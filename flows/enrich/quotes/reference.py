"""The words and patterns for finding quotations and their speakers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.enrich.language.reference import LanguageReference
from flows.enrich.language.speech import LABEL, MARK, SPEECH, STANCE
from flows.enrich.lexicons import table
from flows.enrich.quotes.indirect_reference import CueWords, read_cue_words

NAME = r"[^\W\d_a-z][\w.’'-]*(?:\s(?:(?:de|la|del|du|da|dos|di|van|von|der|den|bin|ibn|al|el|of|the|for|and)\s){0,2}[^\W\d_a-z][\w.’'-]*){0,5}"


@dataclass(frozen=True, slots=True)
class QuoteReference:
    """Words by class, the use of each form of a verb, and the patterns that are built from them.

    `uses` maps a finite form or gerund, in lowercase, to its use in `speech_verbs.tsv`; `particles` are the first words of those
    that have a particle, `nouns` those that are nouns as well, `addressed` those whose object is who is spoken to.
    `not_a_subject` begin no subject; `adverbial` begin a part of a sentence that is none; `before_verb` occur between a subject
    and its verb. `source` matches `according to` and
    `in the words of`, `leading_name` and `leading_role` a subject at the beginning of a clause; `clause` matches where another
    clause begins. `definite` begin a role that the text has named before; `organisations` are nouns for one; `genders` maps a title
    to m or f; `venues` maps a class of `venues.tsv` to its nouns, and
    `venue_phrases` are their pairs of preposition and noun; `cue_words` are those of indirect attributions.
    """

    grammar: Mapping[str, frozenset[str]]
    persons: frozenset[str]
    uses: Mapping[str, str]
    gerunds: frozenset[str]
    not_a_subject: frozenset[str]
    adverbial: frozenset[str]
    nouns: frozenset[str]
    particles: frozenset[str]
    addressed: frozenset[str]
    source: re.Pattern[str]
    quoted_as: re.Pattern[str]
    leading_name: re.Pattern[str]
    leading_role: re.Pattern[str]
    before_verb: frozenset[str]
    clause: re.Pattern[str]
    coordinating: re.Pattern[str]
    subordinating: re.Pattern[str]
    ends_coordinated: re.Pattern[str]
    definite: frozenset[str]
    organisations: frozenset[str]
    genders: Mapping[str, str]
    venues: Mapping[str, frozenset[str]]
    venue_phrases: frozenset[tuple[str, str]]
    cue_words: CueWords


def read_quote_reference(language: LanguageReference) -> QuoteReference:
    """Build the patterns from the verbs of speech and the words of grammar."""
    grammar = language.grammar
    speech = language.speech
    uses = {
        form: use for use in (LABEL, STANCE, MARK, SPEECH) for form in speech.forms(use) | speech.gerunds(use)
    }
    venues = list(table("venues"))
    verb = any_of(grammar["auxiliary"] | speech.finite | {"says", "said"})
    coordinators = any_of(grammar["coordinator"])
    subordinators = any_of(grammar["coordinator"] | {"while", "as", "when", "that"})
    return QuoteReference(
        grammar=grammar,
        persons=language.persons,
        uses=uses,
        gerunds=speech.gerunds(SPEECH, MARK, LABEL, STANCE),
        adverbial=grammar["preposition"]
        | grammar["subordinator"]
        | grammar["introductory"]
        | grammar["participle"],
        not_a_subject=grammar["relative"] | grammar["coordinator"] | frozenset(("that", "there")),
        nouns=frozenset(verb.lemma for verb in speech.verbs if verb.is_noun),
        addressed=frozenset(
            form
            for verb in speech.verbs
            if verb.has_addressee
            for form in (verb.lemma, *verb.present, *verb.past)
        ),
        particles=frozenset(form.split()[0] for form in uses if " " in form),
        source=_pattern(r"\b(?P<cue>according to|in the words of)\s+"),
        quoted_as=_pattern(
            r"\b(?P<verb>quot(?:e|es|ed|ing))\b(?P<middle>[^.;:\"“”]{0,100}?)\s*\bas (?P<cue>saying)\b"
        ),
        leading_name=re.compile(
            rf"(?P<speaker>{any_of(grammar['pronoun'] - {'who'}, capitals=True)}|(?!The\b|An?\b|This\b){NAME})(?=\s[a-z]|,|$)"
        ),
        leading_role=re.compile(
            rf"(?P<speaker>(?:The|An?|His|Her|Their|One|Another|[Tt]he|[Aa]n?)\s(?:[\w’'-]+\s){{0,4}}?[\w’'-]+)"
            rf"(?=\s(?:{verb}|\w+ed|\w+ly)\b)"
        ),
        before_verb=grammar["degree"] | grammar["auxiliary"] - grammar["passive"],
        clause=_pattern(
            rf"[,;:]\s+|\s[—–-]{{1,2}}\s|(?<=\s)(?:that|which|{any_of(grammar['subordinator'])}|until)\s"
        ),
        coordinating=_pattern(rf"(?:(?:{coordinators})\s+)+"),
        subordinating=_pattern(rf"(?:(?:{subordinators})\s+)+"),
        ends_coordinated=_pattern(r"(?:^|[\s,])(?:and|but|or|then)$"),
        definite=frozenset(("the", "this", "that")),
        organisations=frozenset(
            row["word"].split()[-1]
            for row in table("organisations")
            if not {"name", "nominal", "state"}.isdisjoint(row["use"].split("|"))
        ),
        genders={row["title"]: row["gender"] for row in table("titles") if row["gender"]}
        | {
            short: row["gender"]
            for row in table("titles")
            if row["gender"]
            for short in row["abbreviations"].split("|")
            if short
        },
        venues={row["class"]: frozenset(row["words"].split("|")) for row in venues},
        venue_phrases=frozenset(
            (preposition, noun)
            for row in venues
            for preposition in row["prepositions"].split("|")
            for noun in row["words"].split("|")
        ),
        cue_words=read_cue_words(),
    )


def any_of(words: Iterable[str], *, capitals: bool = False) -> str:
    """Return an expression that matches any of the words, the longest first, with any blanks inside them."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    shown = [rf"[{word[0].upper()}{word[0]}]{word[1:]}" if capitals else re.escape(word) for word in ordered]
    return "|".join(word.replace(r"\ ", r"\s+") for word in shown)


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)
