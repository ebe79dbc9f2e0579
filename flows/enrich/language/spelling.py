"""How names are compared: without case, marks and accents, and by sound where scripts were transcribed."""

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
"""Marks that spellings differ in: apostrophes go, hyphens part words, and what is not seen is not there."""

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
"""Words that names are written short with."""

ARTICLE = re.compile(r"^the (?=.)")


@lru_cache(maxsize=20_000)
def folded(name: str) -> str:
    """Return a name as it is compared: `St. Étienne` and `saint etienne` are one."""
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in name if not unicodedata.combining(letter))
    words = name.translate(LETTERS).lower().split()
    if len(words) > 1:
        words = [SHORT.get(word, word) for word in words[:-1]] + words[-1:]
    return ARTICLE.sub("", " ".join(words))


# In this order: what transcriptions of Arabic, Persian, Hebrew, Cyrillic and Chinese names into English differ in.
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"\b(?:al|el|ad|ed|ar|er|as|es|at|et|az|ez|an|en|ash|esh) (?=\w)", ""),
        (r"[\s']", ""),
        (r"kh", "h"), (r"gh", "g"), (r"dh", "d"), (r"th", "t"), (r"ph", "f"), (r"ck|q|c(?![h])", "k"),
        (r"tsch|tch", "ch"), (r"zh|dj", "j"), (r"w", "v"),
        (r"[aeiouy]*[iy][aeiouy]*", "i"), (r"[ou]+", "u"), (r"[ea]+", "a"), (r"(.)\1+", r"\1"), (r"(?<=\w)[ah]+$", ""),
    )
)  # fmt: skip


def by_sound(simple: str) -> str:
    """Return what is left of a folded name when what transcriptions differ in is taken off: `nairab` is `nayrab`."""
    for pattern, sound in SOUNDS:
        simple = pattern.sub(sound, simple)
    return simple
