"""Which words of a text name a place: names of the gazetteer and of the model, each weighed by its surroundings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import Candidate, Place
from flows.enrich.places.reference import PlaceReference
from flows.records import Reading, Span

CONNECTING = frozenset(
    "of the and de del la las los le les da do dos du des el al en es sur upon on am an der y e i".split()
)
ARABIC_ARTICLES = frozenset("al el ar as ad an at az ash ed es".split())
LONGEST_NAME = 6

KIND_BEHIND = frozenset(
    "county parish province governorate oblast prefecture district township borough municipality river lake creek bay island "
    "islands mountain mountains valley desert beach peninsula canyon hills forest airport street road avenue highway "
    "boulevard park square bridge sea gulf strait coast harbor harbour fjord glacier plateau reservoir".split()
)
"""Words that make the name before them one of a place, whether any list knows it or not."""

AREA_BEHIND = frozenset(
    "province district governorate oblast township municipality borough state city town village region prefecture division".split()
)
AREA_BEFORE = frozenset(
    "republic state city town village county province kingdom port district commonwealth".split()
)
SIDES = frozenset(
    "north south east west northern southern eastern western central upper lower greater downtown northeast northwest southeast "
    "southwest northeastern northwestern southeastern southwestern mainland inner outer".split()
)
"""Words beside a name that say which kind of area, or which part of it, is meant; the name stands without them."""

KIND_BEFORE = frozenset("lake mount cape isle gulf bay strait river fort port camp".split())
SETTLEMENTS = frozenset(
    "village villages town towns city cities district districts province provinces region regions suburb suburbs island islands port "
    "ports neighbourhood neighborhood neighbourhoods neighborhoods hamlet enclave settlement settlements capital state states "
    "municipality governorate commune township barangay barangays".split()
)
"""Words that a place's name follows with `of`, `called` or `named`."""

STORMS = ("cyclone", "hurricane", "typhoon")
"""A name behind one of these is a storm's."""

PREPOSITIONS = frozenset(
    "in at near from to outside around through across between toward towards into inside throughout over via off within "
    "beyond along north south east west northern southern eastern western central downtown".split()
)
LEADING_TITLES = frozenset(
    "mr mrs ms dr miss sir president minister gen general col colonel sen senator rep gov governor judge justice king queen "
    "prince princess lt sgt capt captain chief officer rev pope st".split()
)
NEXT_OFFICE = frozenset(
    "police mayor mayors officials government authorities city council court school university residents resident man woman "
    "sheriff prime president foreign army troops forces soldiers state governor senator based area region rebels embassy "
    "market economy team fire hospital high college department ambassador border".split()
)
DISEASES = frozenset(
    "virus viruses ebolavirus flu influenza fever disease encephalitis hemorrhagic haemorrhagic syndrome strain variant".split()
)
SPEAKS = frozenset("said says told added has have had was is will were are who and".split())

PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})


@dataclass(slots=True)
class Toponym:
    """Words that may name a place, what they may name, and why.

    `adjective` where they name a people (`Turkish`); `signs` are the features that its weight is the sum of.
    """

    span: Span
    surface: str
    candidates: tuple[Candidate, ...]
    adjective: bool
    signs: tuple[str, ...] = field(default=(), repr=False)
    weight: float = 0.0


class Reader:
    """One text being read for places: its words, and what the model and the text say of each name."""

    def __init__(self, reading: Reading, reference: PlaceReference) -> None:
        """Take the text apart once."""
        self.reading = reading
        self.text = reading.text
        self.gazetteer = reference.gazetteer
        self.short_regions = reference.short_regions
        self.words = reading.words
        self.spans = {(each.span.start, each.span.end): each.label for each in reading.entities}
        self._cover = _cover(reading)
        self.lower = frozenset(word.text for word in self.words if not word.upper)
        self.surnames = Counter(
            folded(each.span.of(self.text).split()[-1])
            for each in reading.entities
            if each.label == "PERSON" and " " in each.span.of(self.text)
        )
        self.votes: dict[str, Counter[str]] = {}
        for each in reading.entities:
            self.votes.setdefault(folded(_bare(each.span.of(self.text))), Counter())[each.label] += 1
        self._number_at = {word.start: number for number, word in enumerate(self.words)}
        self._number_to = {word.end: number for number, word in enumerate(self.words)}

    def toponyms(self) -> list[Toponym]:
        """Return every option, in reading order, overlapping ones too, with their signs."""
        options: dict[tuple[int, int], Toponym] = {}
        for first, last in self._phrases():
            if option := self._option(first, last):
                options[option.span.start, option.span.end] = option
        for (start, end), label in self.spans.items():
            if label in PLACE_LABELS:
                inside = self._inside(start, end)
                if (
                    inside
                    and self.words[inside[0]].upper
                    and self.words[inside[0]].text.lower() not in STORMS
                ):
                    span = Span(self.words[inside[0]].start, self.words[inside[-1]].end)
                    candidates = self._without_kind(inside[0], inside[-1])
                    whole = Toponym(span, span.of(self.text), candidates, False)
                    options.setdefault((span.start, span.end), whole)
        found = [options[at] for at in sorted(options)]
        self._ends: defaultdict[int, list[int]] = defaultdict(list)
        for start, end in options:
            self._ends[start].append(end)
        self._all_ends = {end for _, end in options}
        for option in found:
            option.signs = tuple(self._signs(option, options))
        return found

    def _phrases(self) -> Iterator[tuple[int, int]]:
        words = self.words
        for first, word in enumerate(words):
            if not word.upper and not self._is_article(first):
                continue
            last = first
            while True:
                if words[last].upper:
                    yield first, last
                last += 1
                if last >= len(words) or last - first >= LONGEST_NAME or not words[last].joined:
                    break
                if (
                    not words[last].upper
                    and words[last].text not in CONNECTING
                    and not self._is_article(last)
                ):
                    break

    def _is_article(self, number: int) -> bool:
        """Tell whether a word is the small `al` of `al-Bab`."""
        word = self.words[number]
        return (
            word.text in ARABIC_ARTICLES
            and number + 1 < len(self.words)
            and self.text[word.end : word.end + 1] == "-"
            and self.words[number + 1].upper
        )

    def _option(self, first: int, last: int) -> Toponym | None:
        words = self.words
        span = Span(words[first].start, words[last].end)
        surface = span.of(self.text)
        if (
            words[first].text.lower() in ("the", *STORMS)
            or (first and words[first - 1].text.lower() in STORMS)
            or (first == last and len(surface) == 1)
        ):
            return None
        if region := self._short_region(first, last):
            end = span.end + (
                self.text[span.end : span.end + 1] == "." and surface + "." in self.short_regions
            )
            return Toponym(
                Span(span.start, end), self.text[span.start : end], (Candidate(region, "name"),), False
            )
        if self._is_small_word(surface):
            return None
        if peoples := self.gazetteer.demonym(surface):
            return Toponym(span, surface, tuple(Candidate(place, "name") for place in peoples), True)
        if owned := self._with_possessive(span):
            return owned
        candidates = self.gazetteer.candidates(surface)
        if candidates:
            return Toponym(span, surface, candidates, False)
        if first == last:
            return (
                Toponym(span, surface, self.gazetteer.sounding(surface), False)
                if self._is_settlement(first)
                else None
            )
        behind, before = words[last].text.lower(), words[first].text.lower()
        named = behind in KIND_BEHIND or before in KIND_BEFORE
        if named and all(word.upper for word in words[first : last + 1]):
            return Toponym(span, surface, self._without_kind(first, last), False)
        return None

    def _is_settlement(self, number: int) -> bool:
        """Tell whether `the village of` stands before a word."""
        before = self.words[max(0, number - 2) : number]
        return (
            len(before) == 2
            and before[1].text in ("of", "called", "named")
            and before[0].text.lower() in SETTLEMENTS
        )

    def _with_possessive(self, span: Span) -> Toponym | None:
        """Return `St. John's`, whose possessive is of the name."""
        if self.text[span.end : span.end + 2] not in ("'s", "’s"):
            return None
        longer = Span(span.start, span.end + 2)
        surface = longer.of(self.text)
        named = tuple(
            each for each in self.gazetteer.candidates(surface) if each.place.name.endswith(("'s", "’s"))
        )
        return Toponym(longer, surface, named, False) if named else None

    def _without_kind(self, first: int, last: int) -> tuple[Candidate, ...]:
        """Return what a name stands for without its kind or the side that is meant: `Idlib Province`, `Western US`."""
        words = self.words
        if first == last and self._is_small_word(words[first].text):
            return ()
        if last - first >= 2 and words[first].text.lower() in AREA_BEFORE and words[first + 1].text == "of":
            first += 3 if words[first + 2].text == "the" and last - first >= 3 else 2
        shorter = last - 1 if first < last and words[last].text.lower() in AREA_BEHIND else last
        ranges = [(first, last), (first, shorter)]
        while first < shorter and words[first].text.lower() in SIDES:
            first += 1
            ranges.append((first, shorter))
        names = [self.text[words[start].start : words[end].end] for start, end in ranges]
        names = [name for name in names if not self._is_small_word(name)] or names[:1]
        found = (self.gazetteer.candidates(name) for name in names)
        return next(filter(None, found), ()) or self.gazetteer.sounding(names[-1])

    def _is_small_word(self, surface: str) -> bool:
        """Tell whether a word is a small one at the head of a sentence, or in capitals, as `Of` and `IN`."""
        if surface in ("US", "U.S."):
            return False
        return (
            surface.lower() in CLOSED
            or surface.lower() in KIND_BEHIND
            or (surface.isupper() and len(surface) == 2 and surface not in ("UK", "EU", "DC", "LA"))
        )

    def _short_region(self, first: int, last: int) -> Place | None:
        """Return the region of `Fla.` in `Gainesville, Fla.` and of `D-N.D.`."""
        if first != last:
            return None
        word = self.words[first]
        short = self.short_regions
        code = short.get(word.text) or (
            short.get(word.text + ".") if self.text[word.end : word.end + 1] == "." else None
        )
        if code is None:
            return None
        before = self.text[max(0, word.start - 2) : word.start]
        if word.text.count(".") > 1 and self.spans.get((word.start, word.end)) == "GPE":
            return self.gazetteer.region(*code)
        if before == ", " or (before.endswith("-") and before[0] in "DR") or word.text in ("NSW", "QLD"):
            return self.gazetteer.region(*code)
        return None

    def _inside(self, start: int, end: int) -> list[int]:
        """Return the numbers of the words of a span, without `the` and what is no word; empty if none is left."""
        inside = [n for at in range(start, end) if (n := self._number_at.get(at)) is not None]
        while inside and self.words[inside[0]].text.lower() in ("the", "a", "an"):
            inside = inside[1:]
        while inside and self.words[inside[-1]].end > end:
            inside = inside[:-1]
        return inside

    def _signs(self, option: Toponym, options: dict[tuple[int, int], Toponym]) -> Iterator[str]:
        """Yield what speaks for a place or against it, as words; the weights say how much."""
        text, words = self.text, self.words
        start, end = option.span.start, option.span.end
        first = self._number_at[start]
        last = self._number_to.get(end, self._number_to.get(end - 1, first))
        listed = _class(option)
        seen = self._seen_as(start, end)
        yield "always"
        yield f"listed {listed}"
        yield f"model {seen}"
        yield f"listed {listed} model {seen}"
        size = last - first + 1
        outer = [
            options[words[n].start, to]
            for n in range(max(0, first - LONGEST_NAME), first + 1)
            for to in self._ends.get(words[n].start, ())
            if to >= end and (words[n].start, to) != (start, end)
        ]
        if any(other.candidates for other in outer):
            yield f"within a longer name listed {listed}"
        elif outer:
            yield "within a longer name"
        yield f"words {min(size, 3)}"
        before = words[first - 1] if first else None
        after = words[last + 1] if last + 1 < len(words) else None
        left = text[before.end : start] if before else "\n"
        right = text[end : after.start] if after else "\n"
        head = "none"
        if before and left in (" ", "-"):
            small = before.text.lower()
            head = (
                "where" if small in PREPOSITIONS else "of" if small == "of" else "the" if small in ("the", "a", "an")
                else "title" if small in LEADING_TITLES else "capital" if before.upper else "by" if small in ("by", "with", "for", "and")
                else "small"
            )  # fmt: skip
        elif before and left == ", ":
            head = "comma place" if before.end in self._all_ends else "comma"
        elif (
            before
            and left == ". "
            and before.text
            in ("Mr", "Mrs", "Ms", "Dr", "Gov", "Sen", "Rep", "Gen", "Col", "Lt", "Sgt", "Capt")
        ):
            head = "title"
        yield f"before {head}"
        yield f"before {head} listed {listed}"
        tail = "none"
        if after and right in (" ", "-"):
            small = after.text.lower()
            tail = (
                "kind" if small in KIND_BEHIND and after.upper else "capital" if after.upper and right == " " else "office" if small in NEXT_OFFICE
                else "speaks" if small in SPEAKS else "disease" if small in DISEASES else "hyphen" if right == "-" else "small"
            )  # fmt: skip
        elif right.startswith(("'", "’")):
            tail = "possessive"
        elif (
            right.startswith(", ")
            and after
            and (self._short_region(last + 1, last + 1) or after.start in self._ends)
        ):
            tail = "comma place"
        elif right.startswith(", "):
            tail = "comma"
        yield f"after {tail}"
        yield f"after {tail} model {seen}"
        yield f"after {tail} listed {listed}"
        yield f"before {head} after {tail}"
        if head == "capital":
            yield f"before capital model {seen}"
            if before and before.text.lower() in NEXT_OFFICE:
                yield "before office"
        simple = folded(option.surface)
        votes = self.votes.get(simple)
        if votes:
            total = sum(votes.values())
            places = sum(votes[label] for label in PLACE_LABELS)
            yield f"votes place {round(3 * places / total)}"
            if votes["PERSON"]:
                yield f"votes person {round(3 * votes['PERSON'] / total)}"
            if votes["ORG"]:
                yield f"votes org {round(3 * votes['ORG'] / total)}"
        else:
            yield "votes none"
        if simple in self.surnames:
            yield "surname"
        if option.surface.lower() in self.lower:
            yield "small in the text"
        if option.surface.isupper() and "." not in option.surface:
            yield "in capitals"
            yield (
                "in capitals and brackets"
                if left.endswith("(") and right.startswith(")")
                else "in bare capitals"
            )
        if last >= first and words[last].text.lower() in KIND_BEHIND:
            yield f"kind {words[last].text.lower()}"
        if words[first].text.lower() in KIND_BEFORE and size > 1:
            yield "kind before"
        if self._is_settlement(first):
            yield "settlement of"
        sentence = (
            self.reading.sentences[sentence_at(self.reading.sentences, start)]
            if self.reading.sentences
            else None
        )
        if sentence and sentence.start == start:
            yield f"first model {seen}"
        if option.candidates and not option.adjective:
            yield f"spelling {option.candidates[0].spelling}"
        if size == 1 and len(option.surface) <= 3 and "." not in option.surface:
            yield "letters 3"

    def _seen_as(self, start: int, end: int) -> str:
        """Return how the model saw these words: a label, or how they lie in what it saw."""
        covering = self._cover.get(start) or self._cover.get(end - 1)
        if covering is None:
            return "none"
        at, to, label, _ = covering
        group = label if label in ("GPE", "LOC", "FAC", "NORP", "ORG", "PERSON") else "OTHER"
        bare_start, bare_end = covering[3]
        if (bare_start, bare_end) == (start, end):
            return group
        if at <= start and end <= to:
            where = "head" if start == bare_start else "end" if end == bare_end else "middle"
            return f"{group} {where}"
        return f"{group} crossed" if start > at or end < to else f"{group} within"


CLOSED = frozenset(
    "of in on at to by or and the a an as is it if he she we they be do so no not but for from with this that these those who what "
    "when where why how his her its our their there here then than all any some one two three four five six seven eight nine ten "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december mr mrs ms dr most many much more few both each such after before while since until during i you my me us "
    "god lord new old big north south east west central upper lower northern southern eastern western first second arab centre center".split()
)  # fmt: skip
"""Words that are no place by themselves, though some village bears them."""


def _class(option: Toponym) -> str:
    if not option.candidates:
        return "no"
    best = option.candidates[0].place
    if option.adjective:
        return "people" if best.kind is Kind.COUNTRY else "people wide"
    best = max(
        (each.place for each in option.candidates),
        key=lambda place: (_RANK.get(place.kind, 1), place.population),
    )
    if named := _LISTED.get(best.kind):
        return named
    if best.kind is not Kind.DISTRICT and best.kind not in TOWNS:
        return "wide"
    if best.kind is Kind.DISTRICT and best.population < 100_000:
        return "ADM2"
    people = best.population
    return (
        "city"
        if people > 500_000
        else "large town"
        if people > 50_000
        else "town"
        if people > 5_000
        else "village"
    )


_RANK = {Kind.COUNTRY: 5, Kind.CAPITAL: 3, Kind.REGION: 3, Kind.CONTINENT: 3}
_LISTED = {Kind.COUNTRY: "country", Kind.REGION: "ADM1", Kind.CAPITAL: "PPLC"}


def _bare(surface: str) -> str:
    return re.sub(r"^(?:the|The)\s|['’]s?$", "", surface)


def _cover(reading: Reading) -> dict[int, tuple[int, int, str, tuple[int, int]]]:
    """Return for each character that the model put in an entity: the entity's ends, label, and ends without `the`."""
    cover = {}
    for each in reading.entities:
        if each.label in ("DATE", "TIME", "CARDINAL", "ORDINAL", "MONEY", "PERCENT", "QUANTITY"):
            continue
        start, end = each.span.start, each.span.end
        surface = each.span.of(reading.text)
        bare_start = start + (4 if surface[:4].lower() == "the " else 0)
        bare_end = end - len(re.search(r"(?:['’][sS]?|[\s,.;:)]+)?$", surface).group())  # type: ignore[union-attr]  # it may match nothing, and then matches
        for at in range(start, end):
            cover[at] = (start, end, each.label, (bare_start, bare_end))
    return cover


def weigh(options: Sequence[Toponym], weights: Mapping[str, float]) -> None:
    """Set the weight of each option: the sum of its signs."""
    for option in options:
        option.weight = sum(weights.get(sign, 0.0) for sign in option.signs)


def chosen(options: Sequence[Toponym], least: float = 0.0) -> list[Toponym]:
    """Return the options that are places: heaviest first, none that overlaps another; in reading order.

    A name within a longer one that is listed too is left out: `Virginia` of `West Virginia`.
    """
    within: set[int] = set()
    reaches = -1
    for option in sorted(options, key=lambda each: (each.span.start, -each.span.end)):
        if option.span.end <= reaches:
            within.add(id(option))
        elif option.weight > least and option.candidates and " " in option.surface:
            reaches = option.span.end
    taken: list[Toponym] = []
    filled = bytearray(max((option.span.end for option in options), default=0))
    for option in sorted(options, key=lambda each: (-each.weight, each.span.start)):
        if option.weight <= least:
            break
        start, end = option.span.start, option.span.end
        if id(option) not in within and not any(filled[start:end]):
            taken.append(option)
            filled[start:end] = b"\1" * (end - start)
    return sorted(taken, key=lambda each: each.span.start)
