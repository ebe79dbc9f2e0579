"""Blocks of an explorer page whose every row is known, and as many rows as wanted for measures."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

EPOCH = date(1970, 1, 1)
NULL = -1

TEXT = (
    "Two shells hit the convoy near Ardabash 🚚 on Thursday, killing 12 drivers, the mayor said.\n"
    "\n"
    "The army put the number at 3."
)

CLAIMS: list[dict[str, Any]] = [
    {"effect": "killed", "low": 12, "best": 12, "high": 12, "surface": "12 drivers", "object": "drivers", "claimant": "the mayor", "claimant_type": "government", "place": 0, "on": "2020-02-20", "article": 0, "confidence": 0.9, "victim_side": "civilian"},
    {"effect": "killed", "low": 3, "best": 3, "high": 3, "surface": "3", "object": "3", "claimant": "The army", "claimant_type": "military", "place": 0, "on": "2020-02-20", "article": 0, "confidence": 0.6, "victim_side": None},
    {"effect": "wounded", "low": 40, "best": None, "high": 60, "surface": "40 to 60 residents", "object": "residents", "claimant": None, "claimant_type": None, "place": 1, "on": "2020-03-05", "article": 1, "confidence": 0.8, "victim_side": "civilian"},
    {"effect": "displaced", "low": 1000, "best": 1000, "high": None, "surface": "at least 1,000 families", "object": "families", "claimant": "=HYPERLINK(1)", "claimant_type": "ngo", "place": 2, "on": "2020-03-06", "article": 1, "confidence": 0.4, "victim_side": "civilian", "is_negated": 1},
    {"effect": "destroyed", "low": None, "best": None, "high": None, "vague": "dozens", "surface": "dozens of houses", "object": "houses", "claimant": "\u202eAl-Ǧazīra\u202c", "claimant_type": "media", "place": NULL, "on": "2020-03-06", "article": 2, "confidence": None, "victim_side": None, "is_historical": 1},
]  # fmt: skip

EVENTS: list[dict[str, Any]] = [
    {"cameo": "194", "cameo_name": "Fight with artillery and tanks", "acled_event_type": "Explosions/Remote violence", "acled_sub_event_type": "Shelling", "source": None, "source_code": None, "target": "the convoy", "target_code": "---CVL", "modality": "asserted", "place": 0, "on": "2020-02-20", "article": 0},
    {"cameo": "040", "cameo_name": "Consult", "acled_event_type": None, "acled_sub_event_type": None, "source": "The mayor", "source_code": "TURGOV", "target": "The army", "target_code": "TURMIL", "modality": "planned", "place": 1, "on": "2020-03-05", "article": 1},
]  # fmt: skip

PLACES: list[dict[str, Any]] = [
    {"geonameid": 11, "name": "Ardabash", "country": "TR", "admin1": "Hatay", "latitude": 36.2, "longitude": 36.1, "precision": "town", "radius_km": 6.5},
    {"geonameid": 12, "name": "São Lembe", "country": "AO", "admin1": None, "latitude": -9.5, "longitude": 14.0, "precision": "region", "radius_km": 210.0},
    {"geonameid": 13, "name": "Brazil", "country": "BR", "admin1": None, "latitude": -10.0, "longitude": -55.0, "precision": "country", "radius_km": 1646.0},
]  # fmt: skip

ARTICLES: list[dict[str, Any]] = [
    {"article_id": "a0", "headline": "Shells hit convoy", "source_name": "Lakeside Wire", "published_day": 18313, "language": "en", "url": "https://lakeside.example/1", "uri": "file:///news/1.txt", "story": "s0", "chunk": 0, "row": 0},
    {"article_id": "a1", "headline": "<img src=x onerror=alert(1)>", "source_name": "</script><script>alert(2)</script>", "published_day": 18326, "language": "en", "url": "javascript:alert(3)", "uri": "file:///news/2.txt", "story": "s0", "chunk": 0, "row": 1},
    {"article_id": "a2", "headline": None, "source_name": None, "published_day": None, "language": "ar", "url": None, "uri": "file:///news/3.txt", "story": None, "chunk": NULL, "row": NULL},
]  # fmt: skip

HOSTILE_TEXT = "<script>alert(4)</script> said \u202etxet\u202c & <b>40 to 60 residents</b>"


def table(rows: Sequence[dict[str, Any]], text: Sequence[str], numbers: Sequence[str]) -> dict[str, Any]:
    """Return rows as a columnar table of the page."""
    columns: dict[str, Any] = {}
    for name in text:
        values = list(dict.fromkeys(row[name] for row in rows if row.get(name) is not None))
        codes = {value: code for code, value in enumerate(values)}
        columns[name] = {"values": values, "codes": [codes.get(row.get(name), NULL) for row in rows]}
    for name in numbers:
        columns[name] = {"numbers": [row.get(name) for row in rows]}
    return {"count": len(rows), "columns": columns}


def read_table(content: bytes) -> dict[str, Any]:
    """Return a table of the page from its bytes, as the browser reads them."""
    start = 4 + int.from_bytes(content[:4], "little")
    head = json.loads(content[4:start])
    columns: dict[str, Any] = {}
    for name, declared in head["columns"].items():
        numbers = np.frombuffer(content, declared["type"].lower(), head["count"], start + declared["at"])
        if "values" in declared:
            at, length = declared["values"]
            values = json.loads(content[start + at : start + at + length])
            columns[name] = {"values": values, "codes": [code - 1 for code in numbers.tolist()]}
        else:
            is_null = (
                np.isnan(numbers) if numbers.dtype.kind == "f" else numbers == np.iinfo(numbers.dtype).min
            )
            columns[name] = {
                "numbers": [
                    None if null else number for null, number in zip(is_null, numbers.tolist(), strict=True)
                ]
            }
    return {"count": head["count"], "columns": columns}


def known() -> dict[str, Any]:
    """Return the blocks of the rows above."""
    return blocks(CLAIMS, EVENTS, PLACES, ARTICLES) | {
        "conflicts": [{"story": "s0", "headline": "Shells hit convoy", "effect": "killed", "claims": [0, 1]}],
        "chunk-0": [
            {"text": TEXT, "layers": _layers(), "headline": _headline()},
            {"text": HOSTILE_TEXT, "layers": _hostile_layers()},
        ],
    }


def empty() -> dict[str, Any]:
    """Return the blocks of an output without claims, events and places."""
    return blocks([], [], [], ARTICLES[:1]) | {"chunk-0": [{"text": TEXT, "layers": []}]}


def many(count: int, seed: int = 14) -> dict[str, Any]:
    """Return blocks with a number of claims, a fifth as many events, and 100 articles that have a text."""
    chosen = random.Random(seed)  # noqa: S311  # rows to measure with
    places = [_place(chosen, number) for number in range(1500)]
    articles = [_article(chosen, number) for number in range(max(1, count // 8))]
    claims = [_claim(chosen, len(places), len(articles)) for _ in range(count)]
    events = [_event(chosen, len(places), len(articles)) for _ in range(count // 5)]
    texts = [{"text": TEXT, "layers": []} for _ in range(min(100, len(articles)))]
    return blocks(claims, events, places, articles) | {"chunk-0": texts}


def blocks(
    claims: list[dict[str, Any]],
    events: list[dict[str, Any]],
    places: list[dict[str, Any]],
    articles: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the blocks of rows; `on` of a claim or an event is its day."""
    flags = ("is_negated", "is_hypothetical", "is_historical", "is_cumulative", "is_part", "is_repeated")
    for number, row in enumerate(claims):
        row |= _timed(row) | {"claim_id": f"c{number}", "stance": "asserts", "cue": "said"}
        row |= {flag: row.get(flag, 0) for flag in flags}
    for number, row in enumerate(events):
        row |= _timed(row) | {"event_id": f"e{number}", "plover": "FIGHT"}
    days = [row["first_day"] for row in (*claims, *events)]
    return {
        "meta": {
            "title": "Claims and events",
            "output": "output",
            "where": None,
            "version": "0.0.0",
            "counts": {"articles": len(articles), "claims": len(claims), "events": len(events)},
            "left_out": [],
            "first_day": min(days, default=None),
            "last_day": max(days, default=None),
            "countries": {"TR": "Turkey", "AO": "Angola", "BR": "Brazil"},
        },
        "claims": table(
            claims,
            ["claim_id", "effect", "vague", "surface", "object", "victim_side", "claimant", "claimant_type", "cue", "stance", "time_from"],
            ["article", "low", "best", "high", *flags, "place", "first_day", "last_day", "confidence", "start", "end"],
        ),
        "events": table(
            events,
            ["event_id", "cameo", "cameo_name", "plover", "acled_event_type", "acled_sub_event_type", "source", "source_code", "target", "target_code", "modality", "time_from"],
            ["article", "place", "first_day", "last_day", "confidence", "start", "end"],
        ),
        "places": table(places, ["name", "country", "admin1", "precision"], ["geonameid", "latitude", "longitude", "radius_km"]),
        "articles": table(articles, ["article_id", "headline", "source_name", "language", "url", "uri", "story"], ["published_day", "chunk", "row"]),
        "conflicts": [],
    }  # fmt: skip


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    day = (date.fromisoformat(row["on"]) - EPOCH).days
    return {"first_day": day, "last_day": day, "time_from": "text"}


def utf16(text: str, words: str) -> tuple[int, int]:
    """Return where words are in a text, in UTF-16 code units."""
    start = len(text[: text.index(words)].encode("utf-16-le")) // 2
    return start, start + len(words.encode("utf-16-le")) // 2


def _layer(text: str, layer: str, id_: str, words: str, title: str, **facts: Any) -> dict[str, Any]:
    start, end = utf16(text, words)
    return {"layer": layer, "id": id_, "start": start, "end": end, "title": title, "facts": [*facts.items()], "confidence": 0.75}  # fmt: skip


def _layers() -> list[dict[str, Any]]:
    first = TEXT.split("\n", maxsplit=1)[0]
    quote = _layer(TEXT, "quote", "q0", first[:-16], "indirect: the mayor", speaker="the mayor")
    start, end = utf16(TEXT, "The army put the number at 3.")
    quote |= {"end": end, "pieces": [[quote["start"], quote["end"]], [start, end]]}
    return [
        quote,
        _layer(TEXT, "event", "e0", "Two shells hit the convoy near Ardabash", "shelling", cameo="194"),
        _layer(TEXT, "place", "p0", "Ardabash", "Ardabash, TR", geonameid=11),
        _layer(TEXT, "mention", "m0", "Ardabash", "town: Ardabash", type="GPE"),
        _layer(TEXT, "time", "t0", "Thursday", "2020-02-20", value="2020-02-20"),
        _layer(TEXT, "topic", "topic-4", "shells", "war", code="medtop:20000056"),
        _layer(TEXT, "tone", "tone-55", "killing", "negative word"),
        _layer(TEXT, "claim", "c0", "12 drivers", "killed: 12 drivers", rule="claims/object"),
        _layer(TEXT, "claim", "c1", "3", "killed: 3", rule="claims/object"),
    ]


def _headline() -> list[dict[str, Any]]:
    return [_layer("Shells hit convoy", "topic", "topic-0", "Shells", "war", code="medtop:20000056")]


def _hostile_layers() -> list[dict[str, Any]]:
    title = "<img src=x onerror=alert(5)>"
    return [_layer(HOSTILE_TEXT, "claim", "c2", "40 to 60 residents", title, rule="</script>")]


def _place(chosen: random.Random, number: int) -> dict[str, Any]:
    precision, radius = chosen.choice((("town", 8.0), ("town", 15.0), ("district", 30.0), ("region", 160.0), ("country", 400.0)))  # fmt: skip
    country = chosen.choice(("TR", "SY", "IQ", "UA", "SD", "ML", "NG", "CO", "MM", "AF", "YE", "SO"))
    return {
        "geonameid": number,
        "name": f"Place {number}",
        "country": country,
        "latitude": chosen.uniform(-35, 60),
        "longitude": chosen.uniform(-100, 120),
        "precision": precision,
        "radius_km": radius,
    }


def _article(chosen: random.Random, number: int) -> dict[str, Any]:
    return {
        "article_id": f"a{number}",
        "headline": f"{chosen.choice(('Shelling', 'Talks', 'Flood', 'Clashes'))} near place {chosen.randrange(1500)}, report {number}",
        "source_name": f"Outlet {chosen.randrange(60)}",
        "published_day": 18000 + chosen.randrange(1500),
        "language": "en",
        "uri": f"file:///news/{number}.txt",
        "chunk": 0 if number < 100 else NULL,
        "row": number if number < 100 else NULL,
    }


def _claim(chosen: random.Random, places: int, articles: int) -> dict[str, Any]:
    low = int(chosen.expovariate(1 / 30))
    return {
        "effect": chosen.choice(("killed", "killed", "wounded", "displaced", "destroyed", "detained")),
        "low": low,
        "best": low if chosen.random() < 0.8 else None,
        "high": low + (0 if chosen.random() < 0.8 else chosen.randrange(1, 50)),
        "surface": f"{low} {chosen.choice(('people', 'soldiers', 'civilians', 'houses'))}",
        "object": chosen.choice(("people", "soldiers", "civilians", "houses")),
        "claimant": None if chosen.random() < 0.4 else f"official {chosen.randrange(8000)}",
        "claimant_type": chosen.choice((None, "government", "military", "police", "medical", "ngo")),
        "victim_side": chosen.choice((None, "civilian", "rebels", "Turkey (military)")),
        "place": chosen.randrange(-1, places),
        "on": (date(2019, 1, 1) + timedelta(days=chosen.randrange(1500))).isoformat(),
        "article": chosen.randrange(articles),
        "is_negated": int(chosen.random() < 0.03),
    }


def _event(chosen: random.Random, places: int, articles: int) -> dict[str, Any]:
    return {
        "cameo": "190",
        "cameo_name": chosen.choice(("Use conventional military force", "Consult", "Coerce", "Threaten")),
        "acled_event_type": chosen.choice((None, "Battles", "Protests", "Riots")),
        "source": "Army",
        "source_code": chosen.choice(("TURMIL", "SYRREB", "UKRMIL")),
        "target": "Village",
        "target_code": "---CVL",
        "modality": "asserted",
        "place": chosen.randrange(places),
        "on": (date(2019, 1, 1) + timedelta(days=chosen.randrange(1500))).isoformat(),
        "article": chosen.randrange(articles),
    }
