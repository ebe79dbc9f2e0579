"""Properties of any input: no crash, nothing is left out, and every span points at its words."""

from __future__ import annotations

import contextlib
import re
import signal
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import errors
from flows.enrich.findings import find_all
from flows.enrich.language.sentences import sentences_in
from flows.enrich.language.words import words_in
from flows.errors import NoNews, UnknownFormat
from flows.journey import article_or_rejected
from flows.parse import SAMPLE_BYTES, sniff
from flows.parse.body import body_of
from flows.parse.formats import Sample, cut
from flows.parse.headers import BY_NAME, FORMATS
from flows.records import Article, Language, Reading, Rejected
from flows.syntax import Syntax

from .conftest import SEEDS, language_reference, loaded_reference, raw

SAMPLES = sorted(path for path in SEEDS.iterdir() if path.name != "README.md")


def mutated(data: st.DataObject, payload: bytes) -> bytes:
    """Cut a sample, double a piece of it, or put other bytes into it."""
    start = data.draw(st.integers(0, len(payload)))
    end = data.draw(st.integers(start, len(payload)))
    middle = data.draw(st.one_of(st.just(payload[start:end] * 2), st.binary(max_size=20), st.just(b"")))
    return payload[:start] + middle + payload[end:]


CODES = {each.code for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.DispatchError) and hasattr(each, "code")}  # fmt: skip


def refused_for(outcome: Article | Rejected) -> str | None:
    """The code of a refusal that says why."""
    return outcome.code if isinstance(outcome, Rejected) and outcome.why else None


def has_text(outcome: Article | Rejected) -> bool:
    """True for an article with a headline or a body, in Unicode that every file can hold."""
    if isinstance(outcome, Rejected):
        return False
    text = f"{outcome.header.headline or ''}{outcome.body.text}"
    return text.encode().decode() == text != ""


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(payload=st.binary(max_size=400))
def test_no_bytes_can_stop_a_batch(form, payload):
    outcome = article_or_rejected(raw(payload, form.name))

    assert refused_for(outcome) in CODES or has_text(outcome)


@settings(max_examples=300)
@given(data=st.data())
def test_no_mutation_of_a_dispatch_can_stop_a_batch(data):
    path = data.draw(st.sampled_from(SAMPLES))
    payload = mutated(data, path.read_bytes())
    try:
        known = sniff(Sample(path.name, payload))
    except (NoNews, UnknownFormat):
        return
    ranges, envelope = cut(known, payload)
    for start, end in ranges:
        outcome = article_or_rejected(
            raw(payload[start:end], known.name, envelope=payload[envelope[0] : envelope[1]])
        )
        assert refused_for(outcome) in CODES or has_text(outcome)


@settings(max_examples=200)
@given(data=st.data())
def test_a_file_is_cut_into_dispatches_and_nothing_but_blank_space_and_the_envelope_is_left_out(data):
    path = data.draw(st.sampled_from([path for path in SAMPLES if path.suffix in (".jsonl", ".sgm")]))
    payload = mutated(data, path.read_bytes())
    known = BY_NAME["jsonl" if path.suffix == ".jsonl" else "reuters_sgml"]

    ranges = list(known.split(payload))

    gaps = [0, *(at for pair in ranges for at in pair), len(payload)]
    assert gaps == sorted(gaps)
    left_out = b"".join(payload[start:end] for start, end in zip(gaps[::2], gaps[1::2], strict=True))
    assert re.sub(rb"<!DOCTYPE[^>]*>", b"", left_out, count=1).strip() == b""


def unread(text: str) -> Reading:
    """Make the reading of a cleaned text in which the model has found nothing."""
    body = body_of(text)
    return Reading(
        text=body.text,
        published_on=None,
        paragraphs=body.paragraphs,
        sentences=sentences_in(body.text, body.paragraphs, language_reference().sentences),
        words=words_in(body.text),
        language=Language("en", 1.0, None),
        entities=(),
        syntax=Syntax(),
        model="none",
    )


@settings(max_examples=300)
@given(text=st.text(st.sampled_from("ab MrsTheon. ,!?\n“”\"'0129-FebMonday(«»—"), max_size=300))
def test_every_span_points_into_the_text_and_sentences_cover_all_of_it(text):
    reading = unread(text)

    found = find_all(reading, loaded_reference())

    outside = list(reading.text)
    for each in reading.sentences:
        outside[each.start : each.end] = " " * (each.end - each.start)
    assert "".join(outside).strip() == ""
    of_the_whole = [each for each in (found.topics, found.tone) if each is not None]
    spans = [word.span for each in of_the_whole for word in each.words]
    for field in fields(found):
        if field.name not in ("topics", "tone"):
            for each in getattr(found, field.name):
                spans.append(each.span)
                assert each.span.overlaps(reading.sentences[each.sentence_no])
    assert all(0 <= span.start < span.end <= len(reading.text) for span in spans)


def stop(signum, frame):
    raise TimeoutError(f"no end after 60 seconds (signal {signum}) in {frame}")


@pytest.mark.parametrize(
    "piece",
    [
        "a", "A ", "A-", "“", '"', "Mr ", "two ", "two-", "1,", "May ", "Feb 3 ", ". ", "U.S. ", "\n", " \n", "A, ", "(A", "said ",
        "’s", ": x\n", "date ", "<REUTERS ", "<DATE>", "=?x?q?", "---\n", "{", "12:30:", "- a\n", "<item>", "<p>",
        "<!--", "<!--a--> ", " <?a?>", "<![CDATA[", "<a ", "&a;", "&amp;", "\x16\x01", "^a<\n", "DEV-MUC3-0001 (NOSC)\n", "WARC/1.0\n\n",
        "From a@b c\nA: b\n", "[{", '"a,', "###\n", "URGENT\n\n", "<!ENTITY a 'b'>", "date 2020-01-01 x\n\n", '"a":',
    ],
)  # fmt: skip
def test_no_text_hangs_the_journey(piece):
    """A pattern that tries again from every place is quadratic: 200,000 characters would take minutes.

    Each of these takes below two seconds; the alarm is there to end a hang, not to time anything.
    """
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    text = piece * (200_000 // len(piece))
    with contextlib.suppress(NoNews, UnknownFormat):
        sniff(Sample("text", text.encode()[:SAMPLE_BYTES]))
    for form in FORMATS:
        form.matches(Sample("text", text.encode()[:SAMPLE_BYTES]))
        list(form.split(text.encode()))
        article_or_rejected(raw(text.encode(), form.name))
    reading = unread(text)

    find_all(reading, loaded_reference())
    signal.alarm(0)
