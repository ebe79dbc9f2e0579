"""Weapons and military vehicles: words of a lexicon, and models told by the letters of their makers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flows.records import Span, Word

FAMILIES = {
    "aircraft": r"(?:Su|Sukhoi|MiG|Mig|MIG|Tu|Il|An|Yak|Ka|Mi|F|FA|F/A|A|B|AC|C|U|J|JF|L|AH|UH|CH|MH|EA|E)-[1-9]\d{0,2}[A-Z]{0,2}\d?",
    "drone": r"(?:MQ|RQ|TB|Shahed|Orlan|Lancet|Mohajer)-?[1-9]\d{0,2}",
    "vehicle": r"(?:T|BMP|BTR|BRDM|MT|M1A|PT)-?[1-9]\d?\d?[A-Z]?",
    "artillery": r"(?:BM|D|2S|M|ZU|ZSU|TOS)-[1-9]\d{0,2}(?:-\d)?",
    "missile": r"(?:S|SA|SS|Kh|R|P|KN|RPG|TOW|AIM|AGM|Hwasong|Fateh|Rodong|Taepodong|DF|Agni|Shahab)-[1-9]\d{0,2}",
    "firearm": r"(?:AK|AKM|AR|PK|PKM|RPK|M|MP|SVD|G)-[1-9]\d{0,2}",
}
"""Letters of makers, by kind; with a hyphen and a number they name a model. The first kind that fits has it.

Source: designations as in Jane's and the US Mission Design Series (AFI 16-401)."""

UNMISTAKABLE = re.compile(r"(?:Su|MiG|Tu|Mi|T|F|AK|S|RPG|BMP|BTR|BM|MQ|RQ|TB|B|AH|UH|Ka|Kh|AR|M|A|C|An|Il)-")
"""Letters that news uses for little else."""

ROADS_AND_FORMS = re.compile(r"(?:Highway|Route|Interstate|Form|Flight|Section|Article|Room|Apollo)\s$")


@dataclass(frozen=True, slots=True)
class Weapon:
    """A weapon or vehicle in a text, its name in the singular as the lexicon has it, and its kind."""

    span: Span
    name: str
    kind: str


@lru_cache(maxsize=1_000)
def _pattern(name: str) -> re.Pattern[str]:
    """Return what finds a name of the lexicon, compiled when its first word is met: most texts have none of them."""
    return re.compile(rf"{re.escape(name)}s?(?![\w-])", re.IGNORECASE)


MODELS = re.compile(
    rf"(?<![\w-])(?:{'|'.join(f'(?P<{kind}>{pattern})' for kind, pattern in FAMILIES.items())})(?![\w-])"
)


AMBIGUOUS = frozenset(
    "mine mines tank tanks bomb bombs rocket rockets technical technicals patriot patriots leopard leopards predator predators "
    "destroyer destroyers cruiser cruisers hercules mirage grad bradley stinger reaper javelin tornado apache bulldozer bulldozers "
    "gun guns carbine corvette hellfire".split()
)
"""Words that are weapons only among others: where the text names none that is certain, they are left."""


def weapons_in(
    text: str, words: Sequence[Word], lexicon: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[Weapon]:
    """Yield the weapons and vehicles in reading order."""
    found: list[tuple[Weapon, bool]] = []
    reached = 0
    for word in words:
        if word.start < reached or (word.start and text[word.start - 1] == "-"):
            continue
        for name, kind in lexicon.get(word.text.lower(), ()):
            match = _pattern(name).match(text, word.start)
            # A brand is written with a capital: `a javelin thrower` throws none.
            if match and not (name[0].isupper() and match.group().islower()):
                found.append(
                    (Weapon(Span(*match.span()), name, kind), match.group().lower() not in AMBIGUOUS)
                )
                reached = match.end()
                break
    found += [
        (Weapon(Span(*match.span()), match.group(), str(match.lastgroup)), len(match.group()) > 3)
        for match in MODELS.finditer(text)
        if UNMISTAKABLE.match(match.group())
        and not ROADS_AND_FORMS.search(text, max(0, match.start() - 12), match.start())
    ]
    if any(is_certain for _, is_certain in found):
        taken_to = 0
        for weapon, _ in sorted(found, key=lambda each: (each[0].span.start, -each[0].span.end)):
            if weapon.span.start >= taken_to:
                yield weapon
                taken_to = weapon.span.end
