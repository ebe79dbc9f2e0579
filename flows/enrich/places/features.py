"""What speaks for and against words naming a place: the features that the naming weights are for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import Place
from flows.enrich.places.phrases import MAX_WORDS, PLACE_LABELS, Phrases, Toponym
from flows.enrich.places.words import PlaceWords
from flows.records import Reading, Span

NUMBERS = frozenset({"DATE", "TIME", "CARDINAL", "ORDINAL", "MONEY", "PERCENT", "QUANTITY"})
"""Labels of the model that say nothing of names."""

NAMES = frozenset({"GPE", "LOC", "FAC", "NORP", "ORG", "PERSON"})

PERIOD_TITLE = re.compile(r"\. ?")
BARE = re.compile(r"^(?:the|The)\s|['’]s?$")
END_OF_NAME = re.compile(r"(?:['’][sS]?|[\s,.;:)]+)?$")

LENGTHS = ((15, "one sentence"), (60, "short"))
"""A text with at most so many words, and what its length is called."""

MIN_TITLE_CASE = 0.65
"""A sentence with this share of words in title case is a headline."""

MIN_CASED_WORDS = 3
"""With fewer words the case of a sentence says nothing."""

MAX_SUPPORTED = 24
"""Candidates of a name that are looked up among the places of the rest of the text."""


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
        self._entities = list(_entities(reading, self._toponyms))
        self._cover = _cover(self._text, self._entities)
        self._lowercase = frozenset(word.text for word in self._words if not word.upper)
        self._surnames: Counter[str] = Counter()
        self._votes: dict[str, Counter[str]] = {}
        for start, end, label in self._entities:
            surface = self._text[start:end]
            self._votes.setdefault(folded(BARE.sub("", surface)), Counter())[label] += 1
            if label == "PERSON" and " " in surface:
                self._surnames[folded(surface.split()[-1])] += 1
        self._length = next((name for most, name in LENGTHS if len(self._words) <= most), "long")
        self._cases: dict[int, str] = {}
        self._listed = {at: _listed(each) for at, each in self._toponyms.items()}
        self._countries, self._regions = self._support()

    def features_of(self, toponym: Toponym) -> Iterator[str]:
        """Yield the features of a phrase."""
        text, words, classes = self._text, self._words, self._classes
        start, end = toponym.span.start, toponym.span.end
        first = self._phrases.number_at[start]
        last = self._phrases.number_to.get(end, self._phrases.number_to.get(end - 1, first))
        listed = self._listed[start, end]
        model = self._model_label(start, end)
        coarse = model if " " not in model else f"part of {model.split(' ')[0]}"
        head, tail = self._before(first, start), self._after(last, end)
        case = self._case(start)
        is_acronym = (
            first == last and toponym.surface.isupper() and "." not in toponym.surface and case != "upper"
        )
        ordinary = self._ordinary(toponym, words[first].text, is_acronym=is_acronym)
        support = self._support_of(toponym)
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
        if (
            self._reading.sentences
            and self._reading.sentences[sentence_at(self._reading.sentences, start)].start == start
        ):
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
        outer = list(self._outer(first, start, end))
        if any(listed != "no" for listed in outer):
            yield "within a longer listed name"
        elif outer:
            yield "within a longer name"

    def _outer(self, first: int, start: int, end: int) -> Iterator[str]:
        """Yield what the gazetteer has under each longer phrase that holds one."""
        for number in range(max(0, first - MAX_WORDS), first + 1):
            at = self._words[number].start
            for to in self._ends.get(at, ()):
                if to >= end and (at, to) != (start, end):
                    yield self._listed[at, to]

    def _is_nested(self, start: int, end: int) -> bool:
        return any(listed != "no" for listed in self._outer(self._phrases.number_at[start], start, end))

    def _elsewhere(self, toponym: Toponym) -> Iterator[str]:
        """Yield what the model and the text say of the same name elsewhere."""
        simple = folded(toponym.surface)
        votes = self._votes.get(simple)
        if votes:
            total = sum(votes.values())
            yield f"labelled a place {round(3 * sum(votes[label] for label in PLACE_LABELS) / total)}"
            for label in ("PERSON", "ORG"):
                if votes[label]:
                    yield f"labelled {label} {round(3 * votes[label] / total)}"
        else:
            yield f"labelled nothing text {self._length}"
        if simple in self._surnames:
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

    def _ordinary(self, toponym: Toponym, first_word: str, *, is_acronym: bool) -> str:
        """Return what else a name may be: an acronym, a title, a word of English, a surname, a given name."""
        simple, classes = folded(toponym.surface), self._classes
        if is_acronym:
            return "acronym"
        if simple in classes.title:
            return "title"
        if " " in simple:
            if folded(first_word) in classes.given_name:
                return "given name first"
            is_plain = all(word in classes.ordinary or word in classes.connecting for word in simple.split())
            return (
                "several words of English"
                if is_plain
                else "several words abroad"
                if _is_abroad(toponym)
                else "several words"
            )
        if simple in classes.ordinary:
            return "word"
        is_given, is_surname = simple in classes.given_name, simple in classes.surname
        if is_given or is_surname:
            return "both names" if is_given and is_surname else "given name" if is_given else "surname"
        return "none abroad" if _is_abroad(toponym) else "none"

    def _case(self, start: int) -> str:
        """Return how the sentence is written: `upper`, `title` or `sentence`."""
        sentences = self._reading.sentences
        number = sentence_at(sentences, start) if sentences else 0
        if number not in self._cases:
            sentence = sentences[number] if sentences else Span(0, len(self._text))
            at, to = (bisect_left(self._words, (edge,)) for edge in (sentence.start, sentence.end))
            self._cases[number] = _case_of([word.text for word in self._words[at:to]])
        return self._cases[number]

    def _model_label(self, start: int, end: int) -> str:
        """Return how the model labels these words: a label, or how they lie in what it labels."""
        covering = self._cover.get(start) or self._cover.get(end - 1)
        if covering is None:
            return "none"
        at, to, label, (bare_start, bare_end) = covering
        group = label if label in NAMES else "OTHER"
        if (bare_start, bare_end) == (start, end):
            return group
        if at <= start and end <= to:
            return f"{group} {'head' if start == bare_start else 'end' if end == bare_end else 'middle'}"
        return f"{group} {'crossed' if start > at or end < to else 'within'}"

    def _support(self) -> tuple[Mapping[str, set[str]], Mapping[tuple[str, str], set[str]]]:
        """Return the names that speak for each country and each first-order region."""
        countries: defaultdict[str, set[str]] = defaultdict(set)
        regions: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for (start, end), each in self._toponyms.items():
            is_known = self._listed[start, end] in ("country", "region", "capital", "city", "demonym")
            is_named = each.candidates and (is_known or self._model_label(start, end) in PLACE_LABELS)
            if not is_named or self._is_nested(start, end):
                continue
            name = folded(each.surface)
            for candidate in each.candidates[:2]:
                place = candidate.place
                if place.country:
                    countries[place.country].add(name)
                    if place.admin1:
                        regions[place.country, place.admin1].add(name)
        return countries, regions

    def _support_of(self, toponym: Toponym) -> str:
        """Return how near the rest of the text comes to a candidate: in its region, in its country, elsewhere, nowhere."""
        name = {folded(toponym.surface)}
        places = [each.place for each in toponym.candidates[:MAX_SUPPORTED] if each.place.country]
        if any(self._regions.get((place.country or "", place.admin1 or ""), name) - name for place in places):
            return "region"
        if any(self._countries.get(place.country or "", name) - name for place in places):
            return "country"
        return "elsewhere" if any(names - name for names in self._countries.values()) else "nowhere"


def _case_of(words: Sequence[str]) -> str:
    long = [word for word in words if len(word) > 3]  # headlines leave shorter words in lowercase
    if len(long) < MIN_CASED_WORDS:
        return "sentence"
    if sum(word.isupper() for word in long) / len(long) >= MIN_TITLE_CASE:
        return "upper"
    return "title" if sum(not word.islower() for word in long) / len(long) >= MIN_TITLE_CASE else "sentence"


def _listed(toponym: Toponym) -> str:
    """Return what the gazetteer has under a name: the kind of the foremost candidate, towns by population."""
    if not toponym.candidates:
        return "no"
    if toponym.is_adjective:
        return "demonym" if toponym.candidates[0].place.kind is Kind.COUNTRY else "wide demonym"
    best = max((each.place for each in toponym.candidates), key=_prominence)
    if named := LISTED.get(best.kind):
        return named
    if best.kind is not Kind.DISTRICT and best.kind not in TOWNS:
        return "wide"
    if best.kind is Kind.DISTRICT and best.population < TOWN_SIZES[1][0]:
        return "district"
    return next((name for least, name in TOWN_SIZES if best.population > least), "village")


GIVEN = frozenset({"given name", "both names"})
SURNAMES = frozenset({"surname", "ordinary surname"})

SPELLINGS = ("name", "alternate", "phonetic")
"""How a name and a place match, best first."""

MANY_NAMESAKES = 4

UNSPELLED = frozenset({"no", "demonym", "wide demonym"})
"""What a gazetteer has under a name that is no spelling of its own."""

LISTED = {Kind.COUNTRY: "country", Kind.REGION: "region", Kind.CAPITAL: "capital"}
TOWN_SIZES = ((500_000, "city"), (50_000, "large town"), (5_000, "town"))
PROMINENCE = {Kind.COUNTRY: 5, Kind.CAPITAL: 3, Kind.REGION: 3, Kind.CONTINENT: 3}


ENGLISH = frozenset({"AU", "CA", "GB", "IE", "NZ", "US"})
"""Countries whose places are named in English, as its words and people are."""


def _is_abroad(toponym: Toponym) -> bool:
    """Return True if the gazetteer has the name in countries of other languages only."""
    return bool(toponym.candidates) and ENGLISH.isdisjoint(each.place.country for each in toponym.candidates)


def _prominence(place: Place) -> tuple[int, int]:
    return PROMINENCE.get(place.kind, 1), place.population


def _entities(
    reading: Reading, toponyms: Mapping[tuple[int, int], Toponym]
) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and label of the model's names: cut at the end of a line, and two places joined by `and` apart."""
    text = reading.text
    for each in reading.entities:
        if each.label in NUMBERS:
            continue
        start, end = each.span.start, each.span.end
        whole = toponyms.get((start, end))
        is_pair = each.label in PLACE_LABELS and not (whole and whole.candidates)
        at = start
        for cut in (PAIR_OR_LINE if is_pair else LINE).finditer(text, start, end):
            yield at, cut.start(), each.label
            at = cut.end()
        if at < end:
            yield at, end, each.label


LINE = re.compile(r"\s*\n\s*")
PAIR_OR_LINE = re.compile(r" and |\s*\n\s*")


def _cover(
    text: str, entities: Sequence[tuple[int, int, str]]
) -> dict[int, tuple[int, int, str, tuple[int, int]]]:
    """Return for each character that the model put in a name: the name's ends, its label, its ends without `the` and possessive."""
    cover = {}
    for start, end, label in entities:
        surface = text[start:end]
        bare_start = start + (4 if surface[:4].lower() == "the " else 0)
        behind = END_OF_NAME.search(surface)
        bare_end = end - len(behind.group() if behind else "")
        for at in range(start, end):
            cover[at] = (start, end, label, (bare_start, bare_end))
    return cover
