"""Who signs a quotation: the name behind a dash in the line after it, as under an epigraph."""

from __future__ import annotations

import re

from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.subjects import subject
from flows.records import Span

SIGNATURE = re.compile(
    r"\s*\n\s*(?:-{1,3}|[—–])[ \t]*(?P<speaker>[^\W\d_a-z][\w.’'-]*(?: (?:(?:de|la|del|da|van|von|der|bin|ibn|al) )?[^\W\d_a-z][\w.’'-]*){0,4})"
    r"(?=[ \t]*(?:[,;(\[\n]|$| in | to ))"
)
"""`"We shall stay."` and in the next line `--- Ann Lee, in a letter of May 2001`."""


def signature_of(text: str, end: int, reference: QuoteReference) -> Attribution | None:
    """Return who signs the quotation whose marks end at `end`, or None."""
    signed = SIGNATURE.match(text, end)
    speaker: Span | None = subject(text, *signed.span("speaker"), reference) if signed else None
    return Attribution(None, speaker, "signature") if speaker else None
