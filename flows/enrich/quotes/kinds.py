"""Direct and mixed quotations, and titles, which are neither.

As in PolNeAR a quotation is direct where all that is said stands between the marks, and mixed where it is part of a longer
sentence: `He said it was "unfair"`, `If they come, he said, "we shall leave"`.
"""

from __future__ import annotations

import re

from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.speech import LABEL, MARK, SPEECH
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.marks import Piece
from flows.enrich.quotes.paragraph import AROUND, AROUND_MARKS, LOOK_BACK, QuotedParagraph
from flows.records import Span

EARLIER = ("carried", "sentence-before")
"""Rules whose speaker stands in a sentence before the quotation's own."""

MIN_CLAUSE_WORDS = 5
"""A quotation of this many words is a clause even without final punctuation."""

INTRODUCED = re.compile(r"(?:^|[,:;—–(\[\"”-]|--)\s*$")
MARKED = re.compile(r"[,:]\s*$")
ENDS = ",.!?…"
INNER_MARKS = "'’\"”"
AND_ON = re.compile(r"[^\w]*(?:and|but|as|while|when|before|after)\b|[^\w]*$|[,;:.—–(-]|\s[—–(-]")
"""How a sentence continues after a quotation that has ended: `"we go" and left`."""

TITLE_WORD = re.compile(r"[^\W_][\w’'-]*")
SMALL = frozenset("a an and as at by de for from in of on or the to vs with".split())
"""Words of a title that have no capital."""
BEFORE = re.compile(r"(?:^|\s)(?P<word>[a-z’']+)\s+$")
BEFORE_NAME = frozenset("a an the its his her their our this that so-called".split())
NOUN_AFTER = re.compile(r"\s(?P<word>[a-z]+)\b")
MAX_TITLE_WORDS, MAX_APPOSITION_WORDS = 12, 4


def is_direct(quoted: QuotedParagraph, pieces: tuple[Piece, ...], attribution: Attribution | None) -> bool:
    """Return True for a direct quotation, False for a mixed one; `quoted` is the paragraph of its first piece."""
    first = pieces[0]
    if attribution is None or attribution.rule in EARLIER:
        return is_clause(quoted, first) and not is_capitalised(quoted, first)
    start = attribution.start
    if start < first.start:
        return _is_direct_after(quoted, first, attribution)
    if attribution.rule == "quoted-as":
        return is_clause(quoted, first)
    spoken = [piece for piece in pieces if piece.end <= start]
    is_beside = attribution.rule != "clause-end" or not _words(quoted.reading.text[spoken[-1].end : start])
    introduction = quoted.before_in_sentence(first).lower().split()
    light = quoted.reference.grammar["coordinator"] | quoted.reference.grammar["introductory"]
    return is_beside and light.issuperset(introduction)


def _words(text: str) -> str:
    return text.strip(AROUND_MARKS)


def _is_direct_after(quoted: QuotedParagraph, piece: Piece, attribution: Attribution) -> bool:
    """Return True if a quotation after its attribution is direct."""
    text, grammar = quoted.reading.text, quoted.reference.grammar
    if attribution.end > piece.start:
        return is_clause(quoted, piece)
    between = text[attribution.end : piece.start]
    words = between.lower().replace(",", " ").replace(":", " ").split()
    mark = between.rstrip(" \n\t—–-\"'“‘")[-1:]
    use = quoted.reference.uses.get(attribution.cue.of(text).lower()) if attribution.cue else None
    if mark == ":":
        # `He said it was an insult: "They laughed"`
        return use is None or grammar["auxiliary"].isdisjoint(words)
    if piece.span.of(text)[0].islower() and _is_inserted(quoted, attribution):
        return False
    if mark == ",":
        # `said it is a mistake, "they know"`, but not `told reporters in Rome, "We go"`
        is_adjunct = not words or words[0] in grammar["adjunct"] or use not in (SPEECH, MARK)
        return is_clause(quoted, piece) and (is_adjunct or grammar["auxiliary"].isdisjoint(words))
    if use in (SPEECH, MARK) and words in ([], ["that"]):
        return is_clause(quoted, piece, is_after_verb=True) and _ends_sentence(quoted, piece)
    return False


def _ends_sentence(quoted: QuotedParagraph, piece: Piece) -> bool:
    """Return True if the sentence ends with a piece, or what follows is another clause."""
    after = quoted.reading.text[piece.end : quoted.sentence_end(piece)]
    return piece.span.of(quoted.reading.text)[-1] in ".!?…" or AND_ON.match(after) is not None


def _is_inserted(quoted: QuotedParagraph, attribution: Attribution) -> bool:
    """Return True if a clause precedes the attribution, which the quotation continues: `If they come, he said, "we leave"`."""
    reading, grammar = quoted.reading, quoted.reference.grammar
    sentence = reading.sentences[sentence_at(reading.sentences, attribution.start)]
    start = max(sentence.start, quoted.span.start, attribution.start - LOOK_BACK)
    front = _words(reading.text[start : attribution.start]).lower().split()
    if not front:
        return False
    is_clause_before = any(
        reading.syntax.tokens[number].tag in ("VBD", "VBP", "VBZ", "MD")
        for number in reading.syntax.within(start, attribution.start)
    )
    return is_clause_before or front[0] not in (
        grammar["preposition"] | grammar["introductory"] | grammar["coordinator"] | grammar["day"]
    )


def is_clause(quoted: QuotedParagraph, piece: Piece, *, is_after_verb: bool = False) -> bool:
    """Return True if the words of a piece form a clause of their own."""
    text = quoted.reading.text
    words = piece.span.of(text)
    if _is_apposition(quoted, piece):
        return False
    last = words.rstrip(INNER_MARKS)[-1:]
    ends = last in tuple(ENDS) or text[piece.end : piece.end + 1] == ","
    if not (ends or piece.runs_on or len(words.split()) >= MIN_CLAUSE_WORDS):
        return False
    is_capital = words.lstrip("‘'“\"[(")[:1].isupper()
    if quoted.opens_sentence(piece):
        return is_capital or ends
    before = text[max(quoted.span.start, piece.start - AROUND) : piece.start]
    if last in tuple(".!?…") and MARKED.search(before):
        return True
    word = before.split()[-1:]
    if is_after_verb and len(words.split()) >= MIN_CLAUSE_WORDS and _has_subject(quoted, piece):
        return True
    follows_verb = bool(word) and word[0].lower() in quoted.reference.uses
    return is_capital and (follows_verb or INTRODUCED.search(before) is not None)


def _has_subject(quoted: QuotedParagraph, piece: Piece) -> bool:
    """Return True if the words of a piece have a finite verb with its subject, or if they were not parsed and may have them."""
    syntax = quoted.reading.syntax
    inside = syntax.within(piece.span.start, piece.span.end)
    if not inside:
        return piece.span.of(quoted.reading.text).split()[0].lower() not in ("to", "without")
    return any(
        syntax.tokens[number].dep in ("nsubj", "nsubjpass", "expl") and syntax.tokens[number].head in inside
        for number in inside
    )


def is_capitalised(quoted: QuotedParagraph, piece: Piece) -> bool:
    """Return True if all words of a piece have capitals, as in a title, and not all letters."""
    words = piece.span.of(quoted.reading.text)
    return not words.isupper() and is_title_case(words)


def is_title_case(words: str) -> bool:
    """Return True if all words have capitals but small ones of grammar behind the first; False if there are none or many."""
    found = TITLE_WORD.findall(words)
    return 0 < len(found) <= MAX_TITLE_WORDS and all(
        word[0].isupper() or (at and word in SMALL) or word[0].isdigit() for at, word in enumerate(found)
    )


def _is_apposition(quoted: QuotedParagraph, piece: Piece) -> bool:
    """Return True for a name between commas: `the other camp, "UN House", is full`."""
    text = quoted.reading.text
    words = piece.span.of(text).split()
    return (
        len(words) <= MAX_APPOSITION_WORDS
        and text[piece.end : piece.end + 1] == ","
        and text[max(0, piece.start - 2) : piece.start] == ", "
        and all(word[0].isupper() for word in words)
        and text[max(0, piece.start - AROUND) : piece.start].split()[-1].strip(",").lower()
        not in quoted.reference.uses
    )


def is_title(quoted: QuotedParagraph, piece: Piece, cue: Span) -> bool:
    """Return True for a title or a name between marks, which is no speech: `a workshop on "Safer Roads"`, `its "Delta-IV" programme`.

    All its words have capitals, and lowercase words of the sentence lead to it. A single word is a name only
    as part of a noun phrase: `said it was "Nazism"` quotes, `its "Osprey" programme` does not.
    """
    text, grammar = quoted.reading.text, quoted.reference.grammar
    words = piece.span.of(text)
    if not is_title_case(words):
        return False
    if _is_apposition(quoted, piece):
        return True
    if quoted.reference.uses.get(cue.of(text).lower()) == LABEL or not cue.end < piece.start:
        return False
    before = BEFORE.search(text, max(cue.end, piece.start - AROUND), piece.start)
    if before is None or words[-1] in ENDS:
        return False
    if len(TITLE_WORD.findall(words)) > 1:
        return before["word"] in grammar["preposition"] | BEFORE_NAME
    after = NOUN_AFTER.match(text, piece.end)
    is_noun = (
        after is not None
        and after["word"]
        not in grammar["preposition"]
        | grammar["auxiliary"]
        | grammar["coordinator"]
        | grammar["subordinator"]
        | grammar["relative"]
    )
    return before["word"] in BEFORE_NAME and is_noun
