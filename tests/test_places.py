"""Which words name a place, and which place: names, namesakes, demonyms, unlisted names, and words that are not places."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from flows.enrich.language.spelling import by_sound, folded
from flows.enrich.places.kept import Kept
from flows.enrich.places.mentions import PlaceMention, places_in
from flows.enrich.places.relations import relation_before
from flows.enrich.places.unplaced import BEYOND
from flows.errors import BrokenGazetteer
from flows.journey import read
from flows.parse.body import body_as_is
from flows.reference import gazetteer_index

from .conftest import loaded_reference, reading


def places_of(text: str, **entities: str) -> dict[str, PlaceMention]:
    seen = {surface.replace("_", " "): label for surface, label in entities.items()}
    return {
        place.surface: place for place in places_in(reading(text, entities=seen), loaded_reference().places)
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Étienne", "Saint Etienne"),
        ("the Hague", "The Hague"),
        ("Ma‘arrat an-Nu‘man", "Maarrat an Numan"),
        ("Łódź", "Lodz"),
        ("Mt. Vernon", "Mount Vernon"),
    ],
)
def test_spellings_of_one_name_are_compared_as_one(one, other):
    assert folded(one) == folded(other)


def test_what_transcriptions_differ_in_is_not_heard():
    assert by_sound("nayrab") == by_sound("nairab")
    assert by_sound("al hasakah") == by_sound("hasaka")
    assert by_sound("idlib") != by_sound("aleppo")


def test_a_name_is_found_under_its_other_spellings():
    gazetteer = loaded_reference().places.gazetteer

    for name in ("Kiev", "Kyiv"):
        assert 703448 in {each.place.geonameid for each in gazetteer.candidates(name)}
    assert gazetteer.candidates("U.S.")[0].place.country == "US"
    assert gazetteer.candidates("Blarbleville") == ()


def test_every_place_of_the_index_is_found_by_its_name():
    """Keys are searched in buckets: those at the edge of one are found too."""
    gazetteer = loaded_reference().places.gazetteer

    for number in range(0, gazetteer.size, 97):
        place = gazetteer.place(number)
        assert place in {each.place for each in gazetteer.named(folded(place.name))}


def test_what_is_asked_for_again_is_kept_when_the_rest_is_dropped():
    kept: Kept[str, int] = Kept(2)
    kept.put("often", 1)
    for number, name in enumerate(("first", "second", "third", "fourth", "fifth")):
        assert kept.get("often") == 1
        kept.put(name, number)

    assert kept.get("first") is None
    assert kept.get("fifth") == 4


def test_the_entry_of_a_phrase_does_not_depend_on_what_stood_beside_it_before():
    """An entry is kept by the words of the phrase; `the village of` and a title are looked at each time anew."""
    named = [
        [each.surface for each in places_in(reading(text), loaded_reference().places)]
        for text in (
            "Shells hit the village of Blarbleville on Monday.",
            "Mr Blarbleville left.",
            "Shells hit the village of Blarbleville on Monday.",
        )
    ]

    assert named[0] == named[2] == ["Blarbleville"]
    assert named[1] == []


def test_distances_are_those_of_the_globe():
    gazetteer = loaded_reference().places.gazetteer
    paris, london = (gazetteer.candidates(name)[0].place for name in ("Paris", "London"))

    assert paris.km_to(london) == pytest.approx(344, abs=5)
    assert paris.km_to(paris) == 0


def test_the_index_is_built_anew_where_this_machine_has_none_and_this_is_told_once(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(gazetteer_index.platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    folder = gazetteer_index.build_gazetteer()

    assert folder == gazetteer_index.build_gazetteer()
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == [".lock", folder.name]
    assert [each.getMessage().partition(" in ")[0] for each in caplog.records] == [
        "Building the index of the gazetteer"
    ]


def test_nobody_else_builds_the_index_while_it_is_built(tmp_path, monkeypatch):
    """The coordinator of a first run and the process that its workers are forked from need it at once."""
    monkeypatch.setattr(gazetteer_index.platformdirs, "user_cache_path", lambda _: tmp_path)

    def build(folder: Path) -> None:
        with (tmp_path / ".lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder.mkdir(mode=0o700)

    monkeypatch.setattr(gazetteer_index, "_build", build)

    assert gazetteer_index.build_gazetteer().is_dir()


def test_who_has_waited_for_the_index_uses_it(tmp_path, monkeypatch):
    monkeypatch.setattr(gazetteer_index.platformdirs, "user_cache_path", lambda _: tmp_path)
    folder = gazetteer_index.index_folder()
    monkeypatch.setattr(gazetteer_index.fcntl, "flock", lambda *_: folder.mkdir(mode=0o700))
    monkeypatch.setattr(gazetteer_index, "_build", lambda _: pytest.fail("built a second time"))

    assert gazetteer_index.build_gazetteer() == folder


def test_a_cache_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(
        gazetteer_index.platformdirs, "user_cache_path", lambda _: tmp_path / "file" / "cache"
    )

    with pytest.raises(BrokenGazetteer, match="wanted a folder that can be written"):
        gazetteer_index.build_gazetteer()


def test_the_rest_of_the_text_tells_namesakes_apart():
    """A name alone is the best known; beside its own region it is the one there."""
    ohio = places_of(
        "The fire began in Dayton, Ohio. Crews came from Cincinnati and from London, Ohio.",
        Dayton="GPE", Ohio="GPE", Cincinnati="GPE", London="GPE",
    )  # fmt: skip
    england = places_of("Trains between London and Manchester stood still.", London="GPE", Manchester="GPE")

    assert (ohio["London"].place.country, ohio["London"].place.admin1) == ("US", "OH")
    assert england["London"].place.geonameid == 2643743


def test_a_people_stands_for_its_country_and_is_marked():
    found = places_of("Turkish forces fired.", Turkish="NORP")

    assert (found["Turkish"].place.country, found["Turkish"].is_adjective) == ("TR", True)


def test_a_person_named_like_a_town_is_no_place():
    found = places_of(
        "Senator Jim Sherman of Vermont spoke. Sherman said the bill was dead.",
        Jim_Sherman="PERSON", Vermont="GPE", Sherman="PERSON",
    )  # fmt: skip

    assert set(found) == {"Vermont"}


def test_a_village_in_no_list_lies_where_the_text_says():
    """Its point is its province's, its precision says so, and there is a reason instead of an id."""
    text = "Rebels hold Idlib province in Syria. They entered the village of Qaryatulbalh on Monday."
    village = places_of(text, Idlib="GPE", Syria="GPE", Qaryatulbalh="GPE")["Qaryatulbalh"]

    assert village.place is None
    assert (village.within.name, village.point.country) == ("Idlib", "SY")
    assert village.geo_precision > 1
    assert village.null_reason == "not in the gazetteer; the point is that of the place it lies in"


def test_a_name_that_only_sounds_alike_far_away_is_not_accepted():
    """Nairab near Idlib is not Nyrob in the Urals."""
    text = "Syria said Russia had bombed the village of Nairab near Idlib."
    found = places_of(text, Syria="GPE", Russia="GPE", Nairab="GPE", Idlib="GPE")

    assert (found["Nairab"].place, found["Nairab"].point.country) == (None, "SY")


def test_what_stands_before_a_name_moves_the_precision_and_not_the_point():
    found = places_of("A bomb fell 20 km north of Idlib in Syria.", Idlib="GPE", Syria="GPE")["Idlib"]
    plain = places_of("A bomb fell in Aleppo in Syria.", Aleppo="GPE", Syria="GPE")["Aleppo"]

    assert (found.relation.distance_km, found.relation.direction) == (20.0, "north")
    assert found.relation is not None
    assert (plain.geo_precision, plain.where_prec, plain.relation) == (1, 1, None)


@pytest.mark.parametrize(
    ("text", "surface", "where_prec"),
    [
        ("Talks were held in Syria.", "Syria", 6),
        ("The governor of Texas spoke.", "Texas", 4),
        ("Ships sank in the Red Sea.", "Red Sea", 7),
        ("A flood hit Plymouth County, Massachusetts.", "Plymouth County", 3),
    ],
)
def test_precision_says_how_large_the_place_is(text, surface, where_prec):
    """UCDP GED, `where_prec`."""
    assert places_of(text, **{surface.replace(" ", "_"): "GPE"})[surface].where_prec == where_prec


def test_a_line_may_end_between_the_kind_of_an_area_and_its_name():
    one = places_of("They met in the County of Honolulu on Monday.", Honolulu="GPE")["Honolulu"]
    over_two = places_of("They met in the County of \nHonolulu on Monday.", Honolulu="GPE")["Honolulu"]
    elsewhere = places_of("They met in the harbour of Honolulu on Monday.", Honolulu="GPE")["Honolulu"]

    assert one.probability == over_two.probability
    assert one.probability != elsewhere.probability


def test_the_candidates_that_lost_are_kept_and_their_probabilities_add_up():
    found = places_of("He was born in Springfield.", Springfield="GPE")["Springfield"]

    assert len(found.choices) > 3
    assert sum(choice.probability for choice in found.choices) == pytest.approx(1)
    assert [choice.probability for choice in found.choices] == sorted(
        (choice.probability for choice in found.choices), reverse=True
    )


def test_a_text_that_the_model_did_not_read_has_no_places():
    assert places_in(reading(""), loaded_reference().places) == ()


@pytest.mark.parametrize(
    ("text", "surface", "seen"),
    [
        ("The capsule of the crew fell back to Earth off Houston, Texas.", "Earth", "GPE"),
        ("Dust storms on Mars hid the rover from the dish in Houston, Texas.", "Mars", "GPE"),
        ("The probe will pass Jupiter in March, Houston said.", "Jupiter", "GPE"),
        ("Houston drew a map of a region of Mars.", "Mars", "GPE"),
        ("Nobody on EARTH saw it.", "EARTH", "GPE"),
    ],
)
def test_the_world_and_the_sky_are_no_town_and_lie_in_none(text, surface, seen):
    """Towns are called Earth and Mars; half of the globe does not lie within the last town named."""
    found = places_of(text, **{surface.replace(" ", "_"): seen})[surface]

    assert (found.place, found.within, found.probability, found.geo_precision) == (None, None, None, None)
    assert found.null_reason == BEYOND


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Rain fell in Oslo. In the Northern Hemisphere days are short.", "Northern Hemisphere"),
        ("Pictures from Brazil showed it in Low Earth Orbit.", "Low Earth Orbit"),
        ("They met in Geneva. In the Milky Way there are others.", "Milky Way"),
    ],
)
def test_half_of_the_globe_does_not_lie_in_the_town_named_before(text, surface):
    """Such a phrase may be a mention or none; it has no point."""
    found = places_of(text, **{surface.replace(" ", "_"): "LOC"})

    assert [each.point for each in found.values() if each.surface == surface] in ([], [None])
    assert len(found) > 0


@pytest.mark.parametrize(
    ("text", "surface", "region"),
    [
        ("Fire crews came to Earth, Texas, on Monday.", "Earth", "TX"),
        ("A barn burned in the town of Earth on Monday.", "Earth", "TX"),
        ("MARS, Pa. - A school closed. Parents in Mars said they were not asked.", "Mars", "PA"),
        ("Police in Jupiter, Fla., held a man.", "Jupiter", "FL"),
    ],
)
def test_a_town_named_like_a_planet_is_one_where_the_text_places_it(text, surface, region):
    seen = {surface: "GPE", "Texas": "GPE"} if "Texas" in text else {surface: "GPE"}
    found = places_of(text, **seen)[surface]

    assert (found.place.country, found.place.admin1, found.null_reason) == ("US", region, None)


def test_a_name_that_only_holds_a_word_of_the_sky_is_read_as_before():
    found = places_of(
        "Rain fell on Mars Hill, Maine, and on Marsala.", Mars_Hill="GPE", Maine="GPE", Marsala="GPE"
    )

    assert (found["Mars Hill"].point.admin1, found["Marsala"].place.country) == ("ME", "IT")


@pytest.mark.parametrize("head", ["Sales", "Revs", "Qtly", "Prev", "Mths", "Net Sales"])
def test_the_head_of_a_column_of_earnings_is_no_place(head):
    text = (
        f"ACME INC 1st qtr\n    Shr 12 cts vs 10 cts\n    {head} 30.4 mln vs 25.1 mln\n    It sells in Spain."
    )

    assert set(places_of(text, **{head.replace(" ", "_"): "GPE", "Spain": "GPE"})) == {"Spain"}


def test_sales_that_begin_a_sentence_are_no_place():
    assert places_of("Sales rose by a tenth. Sales to Norway fell.", Sales="GPE", Norway="GPE").keys() == {
        "Norway"
    }


@pytest.mark.parametrize(
    ("text", "surface", "country"),
    [
        ("A bus fell from a bridge in Sales, Brazil, on Monday.", "Sales", "BR"),
        ("The village of Sales was cut off in France.", "Sales", "BR FR"),
        ("    Spain 30.4 mln vs 25.1 mln\n    Sales 12 mln vs 11 mln", "Spain", "ES"),
        ("    Texas 30.4 mln vs 25.1 mln\n    Net 12 mln vs 11 mln", "Texas", "US"),
        ("Nettuno 3.4 mln vs 2.1 mln in Italy", "Nettuno", "IT"),
    ],
)
def test_a_place_in_an_earnings_table_stays_one(text, surface, country):
    """Companies report by country; and a town may be called as a column is."""
    names = {name: "GPE" for name in (surface, "Brazil", "France", "Italy") if name in text}

    assert places_of(text, **names)[surface].place.country in country.split()


def test_the_users_document_has_its_places(users_document):
    found = {place.surface: place for place in users_document["places"]}

    assert {name: found[name].point.country for name in ("Syria", "Turkey", "Idlib", "Nairab", "Moscow", "Ankara")} == {
        "Syria": "SY", "Turkey": "TR", "Idlib": "SY", "Nairab": "SY", "Moscow": "RU", "Ankara": "TR",
    }  # fmt: skip
    assert {name: found[name].place.geonameid for name in ("Syria", "Turkey", "Idlib", "Moscow", "Ankara")} == {
        "Syria": 163843, "Turkey": 298795, "Idlib": 169387, "Moscow": 524901, "Ankara": 323786,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "km", "direction"),
    [
        ("The base lies 1,200 km north of ", 1200.0, "north"),
        ("It broke down 2.5 miles from ", 4.023, None),
        ("The wreck lies 1,5 km off ", 1.5, None),
        ("They walked five kilometres south-west of ", 5.0, "southwest"),
        ("A tanker sank 40 nautical miles east of ", 74.08, "east"),
        ("A mine went off 300 metres outside ", 0.3, None),
        ("The epicentre was 200 km (125 miles) northwest of ", 200.0, "northwest"),
        ("Fighting went on near the town of ", None, None),
    ],
)
def test_a_distance_before_a_name_is_read_in_kilometres(words, km, direction):
    """A comma before three digits groups thousands, before one or two it is a decimal comma."""
    found = relation_before(words + "Idlib", len(words))

    assert found is not None
    assert (found.distance_km, found.direction) == (km, direction)


@pytest.mark.parametrize("words", ["They left ", "In 1,200 villages of ", "The road to "])
def test_words_that_set_nothing_off_are_no_relation(words):
    assert relation_before(words + "Idlib", len(words)) is None


@pytest.mark.parametrize(
    ("text", "surface", "country"),
    [
        ("Mortars hit Saraqib overnight.", "Saraqib", "SY"),
        ("Shelling hit Goma in North Kivu", "Goma", "CD"),
        ("Villagers fled Loikaw on foot.", "Loikaw", "MM"),
        ("MORTARS HIT SARAQIB, STATE RADIO SAYS", "SARAQIB", "SY"),
        ("Roads Cut Around Kharkiv After Night of Strikes", "Kharkiv", "UA"),
    ],
)
def test_a_short_text_has_its_places_though_the_model_saw_none(text, surface, country):
    """A flash or a headline gives the language model little to see a name by."""
    assert places_of(text)[surface].point.country == country


@pytest.mark.parametrize(
    "text",
    [
        "The Jakarta Post said the ferry had sunk.",
        "He told the Times of Malta that he would not resign.",
        "The South China Morning Post ran the letter.",
        "Marburg virus was found in a miner.",
    ],
)
def test_newspapers_and_diseases_name_no_place(text):
    seen = {
        name: "ORG" for name in ("Jakarta Post", "Times of Malta", "South China Morning Post") if name in text
    }

    assert places_of(text, **{name.replace(" ", "_"): label for name, label in seen.items()}) == {}


def test_a_person_who_is_addressed_is_not_a_place():
    assert set(places_of("Mr London left Berlin.", London="GPE", Berlin="GPE")) == {"Berlin"}


def test_a_name_that_a_line_breaks_in_two_is_one():
    found = places_of("Shares fell in South\n    Africa on Monday.", South="LOC", Africa="LOC")

    assert [(place.surface, place.place.country) for place in found.values()] == [("South\n    Africa", "ZA")]


def test_a_short_text_is_foreign_only_with_a_high_confidence():
    """Names mislead the detector in a flash: this one is detected as Finnish."""
    text = "Houthi missiles hit Marib, east of Sanaa."
    (found,) = read([(body_as_is(text), None)], loaded_reference())

    assert found.unread is None
    assert {place.surface for place in places_in(found, loaded_reference().places)} >= {"Marib", "Sanaa"}
