"""Weapons and military vehicles: words of a table, and makers' designations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.enrich.lexicons import table
from flows.records import Span, Word

NO_DESIGNATION_BEFORE = re.compile(
    r"(?:highway|route|road|motorway|interstate|form|flight|section|article|room|apollo|gate|platform|bus|line|train|group|resolution|annex|"
    r"exhibit|channel|vitamin|page|table|figure|class|grade|level|type|airbus|paper|size|boeing|formula|visa|pier|block|building)s?\s$",
    re.IGNORECASE,
)
"""What precedes letters and a number that are not a weapon."""
NO_DESIGNATION_AFTER = re.compile(
    r"\s(?:road|motorway|highway|freeway|route|visas?|flight|guerrillas?|movement|group|rebels|members?|leaders?|summit|gang|cartel|meeting|"
    r"ministers|nations|countries|line|train|bus|section|class|form|paper|filing|junction|corridor|cells?|level)\b",
    re.IGNORECASE,
)
ENDING = re.compile(r"(?:s|es)?(?![\w-])", re.IGNORECASE)
"""What may follow the name of a weapon: a plural ending, and no other letter."""
NOUN_AFTER = re.compile(r"(?:-style|-type|s)?\s((?:\w+\s)?[\w-]+)")
NEAR_WORDS = re.compile(r"[\w-]+")
DESIGNATION = re.compile(
    # The search skips what does not begin with one of the first class; only behind it, it looks back.
    r"(?P<letters>[A-Z2](?<![\w.-].)(?:(?<=[A-Z])[A-Za-z/]{0,11}|(?<=2)S|(?<=W)ing Loong|(?<=U)-boat))"
    r"(?P<mark>-| ?)(?P<number>[1-9]\d{0,2})(?P<suffix>[A-Z]{0,3}\d?)(?P<plural>s?)(?![\w-])"
)


NOUNS = {
    "jet": "aircraft",
    "helicopter": "aircraft",
    "plane": "aircraft",
    "aircraft": "aircraft",
    "fighter": "aircraft",
    "launcher": "artillery",
    "cannon": "artillery",
    "carrier": "vehicle",
    "vehicle": "vehicle",
}
"""Nouns that are not a weapon alone, but state the kind of a designation before them."""


@dataclass(frozen=True, slots=True)
class Weapon:
    """A weapon or vehicle in a text, its name in the singular as the table has it, and its kind."""

    span: Span
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class WeaponContext:
    """Words of the sentence that make an ambiguous name a weapon, and words right beside it that exclude it."""

    words: frozenset[str]
    before_not: frozenset[str]
    after_not: frozenset[str]


@dataclass(frozen=True, slots=True)
class WeaponReference:
    """The tables of weapons.

    `names` maps the first word of a name, in lowercase, to (name, the name in lowercase, kind, whether it is unambiguous), longest name
    first. `designations` maps a maker's letters to (numbers, kind, whether they are unambiguous). `kinds` maps a noun to its kind of
    weapon, for designations of two kinds.
    """

    names: Mapping[str, Sequence[tuple[str, str, str, bool]]]
    contexts: Mapping[str, WeaponContext]
    designations: Mapping[str, Sequence[tuple[frozenset[int], str, bool]]]
    kinds: Mapping[str, str]


def read_weapon_reference() -> WeaponReference:
    """Read the tables of weapons."""
    names: defaultdict[str, list[tuple[str, str, str, bool]]] = defaultdict(list)
    kinds = dict(NOUNS)
    rows = [
        (name, row["kind"], row["use"] == "sure")
        for row in table("weapons")
        for name in row["names"].split("|")
    ]
    for name, kind, is_sure in sorted(rows, key=lambda each: (-len(each[0]), each[0])):
        lowercase = name.lower()
        first = lowercase.replace("-", " ").split(" ")[0]
        for form in {first, f"{first}s"}:
            names[form].append((name, lowercase, kind, is_sure))
        kinds.setdefault(lowercase, kind)
    contexts = {
        row["name"]: WeaponContext(
            *(frozenset(filter(None, row[cell].split("|"))) for cell in ("is", "before_not", "after_not"))
        )
        for row in table("weapon_contexts")
    }
    designations: defaultdict[str, list[tuple[frozenset[int], str, bool]]] = defaultdict(list)
    for row in table("designations"):
        for letters in row["letters"].split("|"):
            designations[letters.rstrip("-")].append(
                (_numbers(row["numbers"]), row["kind"], row["use"] == "sure")
            )
    return WeaponReference(dict(names), contexts, dict(designations), kinds)


def _numbers(ranges: str) -> frozenset[int]:
    ends = [part.split("-") for part in ranges.split(",")]
    return frozenset(number for part in ends for number in range(int(part[0]), int(part[-1]) + 1))


def weapons_in(
    text: str, words: Sequence[Word], sentences: Sequence[Span], reference: WeaponReference
) -> Iterator[Weapon]:
    """Yield the weapons and vehicles in reading order; an ambiguous one counts if its sentence has another."""
    found = [*_named(text, words, sentences, reference), *_designated(text, reference)]
    sure = {sentence_at(sentences, weapon.span.start) for weapon, is_sure in found if is_sure}
    reached = 0
    for weapon, is_sure in sorted(found, key=lambda each: (each[0].span.start, -each[0].span.end)):
        if weapon.span.start >= reached and (is_sure or sentence_at(sentences, weapon.span.start) in sure):
            yield weapon
            reached = weapon.span.end


def _named(
    text: str, words: Sequence[Word], sentences: Sequence[Span], reference: WeaponReference
) -> Iterator[tuple[Weapon, bool]]:
    """Yield the names of the table that may be weapons, each with whether it is certain."""
    reached = 0
    names = reference.names
    for word, small in [(word, small) for word in words if (small := word.text.lower()) in names]:
        if word.start < reached or (word.start and text[word.start - 1] == "-"):
            continue
        for name, lowercase, kind, is_sure in names[small]:
            end = word.start + len(name)
            ending = ENDING.match(text, end) if text[word.start : end].lower() == lowercase else None
            # A brand is capitalised: `a javelin thrower` has no missile.
            if ending is None or (name[0].isupper() and text[word.start : ending.end()].islower()):
                continue
            span = Span(word.start, ending.end())
            context = reference.contexts.get(name.lower())
            if context is not None:
                verdict = _in_context(text, span, sentences, context)
                if verdict is None:
                    continue
                is_sure = is_sure or verdict
            yield Weapon(span, name, kind), is_sure
            reached = span.end
            break


def _in_context(text: str, span: Span, sentences: Sequence[Span], context: WeaponContext) -> bool | None:
    """Return True if the words around an ambiguous name make it a weapon, None if they exclude it, else False."""
    sentence = sentences[sentence_at(sentences, span.start)]
    before = NEAR_WORDS.findall(text[max(sentence.start, span.start - 40) : span.start].lower())
    after = NEAR_WORDS.findall(text[span.end : min(sentence.end, span.end + 30)].lower())
    if {" ".join(before[-count:]) for count in (1, 2, 3) if count <= len(before)} & context.before_not:
        return None
    if {" ".join(after[:count]) for count in (1, 2)} & context.after_not:
        return None
    if text[span.end : span.end + 2] in ("'s", "’s") and "suicide" in context.before_not:
        return None
    around = text[sentence.start : span.start].lower() + " " + text[span.end : sentence.end].lower()
    return bool(context.words.intersection(NEAR_WORDS.findall(around)))


def _designated(text: str, reference: WeaponReference) -> Iterator[tuple[Weapon, bool]]:
    """Yield the makers' designations, each with whether it is certain."""
    for match in DESIGNATION.finditer(text):
        rows = reference.designations.get(match["letters"])
        if rows is None:
            continue
        number = int(match["number"])
        fitting = [(kind, is_sure) for numbers, kind, is_sure in rows if number in numbers]
        fitting.sort(key=lambda each: not each[1])
        if not fitting or NO_DESIGNATION_BEFORE.search(text, max(0, match.start() - 16), match.start()):
            continue
        noun = _noun_after(text, match.end(), reference.kinds)
        if noun is None and NO_DESIGNATION_AFTER.match(text, match.end()):
            continue
        kind, is_sure = fitting[0]
        if noun is not None:
            kind = noun if noun in {each for each, _ in fitting} else kind
        # Without a hyphen, one letter and a number need a noun: `M16 rifle` is a weapon, the `M5` is a road.
        is_tied = match["mark"] == "-" or (not match["mark"] and len(match["letters"]) > 1)
        is_sure = noun is not None or (is_sure and is_tied)
        end = match.end() - len(match["plural"])
        yield Weapon(Span(match.start(), match.end()), text[match.start() : end], kind), is_sure


def _noun_after(text: str, end: int, kinds: Mapping[str, str]) -> str | None:
    """Return the kind that the noun after a designation names: `M-16 rifle`, `S-300 air defence missiles`."""
    after = NOUN_AFTER.match(text, end)
    if after is None:
        return None
    words = after[1].lower().split()
    for noun in (" ".join(words), *words):
        if kind := kinds.get(noun) or kinds.get(noun.removesuffix("s")):
            return kind
    return None
