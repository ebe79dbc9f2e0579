"""What speaks for and against words naming a place: the features that the naming weights are for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from flows.enrich.language.spelling import folded
from flows.enrich.places.listings import ordinary_class
from flows.enrich.places.model_names import ModelNames
from flows.enrich.places.phrases import MAX_WORDS, PLACE_LABELS, Phrases, Toponym
from flows.enrich.places.support import Support
from flows.enrich.places.words import PlaceWords
from flows.records import Reading, Span, Word

PERIOD_TITLE = re.compile(r"\. ?")

LENGTHS = ((15, "one sentence"), (60, "short"))
"""A text with at most so many words, and what its length is called."""

MIN_TITLE_CASE = 0.65
"""A sentence with this share of words in title case is a headline."""

MIN_CASED_WORDS = 3
"""With fewer words the case of a sentence says nothing."""

WELL_KNOWN = frozenset({"country", "region", "capital", "city", "demonym"})


class Context:
    """What the whole text says about the phrases in it."""

    def __init__(
        self, reading: Reading, phrases: Phrases, toponyms: Sequence[Toponym], classes: PlaceWords
    ) -> None:
        """Count what the model and the text say of each name."""
        self._reading, self._text, self._words = reading, reading.text, reading.words
        self._phrases, self._small, self._classes = phrases, phrases.small, classes
        self._toponyms = {(each.span.start, each.span.end): each for each in toponyms}
        self._ends: defaultdict[int, list[int]] = defaultdict(list)
        for start, end in self._toponyms:
            self._ends[start].append(end)
        self._all_ends = frozenset(end for _, end in self._toponyms)
        self._model = ModelNames(reading, self._toponyms)
        self._lowercase = frozenset(word.text for word in self._words if not word.upper)
        self._length = next((name for most, name in LENGTHS if len(self._words) <= most), "long")
        self._cases: dict[int, str] = {}
        self._names: dict[str, list[str]] = {}
        self._sentence_starts = [sentence.start for sentence in reading.sentences]
        self._starts = frozenset(self._sentence_starts)
        self._support = Support(each for at, each in self._toponyms.items() if self._is_sure(at, each))

    def features_of(self, toponym: Toponym) -> tuple[str, ...]:
        """Return the features of a phrase."""
        text, classes, surface, meanings = self._text, self._classes, toponym.surface, toponym.meanings
        start, end, first, last = toponym.span.start, toponym.span.end, toponym.first, toponym.last
        listed, length = meanings.listed, self._length
        model = self._model.label_of(start, end)
        group, _, is_part = model.partition(" ")
        coarse = f"part of {group}" if is_part else model
        head, tail = self._before(first, start), self._after(last, end)
        case = self._case(start)
        is_acronym = first == last and surface.isupper() and "." not in surface and case != "upper"
        ordinary = ordinary_class(surface, meanings, self._words[first].text, classes, is_acronym=is_acronym)
        support = self._support.of(toponym)
        found = [
            "always",
            f"listed {listed}",
            f"model {model}",
            f"listed {listed} model {coarse}",
            f"words {min(last - first + 1, 3)}",
            f"before {head}",
            f"before {head} listed {listed}",
            f"after {tail}",
            f"after {tail} model {coarse}",
            f"after {tail} listed {listed}",
            f"before {head} model {coarse}",
            f"before {head} ordinary {ordinary}",
            f"before {head} support {support}",
            f"before {head} support {support} model {coarse}",
            f"ordinary {ordinary}",
            f"ordinary {ordinary} listed {listed}",
            f"ordinary {ordinary} model {coarse}",
        ]
        if ordinary in GIVEN and tail in SURNAMES:
            found.append("given name before a surname")
        found += (
            f"text {length}",
            f"text {length} model {coarse}",
            f"text {length} listed {listed}",
            f"case {case}",
            f"case {case} model {coarse}",
            f"case {case} ordinary {ordinary}",
            f"support {support}",
            f"support {support} listed {listed}",
            f"support {support} model {coarse}",
            f"support {support} ordinary {ordinary}",
        )
        if outer := self._outer(toponym):
            found.append("within a longer name" if outer == {"no"} else "within a longer listed name")
        found += self._of_name(surface)
        if is_acronym and text[start - 1 : start] == "(" and text[end : end + 1] == ")":
            found.append("acronym in brackets")
        if self._small[last] in classes.kind:
            found.append("ends in a kind")
        if last > first and self._small[first] in classes.kind_before:
            found.append("begins with a kind")
        if self._phrases.is_settlement(first):
            found.append("settlement of")
        if start in self._starts:
            found += (f"begins the sentence model {coarse}", f"begins the sentence ordinary {ordinary}")
        if listed not in UNSPELLED:
            namesakes = min(len(meanings.candidates), MANY_NAMESAKES)
            found += (
                f"spelling {meanings.spelling} ordinary {ordinary}",
                f"spelling {meanings.spelling} model {coarse}",
                f"namesakes {namesakes} ordinary {ordinary}",
            )
        if first == last and len(surface) <= 3 and "." not in surface:
            found.append("three letters")
        return tuple(found)

    def _outer(self, toponym: Toponym) -> set[str]:
        """Return what the gazetteer has under the longer phrases that hold one."""
        ends, first = self._ends, toponym.first
        start, end = toponym.span.start, toponym.span.end
        return {
            self._toponyms[at, to].meanings.listed
            for at in self._phrases.starts[max(0, first - MAX_WORDS) : first + 1]
            if at in ends
            for to in ends[at]
            if to >= end and (at, to) != (start, end)
        }

    def _is_sure(self, at: tuple[int, int], toponym: Toponym) -> bool:
        """Return True if a phrase surely names a place: a well-known one, or one that the model labels so."""
        if not toponym.candidates:
            return False
        is_known = toponym.meanings.listed in WELL_KNOWN or self._model.label_of(*at) in PLACE_LABELS
        return is_known and self._outer(toponym) <= {"no"}

    def _of_name(self, surface: str) -> list[str]:
        """Return what the model and the text say of a name, wherever it stands."""
        found = self._names.get(surface)
        if found is None:
            found = self._names[surface] = list(self._said_of(surface))
        return found

    def _said_of(self, surface: str) -> Iterator[str]:
        simple = folded(surface)
        votes = self._model.labels_of(simple)
        if votes:
            total = sum(votes.values())
            yield f"labelled a place {round(3 * sum([votes[label] for label in PLACE_LABELS]) / total)}"
            for label in ("PERSON", "ORG"):
                if votes[label]:
                    yield f"labelled {label} {round(3 * votes[label] / total)}"
        else:
            yield f"labelled nothing text {self._length}"
        if simple in self._model.surnames:
            yield "surname of somebody"
        if surface.lower() in self._lowercase:
            yield "lowercase in the text"

    def _before(self, first: int, start: int) -> str:
        """Return the class of what stands before a phrase."""
        if not first:
            return "none"
        before, classes = self._words[first - 1], self._classes
        between = self._text[before.end : start]
        simple = self._small[first - 1]
        if between in (" ", "-"):
            if simple in classes.where:
                return "where"
            if simple in ("of", "the"):
                return simple
            if simple in classes.title:
                return "title"
            if before.upper and folded(before.text) in classes.given_name:
                return "given name"
            if simple in ("a", "an"):
                return "the"
            if simple in ("and", "or") and self._ends_a_name(first - 2):
                return "and place"
            if simple in classes.verb:
                return "verb"
            if before.upper:
                return "capital"
            return "by" if simple in ("by", "with", "for", "and") else "lowercase"
        if between == ", ":
            return "comma place" if before.end in self._all_ends else "comma"
        if PERIOD_TITLE.fullmatch(between) and simple in classes.title:
            return "title"
        return "none"

    def _ends_a_name(self, number: int) -> bool:
        return number >= 0 and self._words[number].end in self._all_ends

    def _after(self, last: int, end: int) -> str:
        """Return the class of what stands behind a phrase."""
        words, classes = self._words, self._classes
        after = words[last + 1] if last + 1 < len(words) else None
        if after is None:
            return "end"
        between = self._text[end : after.start]
        simple = self._small[last + 1]
        if between in (" ", "-"):
            if simple in classes.kind and after.upper:
                return "kind"
            if after.upper and between == " ":
                if folded(after.text) not in classes.surname:
                    return "capital"
                return "ordinary surname" if simple in classes.ordinary else "surname"
            if simple in classes.resident:
                return "resident"
            if simple in classes.speech:
                return "speech"
            return "hyphen" if between == "-" else "lowercase"
        if between.startswith(("'", "’")):
            return "possessive"
        if between.startswith(", "):
            follows = self._phrases.short_region(last + 1) or after.start in self._ends
            return "comma place" if follows else "comma"
        return "none"

    def _case(self, start: int) -> str:
        """Return how the sentence is written: `upper`, `title` or `sentence`."""
        sentences = self._reading.sentences
        number = max(0, bisect_right(self._sentence_starts, start) - 1)
        if number not in self._cases:
            sentence = sentences[number] if sentences else Span(0, len(self._text))
            at, to = (bisect_left(self._phrases.starts, edge) for edge in (sentence.start, sentence.end))
            self._cases[number] = _case_of(self._words[at:to])
        return self._cases[number]


def _case_of(words: Sequence[Word]) -> str:
    long = [word for word in words if word.end - word.start > 3]  # headlines leave shorter words in lowercase
    uppers = [word.text for word in long if word.upper]
    if len(long) < MIN_CASED_WORDS or len(uppers) / len(long) < MIN_TITLE_CASE:
        return "sentence"
    return "upper" if sum(map(str.isupper, uppers)) / len(long) >= MIN_TITLE_CASE else "title"


GIVEN = frozenset({"given name", "both names"})
SURNAMES = frozenset({"surname", "ordinary surname"})

MANY_NAMESAKES = 4

UNSPELLED = frozenset({"no", "demonym", "wide demonym"})
"""What a gazetteer has under a name that is no spelling of its own."""
