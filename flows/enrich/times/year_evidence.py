"""Decides whether a bare number is a year, by its context.

A bare number is more often a quantity, an address or a name than a year, so it is a year only with evidence: a
preposition of time before it, a noun in the singular after it, another year beside it.
"""

from __future__ import annotations

import re
from datetime import date

from flows.enrich.times.followers import Follower, counts_something, follower_of
from flows.enrich.times.rules import before_end

MODERN = 1900
MAX_YEARS_AHEAD = 50
LAST_YEAR = 2100
"""Years from MODERN to MAX_YEARS_AHEAD after publication need less evidence; none after LAST_YEAR is one. Chosen by what news
writes about, not tuned."""
RECENT = 10
"""A round number without a noun, as in `the vote of 2000`, is a year if it is within this many years of publication."""

NUMBERED = re.compile(
    r"(?:\b(?:no|nos|number|numbers|room|flight|resolution|article|articles|decree|law|bill|section|clause|paragraph|chapter|page"
    r"|pages|line|unit|brigade|battalion|regiment|division|squadron|model|type|case|file|form|order|directive|route|highway|road"
    r"|street|gate|block|suite|apartment|flat|channel|box|code|bus|train|boat|hull|lot|item|serial|extension|ext|tel|phone|fax"
    r"|hotline|kilometre|kilometer|km|mile|level|magnitude|version|proposition)\.?|[#№])\s?$",
    re.IGNORECASE,
)
"""Nouns with a number in their name."""
APPROXIMATE = re.compile(
    r"\b(?:nearly|almost|some|over|more than|less than|fewer than|at least|at most|up to|only|just|another|exactly|roughly"
    r"|approximately|estimated|additional|further|total of|all|every|first|last|next|other|any|these|those|many as|few as)\s$",
    re.IGNORECASE,
)
CHANGED = re.compile(
    r"\b(?:r[oi]se[sn]?|rising|fell|falls?|fallen|gr[eo]wn?|grows|dropp?(?:ed|s)?|climb(?:ed|s)?|jump(?:ed|s)?|up|down|increased?|increases"
    r"|declined?|number(?:ed|s)?|reach(?:ed|es)?|doubled|cut|reduced|lowered|raised|totall?ed|went)\s(?:\w+\s)?(?:from|to|by)\s$",
    re.IGNORECASE,
)
"""Verbs of change before a preposition: an amount follows."""
MEASURED = re.compile(
    r"\b(?:crowd|total|force|toll|number|population|maximum|minimum|average|capacity|cost|price|fine|army|group|distance|height"
    r"|altitude|speed|range|target|quota|record|rate|depth|value|sum|staff|ransom|score|level|peak|low|high|half|most|many|each)\sof\s$",
    re.IGNORECASE,
)
YEAR_WORD = re.compile(
    r"(?:\b(?:years?|A\.?D\.?|circa|ca?\.|born|dated|copyright|fiscal|calendar|(?:year-)?end|as (?:early|late|soon|recently|far back) as|[0-9]0s (?:to|until|through)|class of|FY|spring|summer|autumn|fall|winter|Q[1-4]|H[12]|dat(?:ed|es|ing) to"
    r"|early|late|mid|back to|prior to|(?:beginning|start|end|middle|rest|close|course) of)[\s-]|©\s?|\(c\)\s?)$",
    re.IGNORECASE,
)
"""Words that are followed by years only."""
EVENT_WORD = re.compile(
    r"\b(?:Act|Games|Olympics|Cup|Expo|Euro|Championships?|Summit|Convention|Festival|Election|Biennale)\s$"
)
"""Names that end with a year."""
PREPOSITION = re.compile(
    r"(?:^|(?P<lead>[,;:(—–-]\s?|\b(?:that|and|but|when|because|while|as|where|which|who|or)\s)?)\b"
    r"(?P<word>in|into|since|until|till|before|after|during|throughout|from|between|by|of|for|due|through|amid|following|past|beyond|than in|pre|post)[\s-]"
    r"(?:(?:both|either|about|around|late|early)\s)?$",
    re.IGNORECASE,
)
SURE = frozenset(
    {
        "in",
        "since",
        "until",
        "till",
        "before",
        "after",
        "during",
        "throughout",
        "into",
        "than in",
        "pre",
        "post",
    }
)
OPENING = frozenset({"in", "by", "until", "before", "after", "during", "from", "since"})
"""Prepositions that put a year at the front of a clause, where a plural noun after it is the subject: `In 1984 soldiers ...`."""
DETERMINER = re.compile(
    r"(?:\b(?:the|this|that|its|his|her|their|our|my|a|an)|['’]s?)\s(?:(?:whole|entire|failed|infamous|original|disputed|new)\s)?$",
    re.IGNORECASE,
)
PEOPLE = re.compile(
    r"\b\w+(?:ers|ors|ists|ees|ants|ians|dents|aries|men|lies|bodies|houses|homes|villages)\b", re.IGNORECASE
)
LINE_START = re.compile(r"(?:^|\n)[\"“(]?$")
LABEL = re.compile(r"\s?[:–—]|\s-\s|$|\n")
POSSESSIVE = re.compile(r"['’]s\b")
PART_OF = re.compile(r"\s(?:of (?:them|those|these|whom)|others)\b", re.IGNORECASE)
PLURAL_VERB = re.compile(r"\s(?:who|were|are|have)\b", re.IGNORECASE)
"""What follows only a quantity: a part of a whole or, without a preposition before the number, a plural verb."""
ADDRESS = re.compile(
    r"\s(?:[A-Z][\w.]*\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Drive|Boulevard|Blvd|Lane|Highway)\b"
)
AT = re.compile(r"\bat\s$", re.IGNORECASE)
AT_LEAST = re.compile(r"(?<=\b(?:until|since|after) )at (?:least|the earliest|the latest)\s$", re.IGNORECASE)
SEASON = re.compile(r"[-/](?P<next>[0-9]{1,2})(?![\w,.]?[0-9])")
"""The second year of a season: `1986/87`, `2005-6`."""
IN_BRACKETS = re.compile(r"\([^()]{1,40}[\s,]$")
"""A cited source before its year, as in `(UNHCR 2006)`."""
LOWERCASE_END = re.compile(r"(?:^|[a-z],?\s)$")
CLOSED = re.compile(r"[,:;.)\]]|$|\s[-–—(]")
CAPITAL_COMMA = re.compile(r"\b[A-Z][^\W\d_]+,\s$")

STRONG_LINK = r"\s?[-–/]\s?|\s(?:to|or|until|till|through)\s"
LINK_BEFORE = re.compile(rf"(?<!\d)(?P<year>[12][0-9]{{3}})(?P<link>{STRONG_LINK}|,\s(?:and\s)?|\sand\s)$")
BETWEEN = re.compile(r"\b(?:between|from)\s$", re.IGNORECASE)
LINK_AFTER = re.compile(
    rf"(?:{STRONG_LINK}|\sand\s|,\s)(?P<year>[12][0-9]{{3}}|(?<=[-–/])[0-9]{{2}})(?![\w,.]?[0-9])"
)


def is_year(
    number: int, preceding: str, following: str, *, anchor: date | None, after_place: bool = False
) -> bool:
    """Return True if a bare four-digit number is a year, by the text of its sentence before and after it.

    `after_place` says that the word before it is the name of a place, as in `Ceuta 2005:`.
    """
    if before_end(AT_LEAST, preceding):
        preceding = AT_LEAST.sub("", preceding)
    if (
        number > LAST_YEAR
        or PART_OF.match(following)
        or ADDRESS.match(following)
        or before_end(AT, preceding)
        or before_end(NUMBERED, preceding)
        or before_end(APPROXIMATE, preceding)
        or before_end(CHANGED, preceding)
    ):
        return False
    if before_end(YEAR_WORD, preceding) or _is_season(number, following):
        return True
    is_between = before_end(BETWEEN, preceding) is not None
    linked = LINK_AFTER.match(following)
    if linked and _is_later(number, linked["year"]):
        rest = following[linked.end() :]
        weak = following[0] == "," or (following.lstrip().startswith("and") and not is_between)
        if not weak or not counts_something(rest) or before_end(DETERMINER, preceding):
            following = rest
    else:
        is_between = False
    is_modern = MODERN <= number <= (anchor.year + MAX_YEARS_AHEAD if anchor else LAST_YEAR)
    if POSSESSIVE.match(following):
        return is_modern
    follower = follower_of(following)
    if follower == "count":
        return False
    if PLURAL_VERB.match(following) and not PREPOSITION.search(preceding):
        return False
    before = LINK_BEFORE.search(preceding)
    if before and (is_modern or _is_later(int(before["year"]), str(number))):
        first = preceding[: before.start()]
        return is_year(int(before["year"]), first, f"{before['link']}{number}{following}", anchor=anchor)
    is_round = number % 100 == 0 and not is_between and not (anchor and abs(anchor.year - number) <= RECENT)
    if IN_BRACKETS.search(preceding) and following.startswith(")"):
        return is_modern
    if preceding.endswith(("(", "[")):
        if follower == "plural" and (is_round or PEOPLE.match(following.strip().split(" ")[0])):
            return False
        return is_modern or not is_round
    if before_end(EVENT_WORD, preceding):
        return is_modern
    if preposition := PREPOSITION.search(preceding):
        return _is_year_after_preposition(
            preposition, follower, is_modern, is_round, measured=MEASURED.search(preceding) is not None
        )
    if before_end(DETERMINER, preceding):
        if follower == "plural":
            return is_modern and not is_round and not PEOPLE.match(following.strip().split(" ")[0])
        return follower == "singular" and not (is_round and number != 2000)
    if not is_modern:
        return False
    if follower == "singular":
        return not is_round
    return _is_year_by_position(preceding, following, follower, after_place)


def _is_later(first: int, second: str) -> bool:
    number = int(second) if len(second) == 4 else first // 100 * 100 + int(second)
    return first < number <= first + 150


def _is_season(number: int, following: str) -> bool:
    season = SEASON.match(following)
    return season is not None and (number + 1) % 10 ** len(season["next"]) == int(season["next"])


def _is_year_after_preposition(
    preposition: re.Match[str], follower: Follower, is_modern: bool, is_round: bool, *, measured: bool
) -> bool:
    word = preposition["word"].lower()
    opens = preposition.start() == 0 or preposition["lead"] is not None
    if word in ("pre", "post"):
        return is_modern
    if follower == "participle":
        return is_modern and word in SURE
    if follower == "plural":
        return is_modern and (word == "since" or (word in OPENING and opens))
    if word in SURE:
        return is_modern or not is_round or follower in ("end", "function")
    return (
        is_modern
        and not (measured and is_round)
        and not (is_round and follower != "singular" and not (word == "by" and opens))
    )


def _is_year_by_position(preceding: str, following: str, follower: Follower, after_place: bool) -> bool:
    """Return True if a modern number is in a position of years: at the start of a line, as a subject, after a place."""
    if follower == "verb" and LOWERCASE_END.search(preceding):
        return True
    if LINE_START.search(preceding) and LABEL.match(following):
        return True
    closed = CLOSED.match(following) is not None
    return closed and (after_place or CAPITAL_COMMA.search(preceding) is not None)
