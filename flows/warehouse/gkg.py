"""A view of the articles with the 27 columns of GDELT's Global Knowledge Graph 2.1, for programs that read the GKG.

A row is an article. Blocks and fields are divided as in the codebook, without a delimiter after the last block; delimiters and line ends
within values are spaces. Offsets are code points of `body_text`. `GKGRECORDID` ends in the article's id, not in a serial number.
`V2Tone` counts the words of VADER's lexicon as changed for news, not of GDELT's dictionaries: its densities of activities and of groups are empty.
What is not computed here is empty: themes (GDELT's own list, not the IPTC's), GCAM, images, videos, translation, and the codes of ADM2. A count has one number: ACLED's where the
claim has a range or a vague term. Claims that are denied, doubted, hypothetical or stated again are left out, and effects for which
GDELT has no type. Country codes are FIPS, region codes and feature ids GeoNames'.

Source: GDELT Global Knowledge Graph Codebook V2.1, 2015-02-19.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.schema import Type
from flows.warehouse.declared import DataSet, Field
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import any_of, cast, country_code, instant, without

NAME = "gdelt_gkg"
ABOUT = "-- Articles with the columns of GDELT's Global Knowledge Graph 2.1.\n"
COLUMNS = """GKGRECORDID DATE SourceCollectionIdentifier SourceCommonName DocumentIdentifier Counts V2Counts Themes V2Themes Locations
    V2Locations Persons V2Persons Organizations V2Organizations V2Tone Dates GCAM SharingImage RelatedImages SocialImageEmbeds
    SocialVideoEmbeds Quotations AllNames Amounts TranslationInfo Extras""".split()

NOT_COMPUTED = {
    "Themes": "GDELT's own list of themes",
    "V2Themes": "GDELT's own list of themes",
    "GCAM": "GDELT's own measures of content",
    "SharingImage": "pictures are not read",
    "RelatedImages": "pictures are not read",
    "SocialImageEmbeds": "pictures are not read",
    "SocialVideoEmbeds": "videos are not read",
    "TranslationInfo": "no document is translated",
}
"""Columns that are empty in every row, and why."""

COUNT_TYPES = {
    "killed": "KILL",
    "wounded": "WOUND",
    "arrested": "ARREST",
    "detained": "ARREST",
    "captured": "ARREST",
    "abducted": "KIDNAP",
    "hostage": "KIDNAP",
    "evacuated": "EVACUATION",
    "displaced": "AFFECT",
    "seized": "SEIZE",
}
"""GDELT's type of count by the effect of a claim."""

DATE_RESOLUTIONS = {"year": 1, "month": 2, "day": 3}
WEB, CITATION_ONLY = 1, 2
"""Collections: an address on the web, or any other source."""

BLOCK, FIELD, QUOTE_BLOCK, QUOTE_FIELD, COMMA = ";", "#", "#", "|", ","
NO_PLACE = "0######"
EMPTY = "''"
PROPER_NAMES = ("PER", "ORG", "GPE", "LOC", "FAC", "EVENT", "PRODUCT", "WORK", "LAW")
MARKUP = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


@dataclass(frozen=True, slots=True)
class Blocks:
    """Columns that are made of rows of another table: the block of each row by column; `rows` is what follows FROM. `order` leaves no ties."""

    blocks: Mapping[str, str]
    rows: str
    delimiter: str = BLOCK
    order: str = "one.char_start, one.char_end"


def gdelt_gkg(dialect: Dialect) -> str:
    """Return the statement that makes the view of the latest articles."""
    joined = tuple(_joined(dialect))
    values = dict(_of_article(dialect))
    values |= {
        column: f"COALESCE(part{number}.{column}, '')"
        for number, each in enumerate(joined)
        for column in each.blocks
    }
    columns = ",\n".join(f"    {values.get(name, EMPTY)} AS {dialect.identifier(name)}" for name in COLUMNS)
    joins = "\n".join(
        f"LEFT JOIN (\n{_aggregated(each, dialect)}\n) AS part{number} ON part{number}.article_id = article.article_id"
        for number, each in enumerate(joined)
    )
    return (
        f"{ABOUT}CREATE OR REPLACE VIEW {dialect.table(NAME)} AS\nWITH place AS (\n{_places(dialect)}\n)\n"
        f"SELECT\n{columns}\nFROM {dialect.table('articles_latest')} AS article\n{joins}"
    )


def _aggregated(each: Blocks, dialect: Dialect) -> str:
    columns = ", ".join(
        f"{dialect.joined.format(text=block, delimiter=each.delimiter, order=each.order)} AS {column}"
        for column, block in each.blocks.items()
    )
    return f"    SELECT one.article_id, {columns}\n    FROM {each.rows}\n    GROUP BY one.article_id"


def _of_article(dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield the columns that the article itself has."""
    batch = _text(instant("article.fetched_at", dialect), dialect)
    yield "GKGRECORDID", f"{batch} || '-' || article.article_id"
    yield "DATE", instant("COALESCE(article.published_at, article.fetched_at)", dialect)
    yield "SourceCollectionIdentifier", f"CASE WHEN article.url IS NULL THEN {CITATION_ONLY} ELSE {WEB} END"
    yield "SourceCommonName", without("\t", "COALESCE(article.source_name, article.agency, '')", dialect)
    yield "DocumentIdentifier", "COALESCE(article.url, article.uri)"
    yield "V2Tone", _tone(dialect)
    tags = (("PAGE_AUTHORS", "byline"), ("PAGE_TITLE", "headline"))
    yield (
        "Extras",
        " || ".join(
            f"COALESCE('<{tag}>' || {_markup(f'article.{column}', dialect)} || '</{tag}>', '')"
            for tag, column in tags
        ),
    )


def _tone(dialect: Dialect) -> str:
    """Return tone, positive and negative score, polarity, two empty densities and the word count; scores are percentages of the words."""
    positive, negative = "article.tone_positive_share", "article.tone_negative_share"
    shares = (f"({positive} - {negative})", positive, negative, f"({positive} + {negative})")
    # Shares have four decimals; not every target rounds a float to some.
    fields = [_number(f"FLOOR({share} * 10000 + 0.5) / 100", dialect) for share in shares]
    words = _text("article.word_count", dialect)
    return "COALESCE(" + f" || '{COMMA}' || ".join([*fields, EMPTY, EMPTY, words]) + ", '')"


def _places(dialect: Dialect) -> str:
    """Return the query of the places with a point and a country: the fields before ADM2, and those after it."""
    fips = country_code("country", "fips")
    american = "country = 'US'"
    kind = (
        f"CASE WHEN feature_code LIKE 'ADM%' THEN CASE WHEN {american} THEN '2' ELSE '5' END "
        f"WHEN feature_class = 'A' THEN '1' WHEN {american} THEN '3' ELSE '4' END"
    )
    fields = (kind, _clean("COALESCE(name, surface)", dialect), fips, f"{fips} || COALESCE(admin1_code, '')")
    point = (
        *(_text(column, dialect) for column in ("latitude", "longitude")),
        f"COALESCE({_text('geonameid', dialect)}, '')",
    )
    return (
        f"    SELECT article_id, place_id, char_start, char_end,\n        {_fields(*fields)} AS region,\n        {_fields(*point)} AS spot\n"
        f"    FROM {dialect.table('places_latest')}\n    WHERE latitude IS NOT NULL AND country IS NOT NULL"
    )


def _joined(dialect: Dialect) -> Iterator[Blocks]:
    """Yield the columns made of claims, places, mentions, times, quotes and amounts."""
    offset = _text("one.char_start", dialect)
    place = _fields("one.region", "one.spot")
    yield _counts(offset, dialect)
    yield Blocks({"V2Locations": _fields("one.region", EMPTY, "one.spot", offset)}, "place AS one")
    yield Blocks({"Locations": place}, _first("region, spot", "place"))
    for column, kind in (("Persons", "PER"), ("Organizations", "ORG")):
        names = f"{dialect.table('mentions_latest')} WHERE {dialect.identifier('type')} = '{kind}' AND kind = 'name'"
        name = _clean("one.canonical_name", dialect)
        yield Blocks({f"V2{column}": f"{name} || '{COMMA}' || {offset}"}, f"(SELECT * FROM {names}) AS one")
        yield Blocks({column: f"LOWER({name})"}, _first("canonical_name", names))
    yield Blocks(
        {"AllNames": f"{_clean('one.surface', dialect)} || '{COMMA}' || {offset}"},
        f"{dialect.table('mentions_latest')} AS one\n    WHERE one.{dialect.identifier('type')} IN ({any_of(PROPER_NAMES)}) AND one.kind = 'name'",
    )
    yield _dates(offset, dialect)
    length = _text("one.char_end - one.char_start", dialect)
    said = (
        offset,
        length,
        *(_clean(f"COALESCE(one.{column}, '')", dialect) for column in ("cue", "surface")),
    )
    yield Blocks(
        {"Quotations": f" || '{QUOTE_FIELD}' || ".join(said)},
        f"{dialect.table('quotes_latest')} AS one\n    WHERE one.{dialect.identifier('type')} IN ('direct', 'mixed')",
        QUOTE_BLOCK,
    )
    what = "TRIM(COALESCE(one.unit, one.currency, '') || ' ' || COALESCE(one.counted, ''))"
    amount = (_number("COALESCE(one.best, one.low, one.high)", dialect), _clean(what, dialect), offset)
    yield Blocks({"Amounts": f" || '{COMMA}' || ".join(amount)}, f"{dialect.table('amounts_latest')} AS one")


def _counts(offset: str, dialect: Dialect) -> Blocks:
    kinds = " ".join(f"WHEN '{effect}' THEN '{kind}'" for effect, kind in COUNT_TYPES.items())
    number = _text("COALESCE(one.best, one.acled_number, one.low, one.high)", dialect)
    # Where a number stands without a noun, its words are the object.
    what = "CASE WHEN one.object = one.number THEN one.unit ELSE one.object END"
    where = "COALESCE(place.region || '#' || place.spot, '" + NO_PLACE + "')"
    count = _fields(f"CASE one.effect {kinds} END", number, _clean(what, dialect), where)
    return Blocks(
        {"Counts": count, "V2Counts": _fields(count, offset)},
        f"{dialect.table('claims_latest')} AS one\n    LEFT JOIN place ON place.place_id = one.place_id\n"
        f"    WHERE one.effect IN ({any_of(COUNT_TYPES)}) AND one.stance IN ('asserts', 'revises') AND one.repeats_claim_id IS NULL\n"
        "    AND NOT one.is_negated AND NOT one.is_hypothetical\n"
        "    AND COALESCE(one.best, one.acled_number, one.low, one.high) IS NOT NULL",
        order="one.char_start, one.char_end, one.claim_id",
    )


def _dates(offset: str, dialect: Dialect) -> Blocks:
    precision = f"one.{dialect.identifier('precision')}"
    kinds = " ".join(f"WHEN '{unit}' THEN '{number}'" for unit, number in DATE_RESOLUTIONS.items())
    month, day, year = (
        _text(cast(f"EXTRACT({part} FROM one.start_on)", Type.INT64, dialect), dialect)
        for part in ("MONTH", "DAY", "YEAR")
    )
    fields = (
        f"CASE {precision} {kinds} END",
        f"CASE {precision} WHEN 'year' THEN '0' ELSE {month} END",
        f"CASE {precision} WHEN 'day' THEN {day} ELSE '0' END",
        year,
        offset,
    )
    rows = f"{dialect.table('times_latest')} AS one\n    WHERE one.start_on IS NOT NULL AND {precision} IN ({any_of(DATE_RESOLUTIONS)})"
    return Blocks({"Dates": _fields(*fields)}, rows)


def _first(columns: str, rows: str) -> str:
    """Return each value of an article once, where it is first."""
    return f"(\n        SELECT article_id, {columns}, MIN(char_start) AS char_start, MIN(char_end) AS char_end FROM {rows}\n        GROUP BY article_id, {columns}\n    ) AS one"


def _fields(*values: str) -> str:
    return f" || '{FIELD}' || ".join(values)


def _text(number: str, dialect: Dialect) -> str:
    return cast(number, Type.TEXT, dialect)


def _number(number: str, dialect: Dialect) -> str:
    """Return a float as text, without a fraction where it has none."""
    whole = _text(cast(number, Type.INT64, dialect), dialect)
    return f"CASE WHEN FLOOR({number}) = {number} AND ABS({number}) < 1e15 THEN {whole} ELSE {_text(number, dialect)} END"


def _clean(text: str, dialect: Dialect) -> str:
    return without(f"{BLOCK}{FIELD}{COMMA}{QUOTE_FIELD}\t\r\n", text, dialect)


def _markup(text: str, dialect: Dialect) -> str:
    for character, entity in MARKUP:
        text = f"REPLACE({text}, '{character}', '{entity}')"
    return without("\t\r\n", text, dialect)


def fields(_: Dialect) -> tuple[Field, ...]:
    """Return the 27 columns in GDELT's order; their SQL is put together in `gdelt_gkg`."""
    return tuple(
        Field(
            name,
            Type.INT64 if name in NUMBERS else Type.TEXT,
            None if name in NOT_COMPUTED else name,
            NOT_COMPUTED.get(name, ""),
        )
        for name in COLUMNS
    )


NUMBERS = ("DATE", "SourceCollectionIdentifier")
DATA_SET = DataSet(
    NAME, "an article", "GDELT Global Knowledge Graph Codebook V2.1, 2015-02-19", fields, gdelt_gkg
)
