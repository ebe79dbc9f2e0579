"""Years, decades, centuries and eras."""

from __future__ import annotations

import re

from flows.enrich.times import hints, intervals
from flows.enrich.times.absolute import full_year
from flows.enrich.times.rules import BEFORE_CALENDAR, BOUNDARY, WINDOW, Context, Value, dated, rule
from flows.enrich.times.vocabulary import DECADES, EARLY, ORDINALS, YEAR, either
from flows.enrich.times.year_evidence import LAST_YEAR, is_year


def _year(of: Context) -> Value | None:
    start = of.match.start("year")
    preceding = of.preceding + of.reading.text[of.match.start() : start]
    after_place = start - 1 in of.countries.ends
    if not is_year(int(of["year"]), preceding, of.following, anchor=of.anchor, after_place=after_place):
        return None
    return dated(intervals.year(int(of["year"])))


def _range_end(of: Context) -> Value | None:
    """Read the `20` of `2019-20` and the `2001` of `1999-2001`."""
    start = of.match.start()
    first = int(of.reading.text[start - 5 : start - 1])
    preceding = of.preceding[:-5]
    number = int(of["year"]) if len(of["year"]) == 4 else first // 100 * 100 + int(of["year"])
    if not is_year(first, preceding, of.following, anchor=of.anchor) and not is_year(
        first, preceding, of.reading.text[start - 1 : start + WINDOW], anchor=of.anchor
    ):
        return None
    return dated(intervals.year(number)) if first < number <= LAST_YEAR else None


def _era(of: Context) -> Value | None:
    """Read `1200 BC`, which has no interval here, and `79 AD`."""
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
"""Words of weather reports: `highs in the 90s` are degrees."""
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


_AFTER = "|".join(
    rf"(?<=\b{word}\s)"
    for word in ("in", "of", "since", "from", "until", "by", "to", "and", "before", "after")
)
ERA = rule(
    "era",
    r"(?:(?P<number>[0-9]{1,2},?[0-9]{3}|[0-9]{1,4})\s(?P<era>B\.?C\.?(?:E\.?)?|A\.?D\.?|C\.?E\.?)|(?P<era2>A\.?D\.?)\s(?P<number2>[0-9]{1,4}))(?![\w])",
    _era,
    fold=False,
    needs="0_ad 0_a.d 0_bc 0_b.c 0_ce 0_c.e ad_0 a.d_0 d._0",
    hints=(hints.DIGIT,),
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
    hints=(hints.UNIT,),
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
    hints=(hints.DIGIT,),
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
    rf"(?:the\s(?:(?:early|mid|late)[ -])?|(?:early|mid|late)[ -])(?P<decade>{either(DECADES)})|(?<=ties\sand\s)(?P<decade2>{either(DECADES)})",
    _decade,
    needs="ties",
    hints=(hints.DECADE,),
    examples=(
        ("[the nineties]", "199"),
        ("[the seventies] and eighties", "197"),
    ),
    counterexamples=("both in their twenties",),
)
YEAR_IN_CONTEXT = rule(
    "year",
    rf"(?:{BOUNDARY}|(?<=\bFY)|(?<=\bpre-)|(?<=\bpost-)){EARLY}{YEAR}(?!['’]?s\w|[.,][0-9]|\s?%|/(?![0-9]))",
    _year,
    bounded=False,
    before_slash=True,
    needs="0000",
    hints=(hints.DIGIT,),
    examples=(
        ("In [1984] soldiers stormed the temple.", "1984"),
        ("a [2018] ceasefire", "2018"),
        ("in [mid-2019]", "2019"),
        ("Elections are due at [the end of 2020].", "2020"),
        ("killings in 1992, [1993] and 1995", "1993"),
        ("the treaty ([2018])", "2018"),
        ("By [2030] the region will need it.", "2030"),
        ("in pre-[2011] borders", "2011"),
        ("(UNHCR [2006])", "2006"),
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
SHORT_YEAR = rule(
    "short-year",
    rf"(?:{_AFTER})['’](?P<year>[0-9]{{2}})(?!['’]?s)",
    lambda of: dated(intervals.year(full_year(int(of["year"]), of.anchor))),
    bounded=False,
    needs="'0 ’0",
    hints=(hints.DIGIT,),
    examples=(("In ['98] he fled.", "1998"),),
)
YEAR_RANGE_END = rule(
    "year-range-end",
    r"(?<=\b[12][0-9]{3}[-–/])(?P<year>[12][0-9]{3}|[0-9]{2})(?![-–/]?\w)",
    _range_end,
    bounded=False,
    needs="0-0 0–0 0/0",
    hints=(hints.DIGIT,),
    examples=(
        ("the war of 1999-[2001]", "2001"),
        ("the 1980-[88] war", "1988"),
    ),
    counterexamples=("1500-2000 people",),
)
