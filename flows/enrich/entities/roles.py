"""Offices and bodies: the words before a name that say what somebody is, and bodies of a state named by its people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

# Sector codes are CAMEO's secondary role codes (CAMEO Codebook 1.1b3, chapter 3): GOV government, MIL armed forces, REB armed groups
# against one, OPP opposition, COP police, JUD courts, LEG parliaments, SPY secret services, IGO, NGO, MED media, EDU, BUS, CVL civilians.
OFFICES: Mapping[str, str] = {
    "GOV": "president vice-president prime premier chancellor minister ministers ambassador envoy secretary governor mayor king queen prince "
    "princess emir sultan sheikh czar dictator diplomat official officials government ministry cabinet administration authorities consul",
    "MIL": "general colonel major captain lieutenant admiral commander marshal brigadier gen col maj capt lt army military navy soldiers soldier troops "
    "forces force air-force marines commandos paratroopers reservists artillery",
    "LEG": "senator congressman congresswoman representative lawmaker lawmakers mp deputy speaker parliament senate congress assembly sen rep legislature",
    "JUD": "judge justice prosecutor prosecutors court courts attorney magistrate",
    "COP": "police policeman policemen sheriff constable gendarmerie",
    "SPY": "intelligence",
    "REB": "rebels rebel militants militant insurgents insurgent guerrillas guerrilla fighters militia militias separatists jihadists gunmen",
    "OPP": "opposition dissident dissidents activists activist protesters demonstrators",
    "MED": "journalist journalists reporter reporters newspaper agency broadcaster television editor media",
    "EDU": "professor student students university school researchers",
    "BUS": "chairman ceo executive executives company companies bank businessman",
    "CVL": "civilians civilian residents refugees villagers citizens people migrants workers farmers",
}  # fmt: skip
SECTOR_OF = {word: sector for sector, words in OFFICES.items() for word in words.split()}

OFFICE = (
    r"(?:[Vv]ice[- ]|[Dd]eputy |[Aa]cting |[Ff]ormer |[Ff]oreign |[Dd]efen[cs]e |[Ii]nterior |[Ff]inance |[Hh]ealth |[Jj]ustice |[Oo]il |[Ee]nergy |[Tt]rade "
    r"|[Ii]nformation |[Pp]rime |[Oo]pposition |[Ss]upreme |[Cc]hief |[Aa]ttorney |[Ss]ecretary[- ]){0,3}"
    r"(?:President|president|Premier|premier|Minister|minister|Chancellor|chancellor|[Aa]mbassador|[Ee]nvoy|[Ss]ecretary|[Gg]eneral|[Ss]pokesman|[Ss]pokeswoman"
    r"|[Ll]eader|King|Queen|Prince|Emir|[Gg]overnor|[Mm]ayor|[Ss]enator|[Cc]ommander|[Cc]hief|[Oo]fficial|[Dd]iplomat|[Jj]udge|[Pp]rosecutor)"
)
BODY = (
    r"(?:[Dd]efen[cs]e |[Ff]oreign |[Ii]nterior |[Ff]inance |[Hh]ealth |[Jj]ustice |[Oo]il |[Ee]nergy |[Tt]rade |[Ss]tate |[Aa]rmed |[Ss]ecurity |[Gg]overnment "
    r"|[Mm]ilitary |[Aa]ir |[Nn]ational |[Oo]pposition |[Cc]entral |[Ff]ederal |[Ss]upreme |[Cc]oast |[Bb]order ){0,2}"
    r"(?:[Mm]inistry(?: of [A-Z]\w+(?: [Aa]ffairs)?)?|[Aa]rmy|[Mm]ilitary|[Nn]avy|[Ff]orces?|[Gg]overnment|[Pp]arliament|[Pp]olice|[Cc]abinet|[Rr]egime|[Aa]uthorities"
    r"|[Tt]roops|[Ss]oldiers|[Ii]ntelligence|[Gg]uard|[Mm]ilitants|[Rr]ebels|[Ff]ighters|[Oo]pposition|[Cc]ourt|[Bb]ank|[Ee]mbassy|[Mm]ilitia)\b"
)
PERSON_BEHIND = re.compile(rf"(?:['’]s)? (?P<role>{OFFICE})\b")
BODY_BEHIND = re.compile(rf"(?:['’]s)? (?P<body>{BODY})")
ADDRESS = re.compile(
    rf"(?:(?P<office>{OFFICE})|(?P<form>Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Lady|Prof|Professor|Gen|Col|Maj|Capt|Lt|Sgt|Sen|Rep|Gov|Pope|Sheikh|Imam"
    r"|Ayatollah|Rev|Justice|Captain|Colonel|Major|Lieutenant|Sergeant|Admiral|Brigadier)\.?) $"
)
LOOK_BACK = 60


@dataclass(frozen=True, slots=True)
class Role:
    """An office or a body of a country: `Turkish President`, `Turkey's Defence Ministry`, `Syrian army`.

    `is_body` tells a body from an office; `sector` is CAMEO's code or None.
    """

    span: Span
    words: str
    country: str | None
    sector: str | None
    is_body: bool


def roles_in(text: str, places: Sequence[PlaceMention]) -> Iterator[Role]:
    """Yield the offices and bodies that a country or its people stand before, in reading order."""
    for place in places:
        country = place.place.country if place.place else None
        if country is None or not (
            place.is_adjective or text[place.span.end : place.span.end + 2] in ("'s", "’s")
        ):
            continue
        for pattern, group, is_body in ((BODY_BEHIND, "body", True), (PERSON_BEHIND, "role", False)):
            if match := pattern.match(text, place.span.end):
                words = match[group]
                yield Role(
                    Span(place.span.start, match.end(group)), words, country, sector_of(words), is_body
                )
                break


def address_before(text: str, start: int) -> tuple[str | None, Span | None]:
    """Return the office or form of address that stands before a name, and its place; (None, None) where none does."""
    found = ADDRESS.search(text, max(0, start - LOOK_BACK), start)
    if not found:
        return None, None
    words = found["office"] or found["form"]
    at = found.start("office") if found["office"] else found.start("form")
    return words, Span(at, at + len(words))


def sector_of(words: str) -> str | None:
    """Return CAMEO's sector of an office or a body, by the last of its words that has one."""
    known = [SECTOR_OF[word] for word in re.findall(r"[\w-]+", words.lower()) if word in SECTOR_OF]
    if "MIL" in known:
        return "MIL"
    return known[-1] if known else None
