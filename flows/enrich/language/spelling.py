"""Keys by which names are compared: without case, punctuation and accents, and phonetic keys of transcribed names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

MARKS = {
    **dict.fromkeys("'’‘ʻʼ`´.ʿʾ′″ʹʺ”", ""),
    **dict.fromkeys("-‐‑–/,()", " "),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f", ""),
    "&": " and ",
}
"""Characters in which spellings differ: apostrophes and invisible characters are removed, hyphens separate words."""

LATIN = (range(0xC0, 0x2B0), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80), range(0xA720, 0xA800))
"""The blocks of Latin letters beyond ASCII. Names in other scripts are compared as they are written."""

LETTERS = str.maketrans(
    {
        **{letter: anyascii(letter) for block in LATIN for letter in map(chr, block) if letter.isalpha()},
        # English writes the Azerbaijani letter so: Ganja, Lankaran.
        **dict.fromkeys("əƏǝƎ", "a"),
        **MARKS,
    }
)

SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "pt": "point", "pte": "pointe"}
"""Abbreviated words of names."""


@lru_cache(maxsize=20_000)
def folded(name: str) -> str:
    """Return the key of a name: `St. Étienne` and `saint etienne` have the same."""
    if name.isascii():
        if name.isalpha():
            return name.lower()
    else:
        name = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in name if not unicodedata.combining(letter))
    words = name.translate(LETTERS).lower().split()
    if len(words) > 1:
        words = [SHORT.get(word, word) for word in words[:-1]] + words[-1:]
    return " ".join(words).removeprefix("the ")


# What by_sound applies in turn: differences between transcriptions of Arabic, Persian, Hebrew, Cyrillic and Chinese names into English.
ARTICLES = re.compile(r"\b(?:al|el|ad|ed|ar|er|as|es|at|et|az|ez|an|en|ash|esh) (?=\w)")
K = re.compile(r"ck|q|c(?![h])")
CH = re.compile(r"tsch|tch")
J = re.compile(r"zh|dj")
LETTERS_OF_SOUNDS = str.maketrans("woey", "vuai")
I_WITH_VOWELS = re.compile(r"(?<![aui])[aui]*i[aui]*")
REPEATED = re.compile(r"(.)\1+")
ENDING = re.compile(r"(?<=\w)(?<!\w[ah])[ah]+$")


def by_sound(simple: str) -> str:
    """Return the phonetic key of a folded name, without what transcriptions differ in: `nairab` and `nayrab` have the same."""
    # A pattern is tried only where its letters occur: most names are looked up in vain, each in some of them.
    if " " in simple:
        simple = ARTICLES.sub("", simple).replace(" ", "")
    if "h" in simple:
        simple = (
            simple.replace("kh", "h")
            .replace("gh", "g")
            .replace("dh", "d")
            .replace("th", "t")
            .replace("ph", "f")
        )
    if "c" in simple or "q" in simple:
        simple = CH.sub("ch", K.sub("k", simple))
    if "z" in simple or "j" in simple:
        simple = J.sub("j", simple)
    simple = simple.translate(LETTERS_OF_SOUNDS)
    if "i" in simple:
        simple = I_WITH_VOWELS.sub("i", simple)
    simple = REPEATED.sub(r"\1", simple)
    return ENDING.sub("", simple) if simple.endswith(("a", "h")) else simple
