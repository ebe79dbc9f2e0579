"""Files of known kinds that hold no news: each is refused by name, instead of being read as text."""

from __future__ import annotations

import re

from flows.parse.elements import root_name, skip_comments
from flows.parse.formats import Sample

MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a RIFF sound or picture"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)
ROOTS = {
    "urlset": "a sitemap",
    "sitemapindex": "an index of sitemaps",
    "opml": "a list of feeds",
    "schema": "an XML schema",
    "svg": "an SVG picture",
    "stylesheet": "a style sheet",
    "sparql": "an answer of a database",
}
PATTERNS = (
    (re.compile(r"[TREAMN#]\d+\t[\w-]+ \d+ \d+(?:;\d+ \d+)*\t"), "annotations in brat's standoff form"),
    (re.compile(r"0\. +MESSAGE: ID {2,}\S"), "answer keys of MUC"),
    (re.compile(r"<!(?:ELEMENT|ATTLIST|ENTITY|NOTATION)\b"), "a DTD"),
    (re.compile(r"#!\s?/"), "a script"),
    (re.compile(r"-----BEGIN [A-Z ]+-----"), "a key or a certificate"),
)


def no_news_in(sample: Sample) -> str | None:
    """Return the kind of a file that holds no news, or None."""
    for magic, name in MAGIC:
        if sample.start.startswith(magic):
            return name
    text = sample.text
    at = skip_comments(text)
    if (root := root_name(sample)) in ROOTS:
        return ROOTS[root or ""]
    return next((name for pattern, name in PATTERNS if pattern.match(text, at)), None)
