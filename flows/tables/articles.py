"""One row for each dispatch that was understood."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from flows.checks import Between, EachBetween, InOrder, Length, OneOf, RowCount, Slice, Slices, Together
from flows.enrich.claims.toll import Range, toll_of
from flows.enrich.findings import Enriched
from flows.enrich.tone.tone import Tone
from flows.enrich.topics.topics import Topics, TopicWords
from flows.parse.dateline import day_of
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import publish_month, spans
from flows.tables.lineage import LINEAGE, LINEAGE_CHECKS, lineage

NO_DATE = "the header states no date"


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the one row of an article."""
    article, reading = enriched.article, enriched.reading
    header, body, published = article.header, article.body, article.header.published
    dateline = body.dateline
    toll = toll_of(enriched.found.claims)
    yield {
        "article_id": article.article_id,
        "dispatch_key": enriched.signature.dispatch_key,
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
        "claim_count": len(enriched.found.claims),
        **_toll("killed", toll.killed),
        **_toll("injured", toll.injured),
        "mentions_null_reason": reading.unread,
        "content_sha256": hashlib.sha256(body.text.encode()).hexdigest(),
        **_topics(enriched.found.topics),
        **_tone(enriched.found.tone),
    }


def _topics(found: Topics | None) -> Row:
    if found is None:
        return {"topics": None, "topic_words": None, "headline_topic_words": None}
    return {
        "topics": [
            {
                "code": each.topic.code,
                "name": each.topic.name,
                "level": each.topic.level,
                "score": each.score,
            }
            for each in found.ranked
        ],
        "topic_words": _topic_words(found.words),
        "headline_topic_words": _topic_words(found.headline_words),
    }


def _topic_words(words: Sequence[TopicWords]) -> list[dict[str, Any]]:
    return [{"kind": each.code, "char_start": each.span.start, "char_end": each.span.end} for each in words]


def _tone(found: Tone | None) -> Row:
    return {
        "tone": found.score if found else None,
        "tone_positive_share": found.positive_share if found else None,
        "tone_negative_share": found.negative_share if found else None,
        "tone_words": [
            {
                "kind": "positive" if each.valence > 0 else "negative",
                "char_start": each.span.start,
                "char_end": each.span.end,
            }
            for each in found.words
        ]
        if found
        else None,
    }


def _toll(column: str, toll: Range | None) -> Row:
    return {f"{column}_low": toll.low if toll else None, f"{column}_high": toll.high if toll else None}


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
            "Key that stays the same across the versions of a file; use it to merge. Made of the fetched file (the part of "
            "`uri` before `!/`) and `document_identifier`, or the sha256 of the dispatch's bytes if that is null; for an item "
            "of a feed, of its uri. A dispatch that occurs twice in a file has the same key twice. Null in rows older "
            "than the column.",
            nullable=True,
        ),
        *LINEAGE,
        Column("encoding", Type.TEXT, "The encoding that decoded the bytes, by its Python name."),
        Column(
            "encoding_from",
            Type.TEXT,
            "How the encoding was determined: `bom`, `utf-8` (the bytes are valid UTF-8), `declared` or `detected`; `repaired` if bytes were replaced by U+FFFD.",
        ),
        _stated(
            "published_at",
            "Time of publication in UTC, from the header, else from a dateline that states its year. Midnight if only a "
            "day is stated; UTC is assumed if no zone is stated.",
            Type.INSTANT,
        ),
        _stated("published_on", "Day of publication as stated, in the zone of the source.", Type.DATE),
        _stated("published_precision", "Precision of the stated date: second, minute, day, month or year."),
        _stated(
            "published_zone_from",
            "How the header states the zone: `offset` or `name`; null if UTC was assumed.",
        ),
        _stated("date_raw", "The date as written in the header."),
        _stated("published_null_reason", "Why the date of publication is null."),
        _stated("headline", "The headline, on one line."),
        _stated("byline", "The authors, as the header names them."),
        _stated("source_name", "The publisher or agency."),
        _stated("located", "Where it was filed, from the header, else from the dateline."),
        _stated("dateline", "The agency dateline as written."),
        _stated(
            "dateline_start",
            "Offset of the dateline in `body_text`; null if it is not part of the text.",
            Type.INT64,
        ),
        _stated("dateline_end", "Offset after the dateline and its dash.", Type.INT64),
        _stated("dateline_day", "The day in the dateline, as written, without the year."),
        _stated(
            "dateline_on",
            "The date of the dateline. If it states no year, the date nearest to the day of publication.",
            Type.DATE,
        ),
        _stated("agency", "The agency named in the dateline."),
        _stated("language_stated", "The language that the header states."),
        _stated("section", "Section, desk, category or newsgroups."),
        Column("keywords", Type.TEXT_LIST, "Keywords, in the order of the header; empty if there are none."),
        _stated("urgency", "IPTC urgency, 1 (most) to 8; 0 and 9 as sources use them.", Type.INT64),
        _stated("copyright_notice", "The copyright notice."),
        _stated("document_identifier", "The publisher's own id: guid, Message-ID, NEWID."),
        _stated("url", "Where it was published."),
        _stated("version", "The publisher's version or edition, from the header, else from a desk line."),
        _stated(
            "pub_status",
            "Status: usable, withheld or canceled (ninjs), or as the source writes it. A kill notice in the text means "
            "canceled, an embargo withheld.",
        ),
        _stated("edition_note", "A note to editors, from the header or the text."),
        Column("header", Type.TEXT_MAP, "Header fields that have no column of their own, as written."),
        _stated("language", "Detected language of the text (ISO 639-1)."),
        _stated("language_confidence", "Confidence of the language detector, 0 to 1.", Type.FLOAT64),
        _stated("language_null_reason", "Why no language was detected."),
        Column(
            "body_text",
            Type.TEXT,
            "The text that all offsets refer to, in code points. Empty if there is only a headline. Line ends are `\\n`.",
        ),
        Column("paragraphs", Type.SPAN_LIST, "The paragraphs of `body_text`, in order."),
        Column(
            "segments",
            Type.SEGMENT_LIST,
            "Parts of `body_text` that belong to the wire, not to the news, in order: `dateline`, `desk_line`, "
            "`edition_note`, `embargo`, `kill`, `byline`, `credit`, `end_mark`.",
        ),
        Column(
            "sentences", Type.SPAN_LIST, "The sentences of `body_text`, in order; `sentence_no` is the index."
        ),
        Column(
            "dropped_control_count",
            Type.INT64,
            "Number of control characters removed from `body_text`: wires use them for framing and databases reject them.",
        ),
        Column("char_count", Type.INT64, "Number of code points in `body_text`."),
        Column("word_count", Type.INT64, "Number of words in `body_text`, separated by whitespace."),
        Column("paragraph_count", Type.INT64, "Number of paragraphs in `body_text`."),
        Column("sentence_count", Type.INT64, "Number of sentences in `body_text`."),
        Column("mention_count", Type.INT64, "Number of its rows in `mentions`."),
        Column("place_count", Type.INT64, "Number of its rows in `places`."),
        Column("time_count", Type.INT64, "Number of its rows in `times`."),
        Column("quote_count", Type.INT64, "Number of its rows in `quotes`."),
        _stated(
            "claim_count", "Number of its rows in `claims`. Null in rows older than the column.", Type.INT64
        ),
        Column(
            "killed_low",
            Type.INT64,
            "The least number of people whom the main event killed, as far as the claims support one; 0 where the article tells of wounded only, null where it states neither.",
            nullable=True,
        ),
        Column(
            "killed_high",
            Type.INT64,
            "The greatest number; null also where the article leaves it open.",
            nullable=True,
        ),
        Column("injured_low", Type.INT64, "The same of the wounded who are alive.", nullable=True),
        Column("injured_high", Type.INT64, "The same of the wounded who are alive.", nullable=True),
        _stated("mentions_null_reason", "Why the language model did not process the text; null if it did."),
        Column("content_sha256", Type.TEXT, "sha256 of `body_text` in UTF-8."),
        _stated(
            "topics",
            "IPTC Media Topics of the text and its headline, the highest score first, each of level 1 followed by its own of level 2. The score, 0 to 1, is the "
            "topic's part of the weight of all words that speak for a topic; it is no probability. Empty if too few words speak for one; null if the text "
            "was not read, if topics were not asked for, and in rows older than the column.",
            Type.TOPIC_LIST,
        ),
        _stated(
            "topic_words",
            "The words of `body_text` that speak most for these topics, in order, the first occurrence of each; `kind` is the code of the topic.",
            Type.SEGMENT_LIST,
        ),
        _stated(
            "headline_topic_words",
            "The same of `headline`: `char_start` and `char_end` are offsets in it. Null as `topics`.",
            Type.SEGMENT_LIST,
        ),
        _stated(
            "tone",
            "Mean over the sentences of their compound score by the rules of VADER and its lexicon with changes for news (`tone_words.tsv`), -1 (most "
            "negative) to 1; a sentence without a word of the lexicon counts as 0, words of names are not looked up. VADER was made for short texts of social media: in news it tells how "
            "grave the words are, not what the author thinks. Null as `topics`.",
            Type.FLOAT64,
        ),
        _stated(
            "tone_positive_share",
            "Share of the words, separated by whitespace, with a positive valence after these rules.",
            Type.FLOAT64,
        ),
        _stated("tone_negative_share", "The same of a negative valence.", Type.FLOAT64),
        _stated(
            "tone_words",
            "The words of `body_text` with the strongest valence, in order; `kind` is positive or negative.",
            Type.SEGMENT_LIST,
        ),
    ),
    rows=rows,
    indexes=(
        Index(("uri", "source_version"), "the versions of a file"),
        Index(("published_on",), "the articles of a period"),
    ),
    checks=(
        *LINEAGE_CHECKS,
        OneOf("encoding_from", ("bom", "utf-8", "declared", "detected", "repaired")),
        Together(("published_at", "published_on", "published_precision")),
        OneOf("published_precision", ("second", "minute", "day", "month", "year")),
        OneOf("published_zone_from", ("offset", "name")),
        Slice("dateline_start", "dateline_end"),
        Together(("dateline_start", "dateline_end")),
        Between("urgency", 0, 9),
        Between("language_confidence", 0, 1),
        Slices("paragraphs"),
        Slices("segments"),
        Slices("sentences"),
        Between("dropped_control_count", 0),
        Length("char_count", "body_text"),
        Between("word_count", 0),
        Length("paragraph_count", "paragraphs"),
        Length("sentence_count", "sentences"),
        RowCount("mention_count", "mentions"),
        RowCount("place_count", "places"),
        RowCount("time_count", "times"),
        RowCount("quote_count", "quotes"),
        RowCount("claim_count", "claims"),
        InOrder(("killed_low", "killed_high")),
        InOrder(("injured_low", "injured_high")),
        Together(("topics", "topic_words", "headline_topic_words")),
        EachBetween("topics", "score", 0, 1),
        EachBetween("topics", "level", 1, 2),
        Slices("topic_words"),
        Slices("headline_topic_words", of="headline"),
        Together(("tone", "tone_positive_share", "tone_negative_share", "tone_words")),
        Between("tone", -1, 1),
        Between("tone_positive_share", 0, 1),
        Between("tone_negative_share", 0, 1),
        Slices("tone_words"),
    ),
)
