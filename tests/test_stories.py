"""Stories: near-duplicates, versions of a dispatch, the same event across outlets, and how they are committed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from flows import batch
from flows.enrich.stories.changes import Difference, Stated, Version, differences
from flows.enrich.stories.clustering import MIN_BEST, clusters_of, components
from flows.enrich.stories.membership import Duplicate, Relations, memberships
from flows.enrich.stories.shingles import (
    estimated_jaccard,
    jaccard,
    minhash_of,
    shingles_in,
    similar_pairs,
)
from flows.enrich.stories.signatures import Signature, headline_key
from flows.enrich.stories.similarity import profile_of, similarity_of
from flows.enrich.stories.terms import Background, heaviest, normalised, terms_in
from flows.enrich.stories.vectors import MAX_UNFOUNDED, NO_DAYS, Vectors, rounded
from flows.enrich.stories.versions import updates_among
from flows.errors import WrongUse
from flows.records import Span
from flows.stories.split import split_story
from flows.write import disk
from flows.write.log import read_log
from flows.write.output import Output

from .conftest import FETCHED_AT, loaded_reference
from .coordinating import run_here
from .crashes import Crash
from .test_commit import seen_of_sources

BACKGROUND = Background({"the": 0.1, "said": 1.0}, 8.0)

BRIDGE = """A road bridge over the Drina collapsed near Visegrad on Monday and sent a bus with pilgrims into the river, and at least
nine people were killed, the interior ministry of Bosnia said. Divers pulled the bus from the Drina late in the evening. The mayor of
Visegrad, Amra Kovacevic, said the bridge had been closed to lorries since an inspection in March."""

ELSEWHERE = """Divers searched the Drina for survivors on Tuesday after a bridge gave way near Visegrad in eastern Bosnia and a bus of pilgrims
fell into the water. Eleven people died, hospital officials said. Mayor Amra Kovacevic called the collapse of the bridge a
catastrophe that inspectors had foreseen."""

ANOTHER = """Striking dockers blocked the port of Callao in Peru for a third day on Tuesday, and ships with soya waited at anchor. The union of
stevedores, led by Raul Quispe, wants shorter night shifts. The port authority said that it would not negotiate under threat."""


def dispatch(text: str, **header: Any) -> bytes:
    return json.dumps({"text": text, **header}).encode() + b"\n"


def signature(key: str, text: str = BRIDGE, **fields: Any) -> Signature:
    """The signature of a text of one Monday."""
    shingles = shingles_in(text)
    made = Signature(
        article_id=key,
        dispatch_key=key,
        source_version=1,
        published_at=datetime(2024, 5, 6, 12, tzinfo=UTC),
        published_on=date(2024, 5, 6),
        content_sha256=key,
        headline=None,
        shingle_count=len(shingles),
        minhash=minhash_of(shingles),
        key_terms=heaviest(terms_in(text), 60, BACKGROUND),
        lead_terms=heaviest(terms_in(text[:500]), 20, BACKGROUND),
        name_terms=(),
        place_ids=(),
        outlet="a wire",
        slug=None,
        headline_key=None,
        version=None,
    )
    return replace(made, **fields)


# Near-duplicates.


def test_a_shingle_is_three_words_without_case_and_punctuation():
    assert shingles_in("Two men, two MEN; two.") == {"two men two", "men two men"}
    assert shingles_in("Two men") == {"two men"}
    assert shingles_in(" … ") == frozenset()


def test_texts_that_differ_in_a_word_are_near_duplicates_by_exact_similarity():
    other = BRIDGE.replace("nine", "ten")

    assert round(jaccard(shingles_in(BRIDGE), shingles_in(other)), 3) == 0.906
    assert jaccard(shingles_in(BRIDGE), shingles_in(ELSEWHERE)) < 0.1


def test_the_minhash_of_a_text_never_changes():
    """Stored values of another version of the algorithm could not be compared."""
    assert (
        minhash_of(shingles_in("Two soldiers were killed on Monday."))[:32]
        == "c05e2296d1ae2874c8d86940ddab9445"
    )
    assert minhash_of(frozenset()) is None


def test_similar_texts_share_a_band_and_others_do_not():
    hashes = {
        "a": minhash_of(shingles_in(BRIDGE)),
        "b": minhash_of(shingles_in(BRIDGE.replace("nine", "ten"))),
        "c": minhash_of(shingles_in(ANOTHER)),
    }

    ((first, second, estimate),) = similar_pairs(hashes, ["b", "c"])

    assert (first, second) == ("a", "b")
    assert estimate == estimated_jaccard(hashes["a"], hashes["b"]) > 0.8
    assert list(similar_pairs(hashes, ["c"])) == []


def test_of_many_copies_each_is_compared_with_few():
    """Else a thousand equal texts would be half a million pairs."""
    hashes = {f"{number:04}": minhash_of(shingles_in(BRIDGE)) for number in range(1000)}

    pairs = list(similar_pairs(hashes, list(hashes)))

    assert len(pairs) < 52_000
    assert {second for _, second, _ in pairs} == set(hashes) - {"0000"}


# Versions of a dispatch.


def at_hour(hour: int) -> datetime:
    return datetime(2024, 5, 6, hour, tzinfo=UTC)


def test_marks_of_the_version_are_no_part_of_the_headline():
    assert headline_key("UPDATE 2-Bridge over Drina falls") == headline_key("Bridge over Drina falls")


def test_updates_of_one_headline_are_a_chain():
    """Each is an update of the one before, not all of the first."""
    title = headline_key("Bridge over Drina falls")
    first = signature("1", headline_key=title, published_at=at_hour(9))
    second = signature("2", ELSEWHERE, headline_key=title, version="UPDATE 1", published_at=at_hour(10))
    third = signature("3", ELSEWHERE, headline_key=title, version="UPDATE 2", published_at=at_hour(11))

    updates = updates_among([first], [second, third], [])

    assert {key: (each.previous_id, each.rule) for key, each in updates.items()} == {
        "2": ("1", "headline"),
        "3": ("2", "headline"),
    }


def test_a_similar_text_of_another_outlet_is_no_update():
    first = signature("1", published_at=at_hour(9))
    changed = BRIDGE.replace("nine", "ten")
    same = signature("2", changed, published_at=at_hour(10))
    other = signature("3", changed, published_at=at_hour(10), outlet="another wire")

    updates = updates_among([first], [same, other], [("1", "2"), ("1", "3")])

    assert {key: (each.previous_id, each.rule) for key, each in updates.items()} == {"2": ("1", "text")}


def test_the_same_headline_over_another_text_is_no_update():
    """`World news in brief` is published every hour."""
    title = headline_key("World news in brief")
    first = signature("1", headline_key=title, published_at=at_hour(9))
    second = signature("2", ANOTHER, headline_key=title, published_at=at_hour(10))

    assert updates_among([first], [second], []) == {}


def claim(key: str, effect: str, low: int, claimant: str | None) -> Stated:
    return Stated(key, effect, "people", claimant, (low, low, low), Span(0, 4), "nine")


def changes(before: Sequence[Stated], after: Sequence[Stated]) -> list[tuple[str, str | None, str | None]]:
    versions = [Version(signature("1"), "", (), tuple(claims)) for claims in (before, after)]
    return [(each.kind, each.previous_claim_id, each.claim_id) for each in differences(*versions)]


def test_claims_of_one_claimant_are_compared_with_each_other():
    before = [
        claim("a", "killed", 9, "ministry"),
        claim("b", "killed", 12, "rebels"),
        claim("c", "wounded", 3, None),
    ]
    after = [
        claim("d", "killed", 12, "rebels"),
        claim("e", "killed", 11, "ministry"),
        claim("f", "missing", 4, None),
    ]

    assert changes(before, after) == [
        ("claim_revised", "a", "e"),
        ("claim_added", None, "f"),
        ("claim_withdrawn", "c", None),
    ]


def test_a_toll_that_is_said_by_another_is_a_revised_claim():
    assert changes([claim("a", "killed", 9, "police")], [claim("b", "killed", 9, "ministry")]) == [
        ("claim_revised", "a", "b")
    ]


def test_sentences_and_tolls_that_changed_are_given_with_their_place():
    before = Version(
        signature("1", killed_low=9, killed_high=9), "Nine died. It rained.", (Span(0, 10), Span(11, 21))
    )
    after = Version(
        signature("2", killed_low=11, killed_high=11), "It rained. Eleven died.", (Span(0, 10), Span(11, 23))
    )

    assert list(differences(before, after)) == [
        Difference("toll_changed", "killed", values=(11, None, 11), previous_values=(9, None, 9)),
        Difference("text_added", span=Span(11, 23), surface="Eleven died."),
        Difference("text_removed", previous_span=Span(0, 10), previous_surface="Nine died."),
    ]


# Clusters.


def test_terms_are_words_without_endings_and_numbers():
    assert [normalised(word) for word in ("Turkey’s", "cities", "soldiers", "press", "bus")] == [
        "turkey", "city", "soldier", "press", "bus",
    ]  # fmt: skip
    assert terms_in("9 soldiers' 12.5") == {"soldier": 1}


def test_groups_are_joined_by_the_mean_of_all_pairs():
    """`c` is like `b`, and not like `a`, which is in a group with `b`."""
    scores = {("a", "b"): 5.0, ("b", "c"): 1.0, ("a", "c"): -5.0}

    assert clusters_of([["a"], ["b"], ["c"]], scores) == [("a", "b"), ("c",)]
    assert clusters_of([["a"], ["b"], ["c"]], scores | {("a", "c"): 0.0}) == [("a", "b", "c")]


def test_two_stories_that_exist_are_never_joined():
    scores = {("a", "c"): 5.0, ("b", "c"): 4.0, ("a", "b"): 5.0}

    assert clusters_of([["a"], ["b"], ["c"]], scores, sealed=range(2)) == [("a", "c"), ("b",)]


def test_one_name_in_common_does_not_make_two_articles_equal():
    one, other = (
        profile_of(signature(key, name_terms=("peru",), place_ids=("3932488",)), BACKGROUND) for key in "ab"
    )

    similarity = similarity_of(one, other, BACKGROUND)

    assert (similarity.names, similarity.places) == (0.5, 0.5)


def test_a_pair_founds_a_story_only_by_terms_that_few_articles_have():
    """All of a stream name the same two words, and half of it the same bridge."""
    common = ("the", "said")
    bridge = ("drina", "visegrad", "pilgrim", "kovacevic", "lorry", "diver")
    stream = [
        signature(str(at), name_terms=(), key_terms=(*common, *bridge[: 6 * (at % 2)])) for at in range(8)
    ]

    vectors = Vectors(stream, BACKGROUND)

    assert vectors.compared(1, np.array([3])).is_founded.tolist() == [True]
    assert vectors.compared(0, np.array([2])).is_founded.tolist() == [False]


def test_a_pair_that_founds_no_story_joins_no_groups():
    pair = [
        signature(key, key_terms=("drina",), name_terms=("drina",), lead_terms=("drina",)) for key in "ab"
    ]

    compared = Vectors(pair, BACKGROUND).compared(0, np.array([1]))

    assert compared.score[0] > MIN_BEST > MAX_UNFOUNDED == compared.bounded[0]


def test_an_article_is_compared_with_many_as_with_each():
    """Similarities and scores are the same to the last digit, also for articles without date, names or places."""
    words = [f"word{at}" for at in range(40)]
    background = Background({word: 1 + at / 7 for at, word in enumerate(words)}, 8.0)
    articles = [
        signature(
            str(at),
            key_terms=tuple(words[at : at + 20]),
            lead_terms=tuple(words[at : at + 20 : 3]),
            name_terms=tuple(words[at + 5 : at + 9]) if at % 3 else (),
            place_ids=tuple(str(place) for place in range(at % 4)),
            published_on=None if at == 7 else date(2020, 2, 20) + timedelta(at),
        )
        for at in range(20)
    ]
    others = np.arange(1, 20)

    compared = Vectors(articles, background).compared(0, others)

    profiles = [profile_of(each, background) for each in articles]
    expected = [similarity_of(profiles[0], each, background) for each in profiles[1:]]
    assert compared.similarity.T.tolist() == [[e.text, e.lead, e.names, e.places] for e in expected]
    assert compared.days.tolist() == [NO_DAYS if e.days is None else e.days for e in expected]
    assert compared.score.tolist() == [e.score for e in expected]


def test_a_similarity_in_the_middle_of_two_values_isrounded_as_the_exact_sum():
    """A sum of floating-point numbers may be a little less: those are computed again."""
    values = np.array([[0.1234565 - 1e-12, 0.5]])

    assert rounded(values, lambda *_: 0.1234565 + 1e-12).tolist() == [[0.123457, 0.5]]


def test_groups_that_no_good_pair_connects_are_in_other_components():
    assert len(set(components(5, [(0, 1), (3, 4), (1, 2)]))) == 2
    assert len(set(components(3, []))) == 3


@pytest.mark.parametrize(
    ("headline", "stories"), [("Bridge falls in Visegrad", 1), ("Dockers block port", 2)]
)
def test_a_text_that_two_pages_share_under_other_headlines_makes_no_story(headline, stories):
    """The notice of a site on cookies, say, stands where the text should."""
    first = signature("a", headline="Bridge at Visegrad gives way", key_terms=(), lead_terms=())
    second = signature("b", headline=headline, key_terms=(), lead_terms=())
    relations = Relations({"b": Duplicate("b", "a", "exact", 1.0)}, {})

    members = memberships([], [first, second], {}, relations, BACKGROUND)

    assert len({each.story_id for each in members}) == stories


# The commit.


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(batch, "_reference", lambda *_: loaded_reference())
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.jsonl").write_bytes(
        dispatch(
            BRIDGE, title="Bridge over Drina falls, nine dead", date="2024-05-06T09:00:00Z", source="A Wire"
        )
        + dispatch(ANOTHER, title="Dockers block Callao", date="2024-05-07T08:00:00Z", source="A Wire")
    )
    (folder / "2.jsonl").write_bytes(
        dispatch(ELSEWHERE, title="Bus falls into Drina", date="2024-05-07T09:00:00Z", source="Courier")
        + dispatch(
            BRIDGE + " It rained.", title="Nine dead in Bosnia", date="2024-05-07T10:00:00Z", source="Mirror"
        )
    )
    return folder


def table(output: Path, name: str, order: str = "published_at") -> list[dict[str, Any]]:
    with duckdb.connect() as db:
        db.execute(f"SET file_search_path = '{output}'")
        db.execute((output / "views.sql").read_text())
        return db.sql(f"SELECT * FROM {name} ORDER BY {order}").to_arrow_table().to_pylist()


def test_reports_of_one_event_by_several_outlets_are_one_story(sources, tmp_path):
    output = tmp_path / "output"
    run_here(sources, output=output)

    first, port, other, repeated = table(output, "story_members", "published_at, outlet = 'courier', outlet")

    assert [each["reason"] for each in (first, port, other, repeated)] == [
        "first",
        "first",
        "event",
        "duplicate",
    ]
    assert first["story_id"] == other["story_id"] == repeated["story_id"] != port["story_id"]
    assert other["linked_article_id"] == first["article_id"]
    assert other["shared_terms"][:3] == ["amra", "drina", "kovacevic"]
    assert other["days_apart"] == 1
    assert (repeated["duplicate_of"], repeated["duplicate_kind"]) == (first["article_id"], "near")
    assert repeated["duplicate_jaccard"] > 0.95
    story = next(each for each in table(output, "stories_latest", "story_id") if each["member_count"] == 3)
    assert story["headline"] == "Bridge over Drina falls, nine dead"
    assert (story["outlets"], story["duplicate_count"]) == (["a wire", "courier", "mirror"], 1)
    assert (story["first_published_at"], story["last_published_at"]) == (
        datetime(2024, 5, 6, 9, tzinfo=UTC),
        datetime(2024, 5, 7, 10, tzinfo=UTC),
    )


def test_every_article_is_in_one_story(sources, tmp_path):
    run_here(sources, output=tmp_path / "output")

    articles = table(tmp_path / "output", "articles_in_stories")

    assert len(articles) == 4
    assert all(each["story_id"] and each["version_no"] == 1 for each in articles)


def test_a_run_killed_before_the_stories_are_committed_is_made_up_with_the_same_rows(
    sources, tmp_path, monkeypatch
):
    run_here(sources, output=tmp_path / "undisturbed")
    wanted = seen_of_sources(tmp_path / "undisturbed")
    link = disk.link_new

    def crash_at_stories(source, target):
        if target.stem.endswith("3"):
            raise Crash
        link(source, target)

    output = tmp_path / "output"
    with monkeypatch.context() as patch:
        patch.setattr(disk, "link_new", crash_at_stories)
        with pytest.raises(Crash):
            run_here(sources, output=output)
    assert [record.kind for record in read_log(Output(output))] == ["empty", "batch"]

    run_here(sources, output=output)

    assert seen_of_sources(output) == wanted
    assert [record.kind for record in read_log(Output(output))] == ["empty", "batch", "stories"]


def test_a_later_run_extends_a_story_and_changes_no_row(sources, tmp_path):
    output = tmp_path / "output"
    later = sources / "2.jsonl"
    later.rename(tmp_path / "2.jsonl")
    run_here(sources, output=output)
    before = table(output, "story_members", "member_id")
    (tmp_path / "2.jsonl").rename(later)

    run_here(sources, output=output)

    after = table(output, "story_members", "member_id")
    assert [each for each in after if each["batch_seq"] == before[0]["batch_seq"]] == before
    assert len(after) == 4
    bridge = [each for each in table(output, "stories", "revision") if "Drina" in each["headline"]]
    assert [(each["story_id"], each["revision"], each["member_count"]) for each in bridge] == [
        (bridge[0]["story_id"], 1, 1),
        (bridge[0]["story_id"], 2, 3),
    ]


def test_a_run_with_nothing_new_adds_nothing(sources, tmp_path):
    run_here(sources, output=tmp_path / "output")
    wanted = seen_of_sources(tmp_path / "output")

    run_here(sources, output=tmp_path / "output")

    assert seen_of_sources(tmp_path / "output") == wanted


def test_a_changed_file_is_the_next_version_with_what_changed(sources, tmp_path):
    output, file = tmp_path / "output", sources / "1.jsonl"
    header = {"id": "wire-1", "date": "2024-05-06T09:00:00Z", "source": "A Wire"}
    file.write_bytes(dispatch(BRIDGE, title="Nine dead", **header))
    run_here(file, output=output)
    file.write_bytes(dispatch(BRIDGE.replace("nine", "ten"), title="Ten dead", **header))

    run_here(file, output=output)

    old, new = table(output, "story_members", "version_no")
    assert (new["updates_article_id"], new["update_rule"], new["version_no"]) == (
        old["article_id"],
        "source",
        2,
    )
    assert (new["story_id"], new["duplicate_of"]) == (old["story_id"], None)
    revised, headline, added, removed, toll = table(output, "changes_latest", "kind")
    assert (revised["kind"], revised["effect"]) == ("claim_revised", "killed")
    assert (revised["previous_surface"], revised["surface"]) == (
        "at least\nnine people",
        "at least\nten people",
    )
    assert (revised["previous_low"], revised["low"]) == (9, 10)
    assert (headline["kind"], headline["previous_surface"], headline["surface"]) == (
        "headline_changed",
        "Nine dead",
        "Ten dead",
    )
    assert (added["kind"], added["previous_surface"], removed["kind"], removed["surface"]) == (
        "text_added",
        None,
        "text_removed",
        None,
    )
    assert added["surface"] == removed["previous_surface"].replace("nine", "ten")
    assert (toll["kind"], toll["effect"], toll["previous_low"], toll["low"]) == (
        "toll_changed",
        "killed",
        9,
        10,
    )
    (story,) = table(output, "stories_latest", "story_id")
    assert (story["killed_low"], story["update_count"]) == (9, 1)
    assert [each["article_id"] for each in table(output, "story_members_latest")] == [new["article_id"]]


def test_a_merge_is_undone_and_stays_undone(sources, tmp_path):
    """The old rows stay; the views show the new ones, and later runs join nothing of it again."""
    output = tmp_path / "output"
    run_here(sources, output=output)
    members = {
        each["outlet"]: each for each in table(output, "story_members_latest") if each["reason"] != "first"
    }
    courier = members["courier"]["article_id"]

    split_story(Output(output), [courier], FETCHED_AT)
    (sources / "3.jsonl").write_bytes(
        dispatch(ELSEWHERE, title="Bus falls into Drina", date="2024-05-08T09:00:00Z", source="Gazette")
    )
    run_here(sources, output=output)

    now = {each["article_id"]: each for each in table(output, "story_members_latest")}
    assert (now[courier]["reason"], now[courier]["revision"]) == ("split", 2)
    assert now[courier]["story_id"] != members["courier"]["story_id"]
    repeated = next(each for each in now.values() if each["outlet"] == "gazette")
    assert (repeated["duplicate_of"], repeated["story_id"]) == (courier, now[courier]["story_id"])
    counts = {each["story_id"]: each["member_count"] for each in table(output, "stories_latest", "story_id")}
    assert counts[members["courier"]["story_id"]] == counts[now[courier]["story_id"]] == 2
    assert len(table(output, "story_members")) == 6


def test_only_some_articles_of_one_story_are_split(sources, tmp_path):
    output = tmp_path / "output"
    run_here(sources, output=output)
    ids = [each["article_id"] for each in table(output, "story_members")]

    with pytest.raises(WrongUse, match="articles of 2 stories"):
        split_story(Output(output), ids, FETCHED_AT)
    with pytest.raises(WrongUse, match="wanted ids of articles"):
        split_story(Output(output), ["nothing"], FETCHED_AT)


@pytest.mark.parametrize("text", ["", "…", "A" * 1_000_000, "KILLED " * 100_000, "Ω" * 50, "a1 " * 100_000])
def test_any_text_has_shingles_and_terms(text):
    shingles = shingles_in(text)

    assert (minhash_of(shingles) is None) == (not any(char.isalnum() for char in text))
    assert len(heaviest(terms_in(text), 60, BACKGROUND)) <= 1
