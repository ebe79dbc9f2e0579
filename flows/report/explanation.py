"""One dispatch at each step of its journey; an id back to its words and its bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from flows.enrich.findings import Enriched
from flows.enrich.places.mentions import PlaceMention
from flows.errors import WrongUse
from flows.fetch.local import look_at
from flows.fetch.read import fetch_bytes
from flows.fetch.slices import Wishes, raws_of, slices_of
from flows.journey import article_or_rejected, enriched
from flows.parse.headers import FORMATS
from flows.records import Article, Header, Rejected
from flows.reference import load_reference
from flows.report.highlights import marked, part_columns, parts_of, values_of
from flows.report.marks import Marked, Part
from flows.report.state import read_rows
from flows.schema import Row, Table
from flows.tables import BY_NAME, TABLES, amounts, articles, claims, events, quotes, rows_of
from flows.tables.evidence import spans
from flows.write.output import Output

MEMORY_BYTES = 64 << 20
IN_WORDS = (quotes.TABLE, claims.TABLE, amounts.TABLE, events.TABLE)
"""Tables whose rows have several parts: each row is shown with its words marked."""

Step = dict[str, Any]


def _step(name: str, what: str, *lines: str | Marked | Part) -> Step:
    return {"step": name, "what": what, "lines": list(lines)}


def of_file(path: Path, number: int, wishes: Wishes, model: str | None = None) -> list[Step]:
    """Take one dispatch of a file through its journey and describe each step.

    Raises:
        WrongUse: the file has no dispatch of that number.
    """
    file = look_at(path.resolve())
    if file is None:
        raise WrongUse("FILE", str(path), "a file")
    with tempfile.TemporaryDirectory() as folder:
        fetched = fetch_bytes(file, Path(folder), MEMORY_BYTES)
        if fetched is None:
            raise AssertionError("only a server says that nothing has changed")
        slices = list(slices_of(fetched, 1, None, datetime.now(UTC), wishes))
        count = sum(len(each.ranges) for each in slices)
        if number >= count:
            raise WrongUse("--number", str(number), f"0 to {count - 1}, the dispatches of {path}")
        raw = next(islice(raws_of(fetched, slices), number, None))
    steps = [_step("fetch", f"{file.size:,} bytes, sha256 {fetched.sha256}", file.uri)]
    if isinstance(raw, Rejected):
        return [*steps, _step("reject", raw.code, raw.why)]
    source = raw.source
    steps.append(
        _step(
            "format",
            source.format,
            "tried in this order: " + ", ".join(each.name for each in FORMATS),
            *([f"within the archive: {source.uri}"] if source.uri != file.uri else []),
            f"dispatch {number} of {count}: bytes {raw.byte_start:,} to {raw.byte_end:,}",
        )
    )
    outcome = article_or_rejected(raw)
    if isinstance(outcome, Rejected):
        return [*steps, _step("reject", outcome.code, outcome.why)]
    steps += _parsed(outcome)
    for found in enriched([outcome], load_reference(model)):
        if isinstance(found, Enriched):
            steps += _enriched(found)
    return steps


def _parsed(article: Article) -> list[Step]:
    header, body = article.header, article.body
    lines = [
        f"{name}: {', '.join(value) if isinstance(value, tuple) else value}"
        for name in Header.__dataclass_fields__
        if name not in ("published", "rest") and (value := getattr(header, name))
    ]
    lines += [f"{key}: {value}  (kept in `header`)" for key, value in header.rest.items()]
    if header.published:
        seen = header.published
        zone = f"zone by {seen.zone_from}" if seen.zone_from else "no zone stated, UTC assumed"
        lines.insert(
            0,
            f"published_at: {seen.instant.isoformat()}  ({seen.precision} precision, {zone}, from {seen.raw!r})",
        )
    dateline = body.dateline
    return [
        _step("decode", f"{article.decoded.encoding}, by {article.decoded.encoding_from}"),
        _step("header", f"{len(lines)} fields", *lines),
        _step(
            "body",
            f"{len(body.text):,} characters in {len(body.paragraphs)} paragraphs",
            *([f"dateline: {dateline.raw}"] if dateline else []),
            *(
                f"{each.kind} [{each.span.start}:{each.span.end}] {_short(each.span.of(body.text))}"
                for each in body.segments
            ),
            *(f"[{each.start}:{each.end}] {_short(each.of(body.text))}" for each in body.paragraphs),
        ),
    ]


def _place(mention: PlaceMention) -> str:
    point = mention.point
    if point is None:
        return f"({mention.null_reason})"
    where = f"{point.name}, {point.country or 'international'} ({point.fcode or 'no feature code'}, geonameid {point.geonameid or 'none'})"
    return (
        f"in {where}, itself {mention.null_reason}"
        if mention.within
        else f"{where} with probability {mention.probability:.2f}"
    )


def _enriched(found: Enriched) -> list[Step]:
    reading = found.reading
    text = reading.text
    language = reading.language
    return [
        _step(
            "language",
            f"{language.code} with confidence {language.confidence}"
            if language.code
            else f"none: {language.null_reason}",
        ),
        _step("sentences", f"{len(reading.sentences)}"),
        _step(
            "places",
            f"{len(found.found.places)}",
            *(
                f"[{each.span.start}:{each.span.end}] {_short(each.span.of(text))} -> {_place(each)}"
                for each in found.found.places
            ),
        ),
        _step(
            "mentions",
            f"{len(found.found.mentions)}, by {reading.model}" if not reading.unread else reading.unread,
            *(
                f"[{each.span.start}:{each.span.end}] {each.type} {_short(each.span.of(text))}"
                + (f" = {each.entity.name}" if each.entity.name != each.span.of(text) else "")
                + (
                    f" ({each.entity.country or 'no country'}, {each.entity.sector or 'no sector'})"
                    if each.type in ("PER", "ORG")
                    else ""
                )
                for each in found.found.mentions
            ),
        ),
        _step(
            "times",
            f"{len(found.found.times)}, counted from {reading.published_on or 'no date'}",
            *(
                f"[{each.span.start}:{each.span.end}] {each.type} {_short(each.span.of(text))} -> {each.value}"
                + (f"  ({each.start} to {each.end})" if each.start else f"  ({each.null_reason})")
                for each in found.found.times
            ),
        ),
        *_rows_in_words(found),
        *_topics_and_tone(found),
        _step("rows", "", *(f"{name}: {count}" for name, count in _row_counts(found).items())),
    ]


def _topics_and_tone(found: Enriched) -> Iterator[Step]:
    """Yield the steps of the topics, each with its words, those of the headline first, and of the tone; none where the text was not read."""
    text, topics, tone = found.reading.text, found.found.topics, found.found.tone
    if topics:
        words: dict[str, list[str]] = {}
        headline = found.article.header.headline or ""
        for read, spoken in ((headline, topics.headline_words), (text, topics.words)):
            for each in spoken:
                words.setdefault(each.code, []).append(_short(each.span.of(read)))
        yield _step(
            "topics",
            f"{len(topics.ranked)}",
            *(
                f"{each.topic.code} {each.topic.name} {each.score:.2f}: {', '.join(words.get(each.topic.code, ()))}"
                for each in topics.ranked
            ),
        )
    if tone:
        yield _step(
            "tone",
            f"{tone.score:+.2f}; {tone.positive_share:.1%} of the words positive, {tone.negative_share:.1%} negative",
            *(
                f"[{each.span.start}:{each.span.end}] {_short(each.span.of(text))} {each.valence:+.2f}"
                for each in tone.words
            ),
        )


def _rows_in_words(found: Enriched) -> Iterator[Step]:
    """Yield the step of each table of IN_WORDS: two lines for each row, its values, and its words in their sentences."""
    rows: dict[str, list[Row]] = {}
    for table, _, row in rows_of(found):
        rows.setdefault(table.name, []).append(row)
    by_id = {(name, row[BY_NAME[name].key[0]]): row for name, some in rows.items() for row in some}
    text, sentences = found.article.body.text, spans(found.reading.sentences)
    for table in IN_WORDS:
        lines: list[str | Marked] = []
        for row in rows.get(table.name, ()):
            parts = parts_of(table, row, text, lambda name, key: by_id.get((name, key)))
            lines += [values_of(table, row), marked(parts, text, sentences)]
        yield _step(table.name, f"{len(lines) // 2}", *lines)


def _row_counts(found: Enriched) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table, partition, _ in rows_of(found):
        place = f"{table.name} in {table.partition_by}={partition}"
        counts[place] = counts.get(place, 0) + 1
    return counts


def of_id(wanted: str, root: Path | str) -> list[Step]:
    """Find the row with an id, and show the words it points at and the bytes they came from.

    The id may be cut short to 8 or more digits.

    Raises:
        WrongUse: no table has such an id.
    """
    output = Output(root)
    if len(wanted) >= 8:
        for table in TABLES:
            key = ds.field(table.key[0])
            # Ids are hexadecimal, so that `g` comes after every id that begins with these digits.
            rows = read_rows(output, table.name, where=(key >= wanted) & (key < wanted + "g"))
            if rows:
                return _led_back(table, rows[0], output)
    raise WrongUse("FILE|ID", wanted, f"a file, or an id of a row in {root}")


def _led_back(table: Table[Any], row: Row, output: Output) -> list[Step]:
    in_words = part_columns(table) if "char_start" in row else frozenset()
    steps = [
        _step(
            "row",
            f"of {table.name}",
            *(
                f"{name}: {_short(str(value))}"
                for name, value in row.items()
                if value not in (None, [], "") and name not in in_words
            ),
        )
    ]
    article = row if table is articles.TABLE else None
    if "char_start" in row:
        article = read_rows(output, "articles", where=ds.field("article_id") == row["article_id"])[0]
        text = article["body_text"]
        parts = parts_of(table, row, text, lambda name, key: _row_with(output, name, key))
        steps.append(
            _step(
                "words",
                f"characters {row['char_start']} to {row['char_end']} of article {row['article_id']}",
                marked(parts, text, article["sentences"]),
                *parts,
            )
        )
    if article:
        steps.append(
            _step(
                "bytes",
                f"{article['byte_start']:,} to {article['byte_end']:,} of {article['uri']}",
                f"sha256 of the file: {article['source_sha256']}",
            )
        )
    return steps


def _row_with(output: Output, table: str, key: str) -> Row | None:
    found = read_rows(output, table, where=ds.field(BY_NAME[table].key[0]) == key)
    return found[0] if found else None


def _short(text: str, most: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
