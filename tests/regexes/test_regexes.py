"""No pattern of `flows` takes more than linear time, except where its texts are short by construction: counted in steps, not in seconds."""

from __future__ import annotations

import importlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.enrich.findings import find_all
from flows.enrich.language.sentences import CANDIDATE
from flows.parse import dateline, desk, understand
from tests.conftest import SEEDS, loaded_reference, raw
from tests.regexes.ambiguity import Analysis, Attack
from tests.regexes.collection import Compiled, collect
from tests.regexes.parsed import Parsed
from tests.regexes.steps import Counter, deeply
from tests.regexes.worst_cases import MAX_GROWTH, growth, key_of, read, steps, worst_of
from tests.test_properties import unread

BOUNDED: dict[str, tuple[int, str]] = {
    "flows/addresses.py WEB_TOKEN": (2000, "the limit in the pattern"),
    "flows/enrich/amounts/amounts.py BEFORE_AGE": (60, "NAME_CHARS before an amount"),
    "flows/enrich/entities/pronouns.py QUOTED": (2000, "the limit in the pattern"),
    "flows/enrich/entities/roles.py LAST_WORD": (70, "LOOK_BACK before a role"),
    "flows/enrich/language/rules.py": (120, "OVERLONG_WORD: longer words are not given to the tokenizer"),
    "flows/enrich/language/sentences.py LAST_WORD": (25, "MAX_ABBREVIATION_CHARS and a period"),
    "flows/enrich/numbers/shapes.py NAME_BEFORE": (24, "LOOK_AROUND before a numeral"),
    "flows/enrich/places/relations.py RELATION": (90, "MAX_CHARS before a place"),
    "flows/enrich/quotes/attributions.py NAME_BEFORE": (24, "AROUND a quotation mark"),
    "flows/enrich/quotes/subjects.py NAME_WHO": (200, "MAX_NAME_CHARS before a verb"),
    "flows/enrich/times/durations.py RATE": (240, "WINDOW before an expression"),
    "flows/enrich/times/future.py FUTURE": (160, "LOOK_BACK before an expression"),
    "flows/parse/json_ld.py BETWEEN_PEOPLE": (200, "longer values are one name"),
}
"""Patterns whose steps grow faster than the text: the longest text that each is given, and why it is not longer."""


@pytest.fixture(scope="module")
def patterns() -> list[Compiled]:
    return collect()


def named(compiled: Compiled) -> str:
    return f"{compiled.where.rpartition(':')[0]} {compiled.name}".strip()


def test_the_worst_case_of_every_pattern_is_known(patterns):
    """After a change to a pattern: `python -m tests.regexes`, which searches those that are new and says which grow."""
    known = read()

    assert {named(each) for each in patterns if key_of(each) not in known} == set()
    assert set(known) == set(map(key_of, patterns))
    assert [each.where for each in known.values() if not each.is_proven] == []
    assert len(patterns) > 400


def test_steps_on_the_worst_case_grow_with_the_text_or_the_text_is_short(patterns):
    known = read()
    growing = set()
    for each in patterns:
        attack = known[key_of(each)].attack
        if attack is not None and growth(each, attack) > MAX_GROWTH:
            growing.add(named(each))

    assert growing == set(BOUNDED)


class Measured:
    """A pattern that notes the longest part of a text in which it is searched."""

    def __init__(self, pattern):
        self._pattern = pattern
        self.longest = 0

    def __getattr__(self, name):
        found = getattr(self._pattern, name)
        if name not in ("search", "match", "fullmatch", "finditer", "sub", "split", "findall"):
            return found

        def act(*given):
            text, *where = given[1:] if name == "sub" else given
            end = min(len(text), where[1]) if len(where) > 1 else len(text)
            self.longest = max(self.longest, end - (where[0] if where else 0))
            return found(*given)

        return act


def test_a_pattern_that_may_be_slow_is_given_short_texts_only(monkeypatch):
    """Long words, long sentences and long runs of marks, each before what the pattern is searched in front of."""
    measured = {}
    for name, (most, _) in BOUNDED.items():
        path, _, constant = name.partition(" ")
        if constant and constant not in ("QUOTED", "WEB_TOKEN"):
            module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
            measured[name] = Measured(getattr(module, constant)), most
            monkeypatch.setattr(module, constant, measured[name][0])
    authors = json.dumps({"@type": "NewsArticle", "headline": "A", "author": " " * 5000 + "Ann and Bo"})
    page = f'<html><script type="application/ld+json">{authors}</script><p>One.</p></html>'
    understand(raw(page.encode(), "html"))
    for long in LONG:
        text = f"{long} 35, said 20 km north of Aleppo. {long} an hour, who said on Monday: “We {long}” {long}. {long} (60 "
        find_all(unread(text), loaded_reference())

    assert {name: each.longest for name, (each, most) in measured.items() if each.longest > most} == {}
    assert sum(each.longest > 0 for each, _ in measured.values()) >= 6


LONG = (
    "Y" * 3000,
    "Y'" * 1500,
    "Ann Lee " * 400,
    "A." * 1500,
    "0,000" * 600,
    " " * 3000 + "A",
    "will go " * 400,
    "1 - - " * 500,
)


def compiled(source: str, *, tried_everywhere: bool = True, flags: int = 0) -> Compiled:
    return Compiled("flows/here.py:1", "HERE", source, False, flags, tried_everywhere)


@pytest.mark.parametrize("source", [r"\s+$", r"\w+x", r"a.*b.*c", r"\s*,", r"(a+)+$"])
def test_a_pattern_that_is_slow_is_found(source):
    worst = worst_of(compiled(source))

    assert worst.attack is not None
    assert growth(compiled(source), worst.attack) > MAX_GROWTH


@pytest.mark.parametrize(
    "source",
    [
        r"[,:]\s*$",
        r"(?<!\w)\w+x",
        r"\b\w+\b,",
        r"\s+",
        r"(?<!\s)\s+$",
        r"[^\W\d]{1,20}$",
        r"(?<!a)(?>a+)b(?=c)",
    ],
)
def test_a_pattern_that_is_linear_is_proven(source):
    """A lookbehind or a word boundary keeps a search from beginning again within a run."""
    assert worst_of(compiled(source)).attack is None


def test_a_match_at_the_start_alone_does_not_begin_again():
    assert worst_of(compiled(r"\s+$", tried_everywhere=False)).attack is None


def test_steps_are_counted():
    """The first character of `aab` is read twice, the second three times: as the start of a match, and of another one."""
    assert steps(compiled("a+b"), "aab") < steps(compiled("a+b"), "aac") < steps(compiled("a+b"), "aaac")


def test_the_loops_of_a_pattern_and_the_search_have_no_word_in_common():
    attacks = list(Analysis(Parsed(r"\w+x", 0), searches=True).attacks())

    assert Attack("", "a").text(3) == "aaa"
    assert {re.fullmatch(r"\w+", each.pump) is not None for each in attacks} == {True}


SAMPLES = [path.read_text(errors="replace")[:600] for path in sorted(SEEDS.iterdir())[::7]]


@pytest.mark.parametrize(
    "pattern",
    [dateline.AGENCY_ONLY, desk.CREDIT, desk.LINE, desk.IN_HEADLINE, CANDIDATE],
    ids=lambda each: each.pattern[:20],
)
def test_the_matcher_that_counts_finds_what_python_finds(pattern):
    parsed = Parsed(pattern.pattern, pattern.flags & ~re.UNICODE)
    found = deeply(lambda: [Counter(parsed).find_all(text) for text in SAMPLES])

    assert found == [[match.span() for match in pattern.finditer(text)] for text in SAMPLES]


PATTERNS = (
    r"a*", r"a*?b", r"(a|ab)(c|bcd)*", r"(?:a|b)*?c|", r"\b\w+\b", r"(?<=a)b+(?!c)", r"(?<!b)[^a]", r"(a)\1+", r"(?>a+)b?", r"a++b", r"^a|b$",
    r"(?i)Ab+", r"(?:(a)|b)+c", r"(?:a?b?)*c", r"\s*\n\s*", r"(?=ab)a", r"(?m)^b.$", r"(?s)a.b",
)  # fmt: skip


@given(source=st.sampled_from(PATTERNS), text=st.text("abcB \n", max_size=12))
def test_the_matcher_that_counts_finds_what_python_finds_in_any_text(source, text):
    found = deeply(lambda: Counter(Parsed(source, 0)).find_all(text))

    assert found == [match.span() for match in re.finditer(source, text)]
