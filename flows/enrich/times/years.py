"""Years, decades, centuries and eras: which numbers are years, by what stands around them.

A bare number is a quantity, an address or a name more often than a year, so it is a year only where something says so: a
preposition of time before it, a noun in the singular behind it, another year beside it. `is_year` lists what counts.
"""

from __future__ import annotations

import re
from datetime import date

from flows.enrich.times import intervals
from flows.enrich.times.followers import Follower, counts_something, follower_of
from flows.enrich.times.rules import BEFORE_CALENDAR, Context, Value, dated, rule
from flows.enrich.times.vocabulary import DECADES, EARLY, ORDINALS, YEAR, either

MODERN = 1900
MAX_YEARS_AHEAD = 50
LAST_YEAR = 2100
"""Years from MODERN to MAX_YEARS_AHEAD after publication need less evidence; none after LAST_YEAR is one. Chosen by what news
writes about, not tuned."""
RECENT = 10
"""A round number without a noun, as in `the vote of 2000`, is a year if it is within so many years of publication."""

NUMBERED = re.compile(
    r"(?:\b(?:no|nos|number|numbers|room|flight|resolution|article|articles|decree|law|bill|section|clause|paragraph|chapter|page"
    r"|pages|line|unit|brigade|battalion|regiment|division|squadron|model|type|case|file|form|order|directive|route|highway|road"
    r"|street|gate|block|suite|apartment|flat|channel|box|code|bus|train|boat|hull|lot|item|serial|extension|ext|tel|phone|fax"
    r"|hotline|kilometre|kilometer|km|mile|level|magnitude|version|proposition)\.?|[#№])\s?$",
    re.IGNORECASE,
)
"""What numbers itself: the number behind one is a name."""
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
"""A verb of change before a preposition: what follows is an amount."""
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
"""Words that only a year follows."""
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
"""Prepositions that put a year at the front of a clause, where a plural noun behind it is the subject: `In 1984 soldiers ...`."""
DETERMINER = re.compile(
    r"(?:\b(?:the|this|that|its|his|her|their|our|my|a|an)|['’]s?)\s(?:(?:whole|entire|failed|infamous|original|disputed|new)\s)?$",
    re.IGNORECASE,
)
PEOPLE = re.compile(
    r"\b\w+(?:ers|ors|ists|ees|ants|ians|dents|men|lies|bodies|houses|homes|villages)\b", re.IGNORECASE
)
LINE_START = re.compile(r"(?:^|\n)[\"“(]?$")
LABEL = re.compile(r"\s?[:–—]|\s-\s|$|\n")
POSSESSIVE = re.compile(r"['’]s\b")
PART_OF = re.compile(r"\s(?:of (?:them|those|these|whom)|others)\b", re.IGNORECASE)
PLURAL_VERB = re.compile(r"\s(?:who|were|are|have)\b", re.IGNORECASE)
"""A part of a whole or, where no preposition stands before the number, a plural verb: only a quantity has it."""
ADDRESS = re.compile(
    r"\s(?:[A-Z][\w.]*\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Drive|Boulevard|Blvd|Lane|Highway)\b"
)
AT = re.compile(r"\bat\s$", re.IGNORECASE)
AT_LEAST = re.compile(r"(?<=\b(?:until|since|after) )at (?:least|the earliest|the latest)\s$", re.IGNORECASE)
SEASON = re.compile(r"[-/](?P<next>[0-9]{1,2})(?![\w,.]?[0-9])")
"""The second of two years that meet in a season: `1986/87`, `2005-6`."""
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
    number: int, preceding: str, following: str, *, anchor: date | None, behind_place: bool = False
) -> bool:
    """Return True if a bare four-digit number is a year, by the text of its sentence before and behind it.

    `behind_place` says that the word before it is the name of a place, as in `Ceuta 2005:`.
    """
    preceding = AT_LEAST.sub("", preceding)
    if (
        number > LAST_YEAR
        or PART_OF.match(following)
        or ADDRESS.match(following)
        or AT.search(preceding)
        or NUMBERED.search(preceding)
        or APPROXIMATE.search(preceding)
        or CHANGED.search(preceding)
    ):
        return False
    if YEAR_WORD.search(preceding) or _is_season(number, following):
        return True
    is_between = BETWEEN.search(preceding) is not None
    linked = LINK_AFTER.match(following)
    if linked and _is_later(number, linked["year"]):
        rest = following[linked.end() :]
        weak = following[0] == "," or (following.lstrip().startswith("and") and not is_between)
        if not weak or not counts_something(rest) or DETERMINER.search(preceding):
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
    if preceding.endswith(("(", "[")):
        return is_modern or not is_round
    if EVENT_WORD.search(preceding):
        return is_modern
    if preposition := PREPOSITION.search(preceding):
        return _is_year_behind_preposition(
            preposition, follower, is_modern, is_round, measured=MEASURED.search(preceding) is not None
        )
    if DETERMINER.search(preceding):
        if follower == "plural":
            return is_modern and not is_round and not PEOPLE.match(following.strip().split(" ")[0])
        return follower == "singular" and not (is_round and number != 2000)
    if not is_modern:
        return False
    if follower == "singular":
        return not is_round
    return _is_year_by_position(preceding, following, follower, behind_place)


def _is_later(first: int, second: str) -> bool:
    number = int(second) if len(second) == 4 else first // 100 * 100 + int(second)
    return first < number <= first + 150


def _is_season(number: int, following: str) -> bool:
    season = SEASON.match(following)
    return season is not None and (number + 1) % 10 ** len(season["next"]) == int(season["next"])


def _is_year_behind_preposition(
    preposition: re.Match[str], follower: Follower, is_modern: bool, is_round: bool, *, measured: bool
) -> bool:
    word = preposition["word"].lower()
    if follower == "participle":
        return is_modern and word in SURE
    if follower == "plural":
        opens = preposition.start() == 0 or preposition["lead"] is not None
        return is_modern and (word == "since" or (word in OPENING and opens))
    if word in SURE:
        return is_modern or not is_round or follower in ("end", "function")
    return (
        is_modern
        and not (measured and is_round)
        and not (is_round and follower != "singular" and word != "by")
    )


def _is_year_by_position(preceding: str, following: str, follower: Follower, behind_place: bool) -> bool:
    """Return True if a modern number stands where years do: at the head of a line, as a subject, behind a place."""
    if follower == "verb" and LOWERCASE_END.search(preceding):
        return True
    if LINE_START.search(preceding) and LABEL.match(following):
        return True
    closed = CLOSED.match(following) is not None
    return closed and (behind_place or CAPITAL_COMMA.search(preceding) is not None)


def _year(of: Context) -> Value | None:
    start = of.match.start("year")
    preceding = of.reading.text[of.sentence.start : start]
    behind_place = any(place.span.end == start - 1 for place in of.places)
    if not is_year(int(of["year"]), preceding, of.following, anchor=of.anchor, behind_place=behind_place):
        return None
    return dated(intervals.year(int(of["year"])))


def _range_end(of: Context) -> Value | None:
    """Read the `20` of `2019-20` and the `2001` of `1999-2001`."""
    first = int(of.preceding[-5:-1])
    preceding = of.preceding[:-5]
    number = int(of["year"]) if len(of["year"]) == 4 else first // 100 * 100 + int(of["year"])
    if not is_year(first, preceding, of.following, anchor=of.anchor) and not is_year(
        first, preceding, of.reading.text[of.match.start() - 1 : of.sentence.end], anchor=of.anchor
    ):
        return None
    return dated(intervals.year(number)) if first < number <= LAST_YEAR else None


def _era(of: Context) -> Value | None:
    """Read `1200 BC`, whose days no calendar here has, and `79 AD`."""
    number = int(of["number"].replace(",", ""))
    if of["era"].startswith("b"):
        return Value("DATE", f"BC{number:04d}", null_reason=BEFORE_CALENDAR)
    return dated(intervals.year(number))


def _century(of: Context) -> Value:
    number = ORDINALS[of["word"]] if of["word"] else int(of["nth"])
    return dated(intervals.century(number))


MEASURES = re.compile(
    r"\b(?:temperatures?|heat|highs|lows|mercury|degrees|thermometers?|gusts?|gusted|winds?|speeds?|mph|kph|km/h|fahrenheit|celsius"
    r"|weather|forecast|humidity|chill)\b",
    re.IGNORECASE,
)
"""Words of the weather: `highs in the 90s` are degrees."""
OF_A_PERSON = re.compile(
    r"\b(?:his|her|their|its|my|your|our)\s(?:(?:early|mid|late|low|high)?[ -]?['’]?[2-9]0s\s(?:and|or|to)\s)?(?:early|mid|late|low|high)?[ -]?['’]?$",
    re.IGNORECASE,
)


def _decade(of: Context) -> Value | None:
    """Read `the 1980s`, `the '90s` and `the nineties`; `in his 30s` is an age and `highs in the 90s` are degrees."""
    named = DECADES.get(of["decade"])
    first = named or int(of["decade"])
    is_short = first < 100 or named is not None
    if is_short and (OF_A_PERSON.search(of.preceding) or MEASURES.search(of.preceding + of.following)):
        return None
    return dated(intervals.decade(first if first > 99 else 1900 + first))


ERA = rule(
    "era",
    r"(?:(?P<number>[0-9]{1,2},?[0-9]{3}|[0-9]{1,4})\s(?P<era>B\.?C\.?(?:E\.?)?|A\.?D\.?|C\.?E\.?)|(?P<era2>A\.?D\.?)\s(?P<number2>[0-9]{1,4}))(?![\w])",
    _era,
    needs="bc b.c ad a.d ce c.e",
    fold=False,
    examples=(
        ("The tomb, from [1200 BC], was looted.", "BC1200"),
        ("a column of [AD 113]", "0113"),
    ),
)
CENTURY = rule(
    "century",
    rf"(?:the\s)?(?:(?:early|mid|late)[ -])?(?:(?P<nth>[12]?[0-9])(?:st|nd|rd|th)|(?P<word>{either(ORDINALS)}))[ -](?:century|centuries)",
    _century,
    needs="centur",
    examples=(
        ("[the 20th century]", "19"),
        ("walls of [the twelfth century]", "11"),
    ),
)
DECADE = rule(
    "decade",
    r"(?:the\s)?(?:(?:early|mid|late)[ -])?(?P<decade>[12][0-9]{2}0)s"
    r"|the\s(?:(?:early|mid|late)[ -])?['’]?(?P<decade2>[2-9]0)s|(?<=0s\sand\s)['’]?(?P<decade4>[2-9]0)s|(?:(?:early|mid|late)[ -])?(?<![\w-])['’](?P<decade3>[2-9]0)s",
    _decade,
    needs="0s 0's 0’s",
    examples=(
        ("[the 1990s]", "199"),
        ("[the mid-1980s]", "198"),
        ("children of [the '90s]", "199"),
        ("[the 60s]", "196"),
        ("IN [THE 1980S] THE CARTEL", "198"),
    ),
    counterexamples=(
        "A man in his 30s was found shot.",
        "Temperatures in the low 20s helped crews.",
        "Highs will be in the 90s.",
    ),
)
DECADE_IN_WORDS = rule(
    "decade",
    rf"the\s(?:(?:early|mid|late)[ -])?(?P<decade>{either(DECADES)})|(?<=ties\sand\s)(?P<decade2>{either(DECADES)})",
    _decade,
    needs="ties",
    examples=(
        ("[the nineties]", "199"),
        ("[the seventies] and eighties", "197"),
    ),
    counterexamples=("both in their twenties",),
)
YEAR_IN_CONTEXT = rule(
    "year",
    rf"{EARLY}{YEAR}(?!['’]?s\w|[.,][0-9]|\s?%|/(?![0-9]))",
    _year,
    before_slash=True,
    needs="1 2",
    examples=(
        ("In [1984] soldiers stormed the temple.", "1984"),
        ("a [2018] ceasefire", "2018"),
        ("in [mid-2019]", "2019"),
        ("Elections are due at [the end of 2020].", "2020"),
        ("killings in 1992, [1993] and 1995", "1993"),
        ("the treaty ([2018])", "2018"),
        ("By [2030] the region will need it.", "2030"),
    ),
    counterexamples=(
        "killed 1200 civilians and 2000 fighters",
        "Resolution 1701",
        "Flight 1549",
        "dismissed 1600 workers",
        "The toll rose from 1150 to 1310 dead.",
        "Between 1500 and 2000 people joined.",
        "a crowd of 2000",
    ),
)
YEAR_RANGE_END = rule(
    "year-range-end",
    r"(?<=\b[12][0-9]{3}[-–/])(?P<year>[12][0-9]{3}|[0-9]{2})(?![-–/]?\w)",
    _range_end,
    bounded=False,
    needs="1 2",
    examples=(
        ("the war of 1999-[2001]", "2001"),
        ("the 1980-[88] war", "1988"),
    ),
    counterexamples=("1500-2000 people",),
)
