"""Names of holidays in English news, and how each is looked up."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.times.holiday_calendar import folded
from flows.enrich.times.vocabulary import either


@dataclass(frozen=True, slots=True)
class Feast:
    """A holiday of many countries: its label in the library, and the country whose calendar is used for all.

    `offset` are the days from the labelled day, `days` its length.
    """

    label: str
    country: str
    offset: int = 0
    days: int = 1
    counted_from_easter: bool = False


# Source: United Nations, "International Days and Weeks"; the Gregorian calendar of the western churches.
FIXED = {
    "new years day": (1, 1), "new years eve": (12, 31), "new year": (1, 1), "epiphany": (1, 6), "valentines day": (2, 14),
    "international womens day": (3, 8), "earth day": (4, 22), "may day": (5, 1), "international workers day": (5, 1), "world press freedom day": (5, 3),
    "world refugee day": (6, 20), "halloween": (10, 31), "all saints day": (11, 1), "all souls day": (11, 2),
    "world aids day": (12, 1), "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24),
    "boxing day": (12, 26),
}  # fmt: skip

_EASTER = {"easter": 0, "easter sunday": 0, "easter monday": 1, "good friday": -2, "maundy thursday": -3, "palm sunday": -7,
           "ash wednesday": -46, "ascension day": 39, "pentecost": 49}  # fmt: skip

_FITR = Feast("eid al fitr", "AE")
_ADHA = Feast("eid al adha", "AE")
_RAMADAN = Feast("first day of ramadan", "AF", days=30)
_ASHURA = Feast("ashura", "AF")
_MAWLID = Feast("prophets birthday", "AE")
_NOWRUZ = Feast("nowruz", "IR")
_LUNAR = Feast("chinese new year", "CN")
_DIWALI = Feast("diwali", "IN")
_VESAK = Feast("vesak full moon poya day", "LK")
_ROSH = Feast("rosh hashanah", "IL")
_HANUKKAH = Feast("hanukkah", "IL", days=8)

FEASTS = {
    **{name: Feast("easter sunday", "PL", offset, counted_from_easter=True) for name, offset in _EASTER.items()},
    **dict.fromkeys(("eid al fitr", "eid ul fitr", "eid el fitr", "eid fitr", "aid el fitr", "id al fitr", "id ul fitr", "idul fitri",
                     "lebaran", "hari raya aidilfitri", "eid"), _FITR),
    **dict.fromkeys(("eid al adha", "eid ul adha", "eid ul azha", "eid al azha", "eid el adha", "eid el kabir", "aid el adha", "id ul adha",
                     "idul adha", "tabaski", "bakrid", "feast of sacrifice", "feast of the sacrifice"), _ADHA),
    **dict.fromkeys(("ramadan", "ramadhan", "ramzan"), _RAMADAN),
    **dict.fromkeys(("ashura", "ashoura"), _ASHURA),
    **dict.fromkeys(("arbaeen", "arbain"), Feast("arbaeen", "IR")),
    **dict.fromkeys(("mawlid", "prophets birthday", "eid milad un nabi", "eid e milad", "milad un nabi"), _MAWLID),
    **dict.fromkeys(("nowruz", "norouz", "nowrouz", "nawroz", "newroz", "navruz", "persian new year"), _NOWRUZ),
    **dict.fromkeys(("lunar new year", "chinese new year", "spring festival", "tet"), _LUNAR),
    **dict.fromkeys(("diwali", "deepavali"), _DIWALI),
    "holi": Feast("holi", "IN"), "dussehra": Feast("dussehra", "IN"), "durga puja": Feast("dussehra", "IN"),
    **dict.fromkeys(("vesak", "wesak"), _VESAK),
    **dict.fromkeys(("rosh hashanah", "rosh hashana"), _ROSH),
    **dict.fromkeys(("hanukkah", "chanukah"), _HANUKKAH),
    "yom kippur": Feast("yom kippur", "IL"), "passover": Feast("pesach", "IL"), "sukkot": Feast("sukkot", "IL"),
    "purim": Feast("purim", "IL"),
    **dict.fromkeys(("orthodox christmas", "coptic christmas", "orthodox christmas day"), Feast("christmas day", "ET")),
    **dict.fromkeys(("orthodox easter", "orthodox easter sunday", "coptic easter"), Feast("easter monday", "GR", -1)),
    "thingyan": Feast("myanmar new year", "MM"), "songkran": Feast("songkran festival", "TH"),
}  # fmt: skip

# National holidays whose name implies the country, unless the text names another country that has it too.
HOME = {
    "thanksgiving": ("US", "thanksgiving day"), "thanksgiving day": ("US", "thanksgiving day"),
    "memorial day": ("US", "memorial day"), "labor day": ("US", "labor day"), "veterans day": ("US", "veterans day"),
    "martin luther king day": ("US", "martin luther king jr day"), "columbus day": ("US", "columbus day"),
    "martin luther king jr day": ("US", "martin luther king jr day"), "presidents day": ("US", "washingtons birthday"),
    "juneteenth": ("US", "juneteenth national independence day"), "bastille day": ("FR", "national day"),
    "anzac day": ("AU", "anzac day"), "australia day": ("AU", "australia day"), "canada day": ("CA", "canada day"),
    "russia day": ("RU", "russia day"), "jamhuri day": ("KE", "jamhuri day"), "madaraka day": ("KE", "madaraka day"),
    "mashujaa day": ("KE", "mashujaa day"), "pakistan day": ("PK", "pakistan day"),
}  # fmt: skip

# Names of different days in different countries: null without the country.
GENERAL = frozenset(
    f"{name} day"
    for name in ("independence", "republic", "national", "victory", "constitution", "liberation", "armed forces", "army", "martyrs",
                 "heroes", "unity", "revolution", "freedom", "flag", "youth", "human rights", "remembrance")
)  # fmt: skip

# Official names of days that news calls otherwise.
EQUIVALENT = {
    "independence day": ("national day",), "national day": ("independence day", "republic day"),
    "labor day": ("workers day", "international workers day", "international labor day", "labor and solidarity day", "holiday of spring and labor", "may day"),
}  # fmt: skip

_WORDS_OF_NAMES = {
    "christmas eve": "Christmas [Ee]ve",
    "new years day": "New Year['’]s Day", "new years eve": "New Year['’]s Eve", "valentines day": "Valentine['’]s Day",
    "international workers day": "International Workers['’]? Day", "international womens day": "International Women['’]s Day", "all saints day": "All Saints['’]? Day", "all souls day": "All Souls['’]? Day",
    "world aids day": "World AIDS Day", "presidents day": "President(?:s['’]?|['’]s) Day", "prophets birthday": "Prophet['’]s Birthday",
    "veterans day": "Veterans['’]? Day", "labor day": "Labou?r Day", "martin luther king jr day": "Martin Luther King,? Jr\\.? Day",
    "feast of sacrifice": "Feast of Sacrifice", "feast of the sacrifice": "Feast of the Sacrifice",
}  # fmt: skip
_HYPHENS = frozenset({"eid", "aid", "id", "idul", "milad"})
_NOT_ALONE = frozenset({"new year", "id"})


def _pattern(name: str) -> str:
    if name in _WORDS_OF_NAMES:
        return _WORDS_OF_NAMES[name]
    words = name.split()
    if words[0] in _HYPHENS and len(words) > 1:
        # `Eid al-Fitr`, `Eid ul Fitr`: the article is in lowercase.
        return r"[\s-]".join(f"(?:{word.title()}|{word})" for word in words)
    return r"\s".join(word.title() for word in words)


_ALL = {**FIXED, **FEASTS, **HOME}
_PATTERNS = [_pattern(name) for name in _ALL if name not in _NOT_ALONE]
NAMED = either(
    [*_PATTERNS, *(pattern.upper() for pattern in _PATTERNS if "\\" not in pattern and "[" not in pattern)]
)
"""Names of holidays that have no other meaning."""

_FUNCTION = "On|In|The|For|A|An|Its|Of|At|Before|After|Since|And|Every|Each|This|That|One|His|Her|Their|By|To|Last|Next|Until|During|Per"
_WORD = rf"(?!(?:{_FUNCTION}|{_FUNCTION.upper()})\b)[A-Z][\w-]+"
OPEN = rf"(?:{_WORD}\s){{0,2}}{_WORD}(?:['’]s|['’]S|['’])?\s(?:Day|DAY)\b"
"""Any other name of a day, which is a holiday if a country of the text has one of that name."""


def folded_name(words: str) -> str:
    """Return the name of a holiday as the tables write it."""
    return folded(words)
