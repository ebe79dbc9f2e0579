"""Words of time inside names: `August Sanders`, `The Sunday Times`, `March 23 Movement`, `Easter Island`, `Six-Day War`."""

from __future__ import annotations

import re

from flows.enrich.times.rules import Context, before_end
from flows.enrich.times.vocabulary import FULL_MONTHS, FULL_WEEKDAYS, cased

GROUP = "movement|alliance|coalition|brigades?|party|front|bloc|group|committee|forces|faction|battalion|commandos?|network|martyrs|militia|collective"
NAMED_PLACE = (
    "bridge|islands?|street|square|avenue|road|boulevard|university|hospital|stadium|airport|school|mosque|camp|city|district"
    "|neighbou?rhood|tunnel|dam|station|hall|park|market|gardens?|express|palace|club"
)
NAMED_EVENT = "war|offensive|revolution|rising|uprising|rebellion|coup|intifada|manifesto|massacre"
PAPER = "times|mail|news|post|star|telegraph|mirror|express|herald|tribune|standard|independent|sun|record|nation|monitor|mercury"
HEAD_AFTER = re.compile(
    rf"[\s-](?:(?i:{GROUP})\b|(?:[A-Z][\w'’]+\s)?(?:{'|'.join(word.title() for word in f'{NAMED_PLACE}|{NAMED_EVENT}|{GROUP}'.split('|'))})\b)"
)
"""Head words in names of groups, places and events that contain a day."""
PAPER_AFTER = re.compile(rf"\s(?:{'|'.join(word.title() for word in PAPER.split('|'))})\b")
MODIFIER_BEFORE = re.compile(
    r"\b(?:Black|Bloody|Red|Super|Cyber|Fat|Holy|Arab|Prague|High|Operation|Storm|Typhoon|Hurricane|Cyclone|Silent|White|BLACK|BLOODY|RED|HOLY)\s$"
)
WAR_AFTER = re.compile(r"s?['’]?s?\s(?:War|Wars|WAR)\b")
CAPITAL_AFTER = re.compile(r"\s(?P<word>[A-Z][a-z]\w*)(?:[-'’]\w+)?")
TIME_BEFORE = re.compile(
    r"(?:\b(?:in|on|by|since|until|till|of|from|to|and|or|last|next|this|each|every|late|early|mid|for|before|after|during|between"
    r"|through|at|over|around|about|the|a|with|marked?|celebrated?|past|coming|for|ahead of)[ -]|[,(;:–—-]\s?)$",
    re.IGNORECASE,
)
"""Words before a month or a holiday in a sentence; of these only `with` and `and` occur before a first name."""
PERSON_BEFORE = re.compile(
    r"\b(?:mr|mrs|ms|miss|dr|president|minister|brother|sister|son|daughter|father|mother|uncle|aunt|wife|husband|named|called|colonel|major|sergeant|lieutenant|commander|governor|senator|judge|bishop|imam|sheikh"
    r"|general|captain|chief|pastor|activist|journalist|farmer|fisherman|trader|teacher)\.?\s$",
    re.IGNORECASE,
)
"""Words that precede the name of a person."""
HONORIFIC_BEFORE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s$")
AGREEMENT_AFTER = re.compile(r"\s(?:Agreement|Accords?|Pact)\b")
TITLE_WORDS = frozenset({"day", "eve", "sunday", "monday", "friday"})

NAMELIKE_RULES = frozenset({"bare-month", "weekday", "holiday", "verb-month"})
DATED_RULES = NAMELIKE_RULES | {"month-day", "day-month"}
CAPITAL_RULES = frozenset({"set", "weekday", "clock", "part-of-day"})
PERSON = "PERSON"
ORGANISATION = "ORG"
MONTHS_AND_DAYS = re.compile(rf"\b(?:{cased([*FULL_MONTHS, *FULL_WEEKDAYS])})\b")


def is_part_of_name(of: Context, rule: str) -> bool:
    """Return True if the match of a rule is a part of a name."""
    words = of.match.group()
    if rule in DATED_RULES and (HEAD_AFTER.match(of.following) or before_end(MODIFIER_BEFORE, of.preceding)):
        return True
    if rule in ("season", "clock") and before_end(MODIFIER_BEFORE, of.preceding):
        return True
    if rule in DATED_RULES and AGREEMENT_AFTER.match(of.following):
        return True
    if rule == "length":
        return words.removeprefix("the ")[:1].isupper() and WAR_AFTER.match(of.following) is not None
    if (
        rule in CAPITAL_RULES
        and words[0].isupper()
        and not words.isupper()
        and PAPER_AFTER.match(of.following)
    ):
        return True
    if rule in ("set", "clock") and _is_capital_in_sentence(of):
        return True
    return rule in NAMELIKE_RULES and (_is_in_person(of) or _is_first_name(of, rule))


def _is_capital_in_sentence(of: Context) -> bool:
    """Return True for the `Daily` of `the Daily Planet`: a common word with a capital, before another and not first."""
    words = of.match.group()
    return (
        words[0].isupper()
        and not words.isupper()
        and bool(of.preceding.strip())
        and CAPITAL_AFTER.match(of.following) is not None
    )


def _is_in_person(of: Context) -> bool:
    """Return True if the language model reads the match and a word beside it as a person or an organisation."""
    start, end = of.match.span()
    for entity in of.reading.entities:
        if (
            entity.span.start <= start
            and end < entity.span.end
            and entity.label in (PERSON, ORGANISATION)
            and of.reading.text[end : entity.span.end].strip()[:1].isupper()
        ):
            return True
    return False


def _is_first_name(of: Context, rule: str) -> bool:
    """Return True for the `June` of `with June Osei aboard`: no word of time before it, and a capital after it."""
    if before_end(HONORIFIC_BEFORE, of.preceding):
        return True
    after = CAPITAL_AFTER.match(of.following)
    if after is None or after["word"].lower() in TITLE_WORDS or MONTHS_AND_DAYS.match(after["word"]):
        return False
    if before_end(PERSON_BEFORE, of.preceding):
        return True
    if _is_title(of):
        return False
    if rule == "weekday":
        return not of.preceding.strip()
    before = before_end(TIME_BEFORE, of.preceding)
    return before is None or before.group().strip().lower() in ("with", "and")


def _is_title(of: Context) -> bool:
    """Return True if most words of the sentence are capitalised, as in headlines, so that case is uninformative."""
    words = [word for word in (of.preceding + of.following).split() if len(word) > 3 and word[0].isalpha()]
    return sum(word[0].isupper() for word in words) > 1 + sum(word[0].islower() for word in words)
