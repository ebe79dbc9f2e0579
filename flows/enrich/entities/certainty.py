"""The kind of a candidate, where its words and those beside it determine it without the classifier."""

from __future__ import annotations

import re

from flows.enrich.entities.form_features import form_of
from flows.enrich.entities.persons import is_full_name
from flows.enrich.entities.reference import EntityReference
from flows.enrich.language.spelling import folded
from flows.records import Span

CONTRACTION = re.compile(r"['’](?:ll|re|ve|d|m|t)$")
KIND_OF = re.compile(r"\b(\w+) (?:of|called|named) $")
ENDS_OF_KIND = (" of ", " called ", " named ")
ARTICLE = re.compile(r"\b(?:the|an?)\s$", re.IGNORECASE)
LOOK_BACK = 160
FACILITIES = frozenset(
    "bridge airport dam road street avenue boulevard highway motorway reservoir canal river creek lake".split()
)
"""What ends in one of these is no person and no organisation, whatever the model takes it for: `Dublin Street Bridge`."""
LISTED_PLACES = re.compile(
    r"\b(?:towns|villages|hamlets|cities|districts|sub-districts|subdistricts|counties|provinces|regions|municipalities|communes|suburbs"
    r"|neighbourhoods|neighborhoods|townships|islands|wards) (?:of|like|including|such as) (?:[A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3}(?:, (?:and )?| and )){0,8}$"
)
"""`the villages of Kafr Zita, Latamna and …`"""
ENDS_OF_LIST = ("of ", "like ", "including ", "such as ", ", ", " and ")
"""How every text ends that the pattern matches; it is tried at each of its words."""
ENDS_OF_ARTICLE = ("the", "a", "an")
ENDS_OF_INDEFINITE = ("a", "an", "every", "each")
"""The words that the patterns end in: few names stand behind one, and the patterns look for it everywhere."""
INDEFINITE = re.compile(r"(?:^|\s)(?:an?|every|each)\s$", re.IGNORECASE)
PLURAL_ACRONYM = re.compile(r"[A-Z]{2,}s")
"""`IDPs`, `NGOs`: a class of people or things, and no name."""
AREA = re.compile(r" (?:(?:autonomous|administrative|federal|tribal|special) )?(?P<kind>[a-z]+)\b")
NEXT_WORDS = re.compile(r" (?P<verb>[a-z]\w+)(?P<own> (?:his|her|him|himself|herself)\b)?")


def kind_by_words(span: Span, label: str | None, text: str, reference: EntityReference) -> str | None:
    """Return the kind that the words determine, or None: a full name, `Federal Insurance Corp`, `Yongping Town`, `Mnangagwa sworn in`."""
    surface = span.of(text)
    words = form_of(surface, reference).small
    after = NEXT_WORDS.match(text, span.end)
    next_word = after["verb"].lower() if after else ""
    before = text[max(0, span.start - LOOK_BACK) : span.start]
    kind_before = KIND_OF.search(before) if before.endswith(ENDS_OF_KIND) else None
    if (("'" in surface or "’" in surface) and CONTRACTION.search(surface)) or (
        text.startswith(":", span.end) and reference.ordinary.issuperset(words)
    ):
        return "OTHER"
    if kind_before and kind_before[1].lower() in reference.words["place"]:
        return "OTHER"
    if label in ("ORG", "PERSON") and len(words) > 1 and words[-1] in FACILITIES:
        return "OTHER"
    if PLURAL_ACRONYM.fullmatch(surface):
        return "OTHER"
    if len(words) == 1 and words[0] in reference.words["place"] and label in ("ORG", "PERSON"):
        return "OTHER"
    if (
        len(words) == 1
        and label == "PERSON"
        and before.rstrip().lower().endswith(ENDS_OF_INDEFINITE)
        and INDEFINITE.search(before)
        and not text.startswith("-", span.end)
    ):
        # `an Alpha`: a person's name has no such article.
        return "OTHER"
    if (
        len(words) > 1
        and words[0] in reference.words["place_first"]
        and words[-1] not in reference.organisations.heads
    ):
        return "OTHER"
    if (
        before.endswith(ENDS_OF_LIST)
        and LISTED_PLACES.search(before)
        and words[-1] not in reference.organisations.heads
    ):
        return "OTHER"
    if label in ("GPE", "LOC", "FAC") and (area := AREA.match(text, span.end)):
        return "OTHER" if area["kind"] in reference.words["place"] else None
    if label and surface[0].isupper() and ends_in_state_organisation(surface, reference):
        return "ORG"
    if label not in (None, "PERSON", "ORG"):
        return None
    if len(words) > 1 and (
        words[-1] in reference.words["company"] or folded(words[0]) in reference.organisations.first
    ):
        return "ORG"
    if label == "ORG":
        return None
    if {words[-1], next_word} & reference.words["place"]:
        return "OTHER"
    if label and any(letter.isdigit() for letter in surface):
        return "OTHER"
    if is_full_name(surface, reference, is_seen=label == "PERSON") and not (
        before.rstrip().lower().endswith(ENDS_OF_ARTICLE) and ARTICLE.search(before)
    ):
        return "PER"
    if label and len(words) > 1 and words[-1] in reference.organisations.heads:
        # `Ernie Banks` is a person, `Road Tanners Transport Company` is not.
        return "ORG" if len(words) > 2 or folded(words[0]) not in reference.given_names else None
    acts = next_word in reference.words["person_verb"] or (after is not None and after["own"])
    return "PER" if acts and reference.ordinary.isdisjoint(words) else None


def ends_in_state_organisation(surface: str, reference: EntityReference) -> bool:
    """Return True for `US Congress` and `Kenyan Supreme Court`."""
    words = surface.split()
    tails = (" ".join(words[at:]) for at in range(1, len(words)))
    return any(tail in reference.actors and reference.actors[tail].takes_country for tail in tails)
