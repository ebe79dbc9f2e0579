"""One row for each dispatch that was understood."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from flows.enrich.findings import Enriched
from flows.parse.dateline import day_of
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import publish_month, spans
from flows.tables.lineage import LINEAGE, lineage

NO_DATE = "the header states no date"


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the one row of an article."""
    article, reading = enriched.article, enriched.reading
    header, body, published = article.header, article.body, article.header.published
    dateline = body.dateline
    yield {
        "article_id": article.article_id,
        "dispatch_key": article.dispatch_key,
        **lineage(article.raw),
        "encoding": article.decoded.encoding,
        "encoding_from": article.decoded.encoding_from,
        "published_at": published.instant if published else None,
        "published_on": published.on if published else None,
        "published_precision": published.precision if published else None,
        "published_zone_from": published.zone_from if published else None,
        "date_raw": published.raw if published else None,
        "published_null_reason": None if published else NO_DATE,
        "headline": header.headline,
        "byline": header.byline,
        "source_name": header.source_name,
        "located": header.located or (dateline.located if dateline else None),
        "dateline": dateline.raw if dateline else header.dateline,
        "dateline_start": dateline.span.start if dateline and dateline.span else None,
        "dateline_end": dateline.span.end if dateline and dateline.span else None,
        "dateline_day": dateline.day if dateline else None,
        "dateline_on": day_of(dateline, published) if dateline else None,
        "agency": dateline.agency if dateline else None,
        "language_stated": header.language,
        "section": header.section,
        "keywords": header.keywords,
        "urgency": header.urgency,
        "copyright_notice": header.copyright_notice,
        "document_identifier": header.document_identifier,
        "url": header.url,
        "version": header.version,
        "pub_status": header.pub_status,
        "edition_note": header.edition_note,
        "header": dict(header.rest),
        "language": reading.language.code,
        "language_confidence": reading.language.confidence,
        "language_null_reason": reading.language.null_reason,
        "body_text": body.text,
        "paragraphs": spans(body.paragraphs),
        "segments": [
            {"kind": each.kind, "char_start": each.span.start, "char_end": each.span.end}
            for each in body.segments
        ],
        "sentences": spans(reading.sentences),
        "dropped_control_count": body.dropped_controls,
        "char_count": len(body.text),
        "word_count": len(body.text.split()),
        "paragraph_count": len(body.paragraphs),
        "sentence_count": len(reading.sentences),
        "mention_count": len(enriched.found.mentions),
        "place_count": len(enriched.found.places),
        "time_count": len(enriched.found.times),
        "quote_count": len(enriched.found.quotes),
        "mentions_null_reason": reading.unread,
        "content_sha256": hashlib.sha256(body.text.encode()).hexdigest(),
    }


def _stated(name: str, means: str, kind: Type = Type.TEXT) -> Column:
    """A column that the header fills, null where it does not."""
    return Column(name, kind, means, nullable=True)


TABLE = Table(
    name="articles",
    grain="one dispatch that was understood, in one version of its file",
    key=("article_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column(
            "article_id",
            Type.TEXT,
            "Id of the dispatch, made of uri, source_sha256, source_version and dispatch_no.",
        ),
        Column(
            "dispatch_key",
            Type.TEXT,
            "Key of the dispatch that stays the same in each version of its file, to merge by: made of the file that was "
            "fetched (the part of `uri` before `!/`) and `document_identifier`, or the sha256 of the bytes of the dispatch "
            "where that is null; of an item of a feed made of its uri. A file that holds a dispatch twice has its key "
            "twice. Null in rows that are older than the column.",
            nullable=True,
        ),
        *LINEAGE,
        Column("encoding", Type.TEXT, "The encoding the bytes were decoded by, by Python's name."),
        Column(
            "encoding_from",
            Type.TEXT,
            "Who said so: `bom`, `utf-8` (it fits), `declared` or `detected`; `repaired` where bytes became U+FFFD.",
        ),
        _stated(
            "published_at",
            "Publication in UTC, by the header or else by a dateline that states its year; midnight where only a day "
            "is stated; UTC is assumed where no zone is.",
            Type.INSTANT,
        ),
        _stated("published_on", "The day of publication as stated, in the zone of the writer.", Type.DATE),
        _stated("published_precision", "second, minute, day, month or year: what the header states."),
        _stated("published_zone_from", "`offset` or `name` of a zone in the header; null for UTC assumed."),
        _stated("date_raw", "The date as the header writes it."),
        _stated("published_null_reason", "Why there is no date of publication."),
        _stated("headline", "The headline, in one line."),
        _stated("byline", "Who wrote it, as the header names them."),
        _stated("source_name", "Who published it."),
        _stated("located", "Where it was filed: from the header, or else from the dateline."),
        _stated("dateline", "The agency dateline as written."),
        _stated(
            "dateline_start",
            "First code point of the dateline in `body_text`, where it stands there.",
            Type.INT64,
        ),
        _stated("dateline_end", "Code point after the dateline and its dash.", Type.INT64),
        _stated("dateline_day", "The day in the dateline, as written, without its year."),
        _stated(
            "dateline_on",
            "That day; where the dateline states no year, the nearest to the day of publication.",
            Type.DATE,
        ),
        _stated("agency", "The agency named in the dateline."),
        _stated("language_stated", "The language that the header states."),
        _stated("section", "Section, desk, category or newsgroups."),
        Column("keywords", Type.TEXT_LIST, "Keywords, in the header's order; empty where it has none."),
        _stated("urgency", "IPTC urgency, 1 (most) to 8; 0 and 9 as sources use them.", Type.INT64),
        _stated("copyright_notice", "The copyright notice."),
        _stated("document_identifier", "The publisher's own id: guid, Message-ID, NEWID."),
        _stated("url", "Where it was published."),
        _stated(
            "version", "The publisher's own version or edition: from the header, or else from a desk line."
        ),
        _stated(
            "pub_status",
            "usable, withheld or canceled (ninjs), or the source's own word; a kill notice in the text is canceled, "
            "an embargo withheld.",
        ),
        _stated("edition_note", "A note to editors, of the header or of the text."),
        Column("header", Type.TEXT_MAP, "Each key of the header that no column above holds, as written."),
        _stated("language", "ISO 639-1 code of the text, detected."),
        _stated("language_confidence", "The detector's confidence, 0 to 1.", Type.FLOAT64),
        _stated("language_null_reason", "Why no language was detected."),
        Column(
            "body_text",
            Type.TEXT,
            "The text that all offsets index, in code points; empty for a headline alone. Line ends are `\\n`.",
        ),
        Column("paragraphs", Type.SPAN_LIST, "The paragraphs of `body_text`, in order."),
        Column(
            "segments",
            Type.SEGMENT_LIST,
            "Parts of `body_text` that are of the wire and not of the news, in order: `dateline`, `desk_line`, "
            "`edition_note`, `embargo`, `kill`, `byline`, `credit`, `end_mark`.",
        ),
        Column(
            "sentences", Type.SPAN_LIST, "The sentences of `body_text`, in order; `sentence_no` counts them."
        ),
        Column(
            "dropped_control_count",
            Type.INT64,
            "Control characters left out of `body_text`, which wires frame with and databases refuse.",
        ),
        Column("char_count", Type.INT64, "Code points of `body_text`."),
        Column("word_count", Type.INT64, "Words of `body_text`, between blanks."),
        Column("paragraph_count", Type.INT64, "Paragraphs of `body_text`."),
        Column("sentence_count", Type.INT64, "Sentences of `body_text`."),
        Column("mention_count", Type.INT64, "Rows of the article in `mentions`."),
        Column("place_count", Type.INT64, "Rows of the article in `places`."),
        Column("time_count", Type.INT64, "Rows of the article in `times`."),
        Column("quote_count", Type.INT64, "Rows of the article in `quotes`."),
        _stated("mentions_null_reason", "Why the language model did not read the text; null where it did."),
        Column("content_sha256", Type.TEXT, "sha256 of `body_text` in UTF-8."),
    ),
    rows=rows,
    indexes=(
        Index(("uri", "source_version"), "the versions of a file"),
        Index(("published_on",), "the articles of a period"),
    ),
)
