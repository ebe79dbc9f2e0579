"""A view of the articles as documents of the IPTC's ninjs 3.0, one JSON object each.

`uri` identifies the row of `articles`, since the address of a dispatch may have several versions; `altIds` has the address and the identifier
that the header states. People and organisations are the named entities of the article, places those of the gazetteer with a point, events the asserted
ones. A property without a value is left out.

Source: ninjs JSON Schema 3.0, IPTC, 2024 (CC BY 4.0).
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.schema import Type
from flows.warehouse.declared import DataSet, Field, columns, view
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import any_of, cast
from flows.warehouse.json_text import Member, an_object, array, constant, iso_instant, number, string

NAME = "ninjs"
SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"
STATUSES = ("usable", "withheld", "canceled")
GEONAMES = "https://sws.geonames.org/"
LISTS = (("people", "PER"), ("organisations", "ORG"))

HEADER_ONLY = "no header field of its own; see `articles.header`"
NOT_PLANNED = "of planned events and their coverage"
NO_MEDIA = "pictures, sound and video are not read"
PROPERTIES = (
    *(Field(name, Type.TEXT, name) for name in ("uri", "type", "representationType")),
    Field("profile", Type.TEXT, why="of a provider"),
    *(Field(name, Type.TEXT, name) for name in ("version", "versionCreated")),
    Field("firstCreated", Type.TEXT, why="the time of publication of the first version is not known"),
    *(Field(name, Type.TEXT, why=HEADER_ONLY) for name in ("contentCreated", "embargoed", "expires")),
    *(Field(name, Type.TEXT, name) for name in ("pubStatus", "urgency", "copyrightNotice", "edNote", "language")),
    *(Field(name, Type.TEXT, why=HEADER_ONLY) for name in ("copyrightHolder", "usageTerms", "rightsInfo", "descriptions", "title", "slugline")),
    *(Field(name, Type.TEXT, name) for name in ("headlines", "bodies", "people", "organisations", "places", "events", "infoSources", "by", "located", "altIds", "standard")),
    Field("subjects", Type.TEXT, why="keywords of the header are no concepts of a list; see `articles.keywords`"),
    Field("genres", Type.TEXT, why="the genre of a dispatch is not decided"),
    Field("objects", Type.TEXT, why="material things are not linked to concepts; weapons are in `mentions`"),
    Field("trustIndicators", Type.TEXT, why="of the publisher"),
    Field("associations", Type.TEXT, why="other documents; stories are in `story_members`"),
    *(Field(name, Type.TEXT, why=NOT_PLANNED) for name in ("eventDetails", "plannedCoverage")),
    Field("renditions", Type.TEXT, why=NO_MEDIA),
)  # fmt: skip
"""The properties of a ninjs object; those without SQL are never there."""


def ninjs(dialect: Dialect) -> str:
    """Return the statement that makes the view of the latest articles."""
    joined = "\n".join(
        f"LEFT JOIN (\n{query}\n) AS {name} ON {name}.article_id = article.article_id"
        for name, query in _lists(dialect)
    )
    return view(
        NAME,
        "Articles as documents of ninjs 3.0.",
        f"SELECT\n{columns(fields(dialect), dialect)}\nFROM {dialect.table('articles_latest')} AS article\n{joined}",
        dialect,
    )


def fields(dialect: Dialect) -> tuple[Field, ...]:
    """Return the columns: two of the article, and the document."""
    return (
        Field("article_id", Type.TEXT, "article.article_id"),
        Field("published_at", Type.INSTANT, "article.published_at"),
        Field(
            "document",
            Type.TEXT,
            an_object(
                Member("uri", "'\"urn:dateline:article:' || article.article_id || '\"'"), _members(dialect)
            ),
        ),
    )


def _members(dialect: Dialect) -> Iterator[Member]:
    """Yield the properties after `uri`."""
    text = dialect.json_text.format
    standard = an_object(constant("name", "ninjs"), (constant("version", "3.0"), constant("schema", SCHEMA)))
    yield Member("standard", standard)
    yield constant("type", "text")
    yield constant("representationType", "full")
    yield Member("version", f"'\"' || {cast('article.source_version', Type.TEXT, dialect)} || '\"'")
    created = iso_instant("article.published_at", dialect)
    yield Member("versionCreated", f"'\"' || {created} || '\"'", "article.published_at")
    status = f"CASE WHEN article.pub_status IN ({any_of(STATUSES)}) THEN article.pub_status END"
    yield string("pubStatus", status, dialect)
    yield number("urgency", "CASE WHEN article.urgency BETWEEN 1 AND 9 THEN article.urgency END", dialect)
    for name, column in (
        ("copyrightNotice", "copyright_notice"),
        ("edNote", "edition_note"),
        ("language", "language"),
        ("by", "byline"),
        ("located", "located"),
    ):
        yield string(name, f"article.{column}", dialect)
    headline = an_object(constant("role", "main"), (Member("value", text(text="article.headline")),))
    yield Member("headlines", array((headline,)), "article.headline")
    body = an_object(
        constant("role", "main"),
        (
            constant("contentType", "text/plain"),
            number("charCount", "article.char_count", dialect),
            number("wordCount", "article.word_count", dialect),
            Member("value", text(text="article.body_text")),
        ),
    )
    yield Member("bodies", array((body,)))
    yield from (
        Member(name, f"'[' || {name}.items || ']'", f"NULLIF({name}.items, '')")
        for name, _ in _lists(dialect)
    )
    source = an_object(Member("name", text(text="COALESCE(article.source_name, article.agency)")), ())
    yield Member("infoSources", array((source,)), "COALESCE(article.source_name, article.agency)")
    yield Member("altIds", _identifiers(dialect))


def _identifiers(dialect: Dialect) -> str:
    """Return the file, the address and the identifier of the header."""
    items = []
    for role, column in (("source", "uri"), ("url", "url"), ("documentIdentifier", "document_identifier")):
        value = Member("value", dialect.json_text.format(text=f"article.{column}"))
        items.append((column, an_object(constant("role", role), (value,))))
    (_, first), *others = items
    return (
        f"'[' || {first}"
        + "".join(
            f" || CASE WHEN article.{column} IS NULL THEN '' ELSE ',' || {item} END"
            for column, item in others
        )
        + " || ']'"
    )


def _lists(dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield the lists that are made of rows of other tables: name, and the query of `article_id` and `items`."""
    for name, kind in LISTS:
        entity = an_object(
            Member("name", dialect.json_text.format(text="one.canonical_name")),
            (string("literal", "one.entity_id", dialect),),
        )
        yield (
            name,
            _aggregated(
                entity,
                f"SELECT article_id, entity_id, canonical_name, MIN(char_start) AS char_start FROM {dialect.table('mentions_latest')}\n"
                f"        WHERE {dialect.identifier('type')} = '{kind}' AND kind = 'name' GROUP BY article_id, entity_id, canonical_name",
                "one.char_start, one.entity_id",
                dialect,
            ),
        )
    place = an_object(
        Member("name", dialect.json_text.format(text="one.name")),
        (
            Member("uri", f"'\"{GEONAMES}' || {cast('one.geonameid', Type.TEXT, dialect)} || '/\"'"),
            Member("geojson", point("one.longitude", "one.latitude", dialect)),
        ),
    )
    yield (
        "places",
        _aggregated(
            place,
            f"SELECT article_id, geonameid, name, latitude, longitude, MIN(char_start) AS char_start FROM {dialect.table('places_latest')}\n"
            "        WHERE geonameid IS NOT NULL AND name IS NOT NULL AND latitude IS NOT NULL GROUP BY article_id, geonameid, name, latitude, longitude",
            "one.char_start, one.geonameid",
            dialect,
        ),
    )
    event = an_object(
        string("id", "one.event_id", dialect),
        (
            Member("name", dialect.json_text.format(text="one.surface")),
            Member("literal", dialect.json_text.format(text="'cameo:' || one.cameo_code")),
        ),
    )
    yield (
        "events",
        _aggregated(
            event,
            f"SELECT * FROM {dialect.table('events_latest')} WHERE modality = 'asserted'",
            "one.char_start, one.event_id",
            dialect,
        ),
    )


def point(longitude: str, latitude: str, dialect: Dialect) -> str:
    """Return a point of GeoJSON: longitude, then latitude."""
    degrees = (cast(each, Type.TEXT, dialect) for each in (longitude, latitude))
    return an_object(constant("type", "Point"), (Member("coordinates", array(tuple(degrees))),))


def _aggregated(item: str, rows: str, order: str, dialect: Dialect) -> str:
    items = dialect.joined.format(text=item, delimiter=",", order=order)
    return f"    SELECT one.article_id AS article_id, {items} AS items\n    FROM (\n        {rows}\n    ) AS one\n    GROUP BY one.article_id"


DATA_SET = DataSet(NAME, "an article", "ninjs JSON Schema 3.0, IPTC", fields, ninjs, PROPERTIES)
