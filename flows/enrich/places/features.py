"""What speaks for and against words naming a place: the features that the naming weights are for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.spelling import folded
from flows.enrich.places.listings import listed_as, ordinary_class
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
        self._phrases, self._classes = phrases, classes
        self._toponyms = {(each.span.start, each.span.end): each for each in toponyms}
        self._ends: defaultdict[int, list[int]] = defaultdict(list)
        for start, end in self._toponyms:
            self._ends[start].append(end)
        self._all_ends = frozenset(end for _, end in self._toponyms)
        self._model = ModelNames(reading, self._toponyms)
        self._lowercase = frozenset(word.text for word in self._words if not word.upper)
        self._length = next((name for most, name in LENGTHS if len(self._words) <= most), "long")
        self._cases: dict[int, str] = {}
        self._starts = frozenset([sentence.start for sentence in reading.sentences])
        self._listed = {at: listed_as(each) for at, each in self._toponyms.items()}
        self._support = Support(each for at, each in self._toponyms.items() if self._is_sure(at, each))

    def features_of(self, toponym: Toponym) -> Iterator[str]:
        """Yield the features of a phrase."""
        text, words, classes = self._text, self._words, self._classes
        start, end = toponym.span.start, toponym.span.end
        first = self._phrases.number_at[start]
        last = self._phrases.number_to.get(end, self._phrases.number_to.get(end - 1, first))
        listed = self._listed[start, end]
        model = self._model.label_of(start, end)
        coarse = model if " " not in model else f"part of {model.split(' ')[0]}"
        head, tail = self._before(first, start), self._after(last, end)
        case = self._case(start)
        is_acronym = (
            first == last and toponym.surface.isupper() and "." not in toponym.surface and case != "upper"
        )
        ordinary = ordinary_class(toponym, words[first].text, classes, is_acronym=is_acronym)
        support = self._support.of(toponym)
        yield "always"
        yield f"listed {listed}"
        yield f"model {model}"
        yield f"listed {listed} model {coarse}"
        yield f"words {min(last - first + 1, 3)}"
        yield f"before {head}"
        yield f"before {head} listed {listed}"
        yield f"after {tail}"
        yield f"after {tail} model {coarse}"
        yield f"after {tail} listed {listed}"
        yield f"before {head} model {coarse}"
        yield f"before {head} ordinary {ordinary}"
        yield f"before {head} support {support}"
        yield f"before {head} support {support} model {coarse}"
        yield f"ordinary {ordinary}"
        yield f"ordinary {ordinary} listed {listed}"
        yield f"ordinary {ordinary} model {coarse}"
        if ordinary in GIVEN and tail in SURNAMES:
            yield "given name before a surname"
        yield f"text {self._length}"
        yield f"text {self._length} model {coarse}"
        yield f"text {self._length} listed {listed}"
        yield f"case {case}"
        yield f"case {case} model {coarse}"
        yield f"case {case} ordinary {ordinary}"
        yield f"support {support}"
        yield f"support {support} listed {listed}"
        yield f"support {support} model {coarse}"
        yield f"support {support} ordinary {ordinary}"
        yield from self._within(first, start, end)
        yield from self._elsewhere(toponym)
        if is_acronym and text[start - 1 : start] == "(" and text[end : end + 1] == ")":
            yield "acronym in brackets"
        if words[last].text.lower() in classes.kind:
            yield "ends in a kind"
        if last > first and words[first].text.lower() in classes.kind_before:
            yield "begins with a kind"
        if self._phrases.is_settlement(first):
            yield "settlement of"
        if start in self._starts:
            yield f"begins the sentence model {coarse}"
            yield f"begins the sentence ordinary {ordinary}"
        if listed not in UNSPELLED:
            spelling = min((each.spelling for each in toponym.candidates), key=SPELLINGS.index)
            yield f"spelling {spelling} ordinary {ordinary}"
            yield f"spelling {spelling} model {coarse}"
            yield f"namesakes {min(len(toponym.candidates), MANY_NAMESAKES)} ordinary {ordinary}"
        if first == last and len(toponym.surface) <= 3 and "." not in toponym.surface:
            yield "three letters"

    def _within(self, first: int, start: int, end: int) -> Iterator[str]:
        """Yield whether a longer phrase holds this one."""
        outer = self._outer(first, start, end)
        if outer:
            yield "within a longer name" if outer == {"no"} else "within a longer listed name"

    def _outer(self, first: int, start: int, end: int) -> set[str]:
        """Return what the gazetteer has under the longer phrases that hold one."""
        ends, listed = self._ends, self._listed
        return {
            listed[word.start, to]
            for word in self._words[max(0, first - MAX_WORDS) : first + 1]
            if word.start in ends
            for to in ends[word.start]
            if to >= end and (word.start, to) != (start, end)
        }

    def _is_nested(self, start: int, end: int) -> bool:
        return not self._outer(self._phrases.number_at[start], start, end) <= {"no"}

    def _is_sure(self, at: tuple[int, int], toponym: Toponym) -> bool:
        """Return True if a phrase surely names a place: a well-known one, or one that the model labels so."""
        is_known = self._listed[at] in WELL_KNOWN or self._model.label_of(*at) in PLACE_LABELS
        return bool(toponym.candidates) and is_known and not self._is_nested(*at)

    def _elsewhere(self, toponym: Toponym) -> Iterator[str]:
        """Yield what the model and the text say of the same name elsewhere."""
        simple = folded(toponym.surface)
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
        if toponym.surface.lower() in self._lowercase:
            yield "lowercase in the text"

    def _before(self, first: int, start: int) -> str:
        """Return the class of what stands before a phrase."""
        if not first:
            return "none"
        before, classes = self._words[first - 1], self._classes
        between = self._text[before.end : start]
        simple = before.text.lower()
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
        simple = after.text.lower()
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
        number = sentence_at(sentences, start) if sentences else 0
        if number not in self._cases:
            sentence = sentences[number] if sentences else Span(0, len(self._text))
            at, to = (bisect_left(self._words, (edge,)) for edge in (sentence.start, sentence.end))
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

SPELLINGS = ("name", "alternate", "phonetic")
"""How a name and a place match, best first."""

MANY_NAMESAKES = 4

UNSPELLED = frozenset({"no", "demonym", "wide demonym"})
"""What a gazetteer has under a name that is no spelling of its own."""
