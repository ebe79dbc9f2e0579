"""Which words name a person, an organisation or a place: what the model saw, mended by the words around and the rest of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.enrich.entities.reference import EntityReference
from flows.enrich.gazetteer_index import Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.places.resolution import softmax
from flows.enrich.places.unplaced import BEYOND
from flows.records import Reading, Span, Word

PREPOSITIONS = frozenset(
    "in at near from to outside around through across between toward towards into inside throughout over via off within "
    "beyond along north south east west northern southern eastern western central downtown".split()
)
CLOSED = frozenset(
    "of in on at to by or and the a an as is it if he she we they be do so no not but for from with this that these those who what "
    "when where why how his her its our their there here then than all any some one two three four five six seven eight nine ten "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december mr mrs ms dr most many much more few both each such after before while since until during i you my me us "
    "god lord new old big north south east west central upper lower northern southern eastern western first second arab centre center".split()
)  # fmt: skip

KINDS = ("PER", "ORG", "LOC", "OTHER")
"""What a name may be of; OTHER is no name of these, though it may be one of a people, a work or an event."""

NAMED = frozenset("PERSON ORG GPE LOC FAC NORP EVENT PRODUCT WORK_OF_ART LAW LANGUAGE".split())
COARSE = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}

LEADING = re.compile(r"(?:[\s\"'“”‘’`.,;:()\[\]<>|*_=+~^/\\#@-]+|(?:the|The|THE)\s+)+")
TRAILING = re.compile(r"(?:\s?['’][sS]|[\s\"'“”‘’`,;:()\[\]<>|*_=+~^/\\-])+$")
FIRST_WORD = re.compile(r"(?P<word>[^\W\d_]+)\.?\s+")
LETTERS = re.compile(r"[^\W\d_]")
AFTER = re.compile(r"(['’]s\b|\s?[^\w\s]|\s+|$)\s?([\w'’-]*)")
ACRONYM = re.compile(r"\s\((?P<short>[A-Z][A-Za-z&.]{1,9})\)")
DIGIT, ADDRESS, CAPITAL_WITHIN = (
    re.compile(r"\d"),
    re.compile(r"@|\.(?:com|org|net)"),
    re.compile(r"[a-z][A-Z]"),
)
LINE_BREAK = re.compile(r"\s*\n\s*")

HEADS_OF_BODIES = frozenset(
    "inc corp corporation co company ltd plc llc group university college school institute academy council committee commission "
    "party ministry department agency bureau office army navy force forces police court bank association organization "
    "organisation union federation foundation fund society church team club league museum hospital times post news press journal "
    "tribune herald radio television network airlines airways motors industries systems technologies international holdings "
    "parliament senate congress assembly government administration authority command brigade battalion corps guard front "
    "movement alliance coalition center centre service services program programme project society board studio studios orchestra "
    "band records entertainment partners associates capital energy oil gas power electric insurance restaurant hotel".split()
)
"""Words that a body's name ends in or is made with."""

TITLES = frozenset(
    "mr mrs ms miss dr sir dame lord lady prof professor president premier chancellor minister senator sen rep gov governor king "
    "queen prince princess pope general gen col colonel major maj capt captain lt lieutenant sgt sergeant judge justice mayor "
    "ambassador secretary sheikh imam ayatollah rev reverend chairman chairwoman director spokesman spokeswoman spokesperson "
    "leader chief officer commander analyst attorney lawyer actor actress author writer coach star singer founder ceo congressman "
    "congresswoman representative dear hi hey hello thanks".split()
)
MAIL_WORDS = frozenset("subject re lines wrote writes".split())
"""Words of the headers of mails and posts. As those of earnings tables, the model takes them for people and companies."""

SPEAKS = frozenset(
    "said says say told tells added adds stated announced declared insisted warned claimed argued explained noted asked wrote "
    "writes acknowledged admitted denied reported vowed urged commented recalled concluded is was has had who".split()
)
MONTHS_AND_DAYS = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday".split()
)


SURELY_NONE = 0.75
"""The weights were fitted on 317 texts of the web and 14 of news, where the model is right more often. In five folds relaxed F1
on the news is 75.5 at 0.5, 75.9 at 0.7, 75.8 at 0.75, strict F1 on the web 66.6, 65.5, 64.8."""


@dataclass(slots=True)
class Option:
    """Words that may be a name. `label` is the model's, or None; `is_explained` where the text gives it as a body's acronym; `shares` the belief in each kind, in the order of KINDS."""

    span: Span
    surface: str
    label: str | None
    place: PlaceMention | None
    signs: tuple[str, ...] = field(default=(), repr=False)
    shares: tuple[float, ...] = ()
    is_explained: bool = False

    @property
    def kind(self) -> str:
        """The kind believed in most; what the model named is no name only where that is believed by far."""
        best = max(range(len(KINDS)), key=self.shares.__getitem__)
        if KINDS[best] == "OTHER" and self.label in COARSE and self.shares[best] < SURELY_NONE:
            best = max(range(len(KINDS) - 1), key=self.shares.__getitem__)
        return KINDS[best]


def options_in(reading: Reading, places: Sequence[PlaceMention], reference: EntityReference) -> list[Option]:
    """Return every option in reading order with its signs; options of the same words are one."""
    text = reading.text
    no_names = MAIL_WORDS | reference.table_heads
    found: dict[tuple[int, int], Option] = {}
    for entity in reading.entities:
        if entity.label in NAMED:
            for span in _trimmed(text, entity.span, no_names, is_person=entity.label == "PERSON"):
                found.setdefault((span.start, span.end), Option(span, span.of(text), entity.label, None))
    for place in places:
        if place.is_adjective:
            continue
        option = found.setdefault(
            (place.span.start, place.span.end), Option(place.span, place.surface, None, place)
        )
        option.place = place
    covered = bytearray(len(text))
    for start, end in found:
        covered[start:end] = b"\1" * (end - start)
    known = {word for option in found.values() for word in folded(option.surface).split()}
    for span in _runs(reading.words):
        words = folded(span.of(text)).split()
        # Capitals alone make no name: its words stand in another of the text, or the name is well known.
        if (
            words
            and not any(covered[span.start : span.end])
            and (known.issuperset(words) or span.of(text) in reference.actors)
        ):
            found[span.start, span.end] = Option(span, span.of(text), None, None)
    options = [found[at] for at in sorted(found)]
    explained = {short for option in options if (short := _explained_by(text, option))}
    for option in options:
        option.is_explained = option.surface in explained
    heard = _Heard(reading, options)
    for option in options:
        option.signs = tuple(_signs(option, heard, reference))
    return options


def _explained_by(text: str, option: Option) -> str | None:
    """Return the acronym in brackets behind a name whose capitals it is made of, or None."""
    behind = ACRONYM.match(text, option.span.end)
    if not behind:
        return None
    initials = "".join(word[0] for word in option.surface.split() if word[:1].isupper())
    return behind["short"] if behind["short"].replace(".", "").upper() == initials.upper() else None


def _trimmed(text: str, span: Span, no_names: frozenset[str], *, is_person: bool) -> Iterator[Span]:
    """Yield what is left of an entity without articles, possessives, marks and a person's title; cut where a short line ends."""
    pieces = [span]
    for broken in LINE_BREAK.finditer(text, span.start, span.end):
        line_start = text.rfind("\n", 0, broken.start()) + 1
        if broken.start() - line_start < SHORT_LINE or "\n" in broken.group().strip(" \t")[1:]:
            last = pieces.pop()
            pieces += [Span(last.start, broken.start()), Span(broken.end(), last.end)]
    for piece in pieces:
        start, end = piece.start, piece.end
        if leading := LEADING.match(text, start, end):
            start = leading.end()
        if trailing := TRAILING.search(text[start:end]):
            end = start + trailing.start()
        while is_person and (title := FIRST_WORD.match(text, start, end)) and title["word"].lower() in TITLES:
            start = title.end()
        words = text[start:end].lower().split()
        if end - start > 1 and LETTERS.search(text, start, end) and not no_names.issuperset(words):
            yield Span(start, end)


SHORT_LINE = 60
"""A line that is shorter ends a name: it is one of a list or a signature; longer ones are wrapped text."""


def _runs(words: Sequence[Word]) -> Iterator[Span]:
    """Yield the longest runs of capitalised words, without small words at their ends."""
    run: list[tuple[int, int, str]] = []
    for word in (*words, None):
        if (
            word is not None
            and word.upper
            and (not run or word.joined)
            and not (word.text.lower() in CLOSED and not run)
        ):
            run.append((word.start, word.end, word.text))
            continue
        while run and run[-1][2].lower() in CLOSED:
            run.pop()
        if run and not (len(run) == 1 and (len(run[0][2]) < 2 or run[0][2].lower() in MONTHS_AND_DAYS)):
            yield Span(run[0][0], run[-1][1])
        run = []
        if word is not None and word.upper and word.text.lower() not in CLOSED:
            run.append((word.start, word.end, word.text))


class _Heard:
    """What the whole text says of each name."""

    def __init__(self, reading: Reading, options: Iterable[Option]) -> None:
        self.text = reading.text
        self.starts = frozenset(sentence.start for sentence in reading.sentences)
        self.votes: dict[str, Counter[str]] = {}
        self.last_words: Counter[str] = Counter()
        self.first_words: Counter[str] = Counter()
        self.outer = {
            at: option.span
            for option in options
            if option.label
            for at in range(option.span.start, option.span.end)
        }
        self.small = frozenset(word.text for word in reading.words if not word.upper)
        for option in options:
            name = folded(option.surface)
            if option.label:
                self.votes.setdefault(name, Counter())[COARSE.get(option.label, "OTHER")] += 1
            if option.place:
                self.votes.setdefault(name, Counter())["place"] += 1
            words = name.split()
            if option.label == "PERSON" and len(words) > 1:
                self.last_words[words[-1]] += 1
                self.first_words[words[0]] += 1


def _signs(option: Option, heard: _Heard, reference: EntityReference) -> Iterator[str]:
    """Yield what speaks for one kind or another, as words; the weights say for which and how much."""
    text, span = heard.text, option.span
    words = option.surface.split()
    label = option.label or "none"
    place = "none"
    if option.place:
        unlisted = "worldwide" if option.place.null_reason == BEYOND else "unlisted"
        kind = option.place.place.kind if option.place.place else unlisted
        place = (
            "country"
            if kind is Kind.COUNTRY
            else "region"
            if kind in (Kind.REGION, Kind.DISTRICT)
            else "unlisted"
            if kind == "unlisted"
            else "town or other"
        )
    yield "always"
    yield f"model {label}"
    yield f"place {place}"
    yield f"model {label} place {'some' if option.place else 'none'}"
    size = min(len(words), 4)
    yield f"words {size}"
    yield f"words {size} model {label}"
    left = text[max(0, span.start - 24) : span.start]
    at = len(left)
    while at and not left[at - 1].isalnum() and len(left) - at < 3:
        at -= 1
    mark = left[at:]
    left = left[:at]
    while at and (left[at - 1].isalnum() or left[at - 1] in ".'’-"):
        at -= 1
    word = left[at:].lower().rstrip(".")
    if not word:
        head = "line" if "\n" in mark or span.start == 0 else "mark"
    elif "\n" in mark:
        head = "line"
    elif span.start in heard.starts:
        head = "start"
    elif mark.strip(" ."):
        head = f"mark {mark.strip()[:1]}"
    elif word in TITLES:
        head = "title"
    elif word in PREPOSITIONS:
        head = "where"
    elif word in ("the", "a", "an", "this"):
        head = "the"
    elif word in ("by", "with", "and", "of", "for", "from", "that"):
        head = word
    elif word in SPEAKS:
        head = "speaks"
    else:
        head = "word" if word.islower() else "capital"
    yield f"before {head}"
    yield f"before {head} model {label}"
    after = AFTER.match(text[span.end : span.end + 24])
    mark, word = (after[1], after[2]) if after else ("", "")
    if mark.startswith(("'", "’")):
        tail = "possessive"
    elif "\n" in mark or not mark:
        tail = "line"
    elif mark.strip():
        tail = f"mark {mark.strip()[:1]}"
    elif word.lower() in SPEAKS:
        tail = "speaks"
    elif word.lower() in HEADS_OF_BODIES:
        tail = "body"
    else:
        tail = "capital" if word[:1].isupper() else "digit" if word[:1].isdigit() else "word"
    yield f"after {tail}"
    yield f"after {tail} model {label}"
    if head == "line" and tail == "line":
        yield "alone in its line"
    simple = folded(option.surface)
    votes = heard.votes.get(simple)
    own = COARSE.get(option.label or "", "OTHER") if option.label else None
    if votes:
        for kind in (*KINDS, "place"):
            others = votes[kind] - (kind == own) - (kind == "place" and option.place is not None)
            if others > 0:
                yield f"elsewhere {kind} {min(others, 2)}"
    last, first = simple.split()[-1] if simple else "", simple.split()[0] if simple else ""
    if len(words) == 1 and last in heard.last_words:
        yield "surname of somebody"
    if len(words) == 1 and first in heard.first_words:
        yield "given name of somebody"
    if first in reference.given_names:
        yield f"given name words {size}"
    if any(word.lower().rstrip(".,") in HEADS_OF_BODIES for word in words[-1:]):
        yield "ends in a body"
    elif any(word.lower().rstrip(".,") in HEADS_OF_BODIES for word in words):
        yield "holds a body"
    if words and words[0].lower().rstrip(".") in TITLES:
        yield "begins with a title"
    if option.surface in reference.actors:
        yield "well-known body"
    if option.surface.isupper():
        yield f"capitals {'short' if len(option.surface) <= 5 else 'long'}"
        yield f"capitals model {label}"
    elif option.surface[:1].islower():
        yield "small letter"
    if not option.surface.isalpha():
        if DIGIT.search(option.surface):
            yield "digits"
        if ADDRESS.search(option.surface):
            yield "address"
    if not (option.surface.istitle() or option.surface.isupper()) and CAPITAL_WITHIN.search(option.surface):
        yield "capital within"
    if " of " in option.surface or " for " in option.surface:
        yield "of"
    if " and " in option.surface or " & " in option.surface:
        yield "and"
    if span.start in heard.starts:
        yield f"first in the sentence model {label}"
    if simple in heard.small or option.surface.lower() in heard.small:
        yield "small elsewhere"
    outer = heard.outer.get(span.start)
    if outer and outer != span and outer.end >= span.end:
        yield f"within place {place}"


def judge(options: Sequence[Option], weights: Mapping[str, Sequence[float]]) -> None:
    """Set the shares of each option: a softmax of the sums of its signs (a weight for each of KINDS), then a name means one thing in a text.

    All mentions of a name share what is believed of each; a name that is the last word of somebody's is somebody's too.
    """
    alone: dict[int, list[float]] = {}
    by_name: dict[str, list[int]] = {}
    for at, option in enumerate(options):
        sums = [0.0] * len(KINDS)
        for sign in option.signs:
            worth = weights.get(sign)
            if worth is None:
                continue
            sums[0] += worth[0]
            sums[1] += worth[1]
            sums[2] += worth[2]
            sums[3] += worth[3]
        alone[at] = softmax(sums)
        by_name.setdefault(folded(option.surface), []).append(at)
    people: defaultdict[str, float] = defaultdict(float)
    for name, mentions in by_name.items():
        words = name.split()
        if len(words) > 1:
            people[words[-1]] += sum(alone[at][0] for at in mentions)
    for name, mentions in by_name.items():
        together = [sum(alone[at][kind] for at in mentions) for kind in range(len(KINDS))]
        if " " not in name:
            together[0] += people.get(name, 0.0)
        for at in mentions:
            if options[at].is_explained:
                options[at].shares = (0.0, 1.0, 0.0, 0.0)
                continue
            mixed = [OWN * own + all_ for own, all_ in zip(alone[at], together, strict=True)]
            options[at].shares = tuple(share / sum(mixed) for share in mixed)


OWN = 1.0
"""What a mention's own surroundings weigh beside one other mention of the name."""
