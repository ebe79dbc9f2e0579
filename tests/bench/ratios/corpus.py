"""The dispatches that are read: of the bulk corpora where they are, else made of the same shape."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

WORDS_MEDIAN, WORDS_SIGMA = 115, 1.0
"""Words of a dispatch are log-normal, close to the bulk corpora: of 45,073 the median is 115, 16 % have fewer than 44, 16 % more than 311."""

MAX_WORDS = 5000

NAMES = (
    "Amina Haddad,Robert Keller,Joseph Mwangi,Elena Petrova,Carlos Mendes,Li Wei,Fatima Noor,Anna Berg".split(
        ","
    )
)
PLACES = "Idlib,Damascus,Nairobi,Kyiv,Bogota,Manila,Kabul,Lagos,Geneva,Paris,Mosul,Khartoum,Lima,Dhaka".split(
    ","
)
BODIES = "Red Cross,World Bank,United Nations,defence ministry,health ministry,central bank,police".split(",")
DAYS = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday".split(",")
NOUNS = (
    "border road market hospital village bridge river school convoy harvest port dam election budget court strike "
    "refinery mine factory garden airport railway treaty ceasefire delegation committee company price shipment drought"
).split()
VERBS = "closed reopened damaged inspected blocked repaired visited approved delayed criticised supported rejected".split()
SENTENCES = (
    "{name} said on {day} that the {noun} near {place} had been {verb} after talks with the {body}.",
    "At least {count} people were killed and {many} wounded when a {noun} collapsed in {place}, the {body} said.",
    "The {body} {verb} the {noun} in {place} last {day} and promised ${count} million for a new {noun}.",
    '"We have seen the {noun}, and it must be {verb} before {day}," {name} told reporters in {place}.',
    "Officials in {place} {verb} {many} {noun}s, about {count} percent more than a year earlier.",
    "The {noun} was {verb}, the {noun} was not.",
)


def read_bulk(folder: Path, count: int) -> list[bytes]:
    """Return about so many lines of the corpora in a folder, evenly from all of them."""
    lines = [
        line
        for file in sorted(folder.glob("*.jsonl.gz"))
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]
    step = len(lines) / min(count, len(lines))
    return [lines[int(number * step)] for number in range(min(count, len(lines)))]


def make_lines(count: int, *, seed: int = 0, words_median: int = WORDS_MEDIAN) -> Iterator[bytes]:
    """Make dispatches as JSON lines, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  # texts, not secrets
    for number in range(count):
        wanted = min(MAX_WORDS, max(8, int(rng.lognormvariate(0, WORDS_SIGMA) * words_median)))
        yield json.dumps(
            {
                "id": f"made/{seed}/{number}",
                "published": str(date(1987, 2, 26) + timedelta(days=rng.randrange(8000))),
                "title": f"{rng.choice(PLACES)} {rng.choice(NOUNS)} {rng.choice(VERBS)} {number}",
                "text": text_of(rng, wanted),
            }
        ).encode()


def text_of(rng: random.Random, word_count: int) -> str:
    """Return sentences of at least so many words, three in a paragraph."""
    sentences: list[str] = []
    count = 0
    while count < word_count:
        sentence = rng.choice(SENTENCES).format(
            name=rng.choice(NAMES),
            day=rng.choice(DAYS),
            noun=rng.choice(NOUNS),
            place=rng.choice(PLACES),
            verb=rng.choice(VERBS),
            body=rng.choice(BODIES),
            count=rng.randrange(2, 90),
            many=rng.randrange(100, 900),
        )
        sentences.append(sentence)
        count += len(sentence.split())
    return "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))


def write_files(lines: Sequence[bytes], folder: Path, file_count: int) -> Path:
    """Write lines into so many files of about equal size, none empty; return the folder."""
    folder.mkdir(parents=True)
    file_count = min(file_count, len(lines))
    for number in range(file_count):
        (folder / f"{number:02d}.jsonl").write_bytes(b"\n".join(lines[number::file_count]) + b"\n")
    return folder


def write_one_each(lines: Iterable[bytes], folder: Path) -> Path:
    """Write a file for each line, a thousand in a folder; return the folder."""
    for number, line in enumerate(lines):
        if number % 1000 == 0:
            part = folder / f"{number // 1000:04d}"
            part.mkdir(parents=True)
        (part / f"{number:07d}.json").write_bytes(line)
    return folder


def word_count(lines: Iterable[bytes]) -> int:
    """Return the words of the texts, separated by whitespace."""
    return sum(len(json.loads(line)["text"].split()) for line in lines)
