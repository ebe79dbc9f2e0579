"""The role that the words of a noun phrase state: the noun for it, and the words before that noun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actor_reference import MAX_ROLE_WORDS, ActorReference, RoleNoun
from flows.enrich.events.actor_words import PhraseWord, joined

POSSESSIVE = frozenset("'s ’s 'S ’S ' ’".split())


@dataclass(frozen=True, slots=True)
class Role:
    """The role that words state: its noun, and CAMEO's codes of the words before it, by their use in `actor_roles.tsv`."""

    noun: RoleNoun | None
    side: str | None
    modifier: str | None
    scope: str | None


def role_in(words: Sequence[PhraseWord], mentions: Sequence[Mention], reference: ActorReference) -> Role:
    """Return the role of the words behind the last possessive, or of those before it, or of the words of a name."""
    ends = [at + 1 for at, word in enumerate(words) if word.text in POSSESSIVE]
    names = [each.span for each in mentions if each.kind == "name" and each.type in ("PER", "ORG")]
    free = [
        word for word in words if not any(span.start <= word.start and word.end <= span.end for span in names)
    ]
    behind = [word for word in free if not ends or word.start >= words[ends[-1] - 1].end]
    role = _role_of(behind, reference)
    if ends and (role.noun is None or (role.noun.sector is None and role.modifier is None)):
        before = _role_of([word for word in free if word not in behind], reference)
        if before.noun is not None:
            return before
    if role.noun is None and role.modifier is None and len(free) < len(words):
        of_names = [
            word
            for at, word in enumerate(words)
            if word not in free and not _is_of_company(words[at : at + 2], mentions, reference)
        ]
        within = _role_of(of_names, reference)
        return replace(within, side=role.side) if within.noun and within.noun.sector else role
    return role


def _is_of_company(
    words: Sequence[PhraseWord], mentions: Sequence[Mention], reference: ActorReference
) -> bool:
    """Return whether the first word is a rank within the name of an organisation, as in `General Electric`."""
    word = words[0]
    return (
        word.lower in reference.ranks
        and joined(words) not in reference.nouns
        and any(
            each.type == "ORG"
            and each.kind == "name"
            and each.span.start <= word.start
            and word.end < each.span.end
            for each in mentions
        )
    )


def _use(words: Sequence[PhraseWord], codes: Mapping[str, str], reference: ActorReference) -> str | None:
    """Return the code of the last words that have one; of `ex-minister` the part before the hyphen counts."""
    for last in range(len(words), 0, -1):
        word = words[last - 1].lower
        if word in reference.describing:
            for size in range(min(MAX_ROLE_WORDS, last), 0, -1):
                phrase = " ".join(each.lower for each in words[last - size : last])
                if phrase in codes:
                    return codes[phrase]
        elif "-" in word and word.partition("-")[0] in codes:
            return codes[word.partition("-")[0]]
    return None


def _role_of(words: Sequence[PhraseWord], reference: ActorReference) -> Role:
    nouns = reference.nouns
    start = end = len(words)
    noun = None
    for last in range(len(words), 0, -1):
        if words[last - 1].lower not in reference.closing:
            continue
        sizes = range(min(MAX_ROLE_WORDS, last), 0, -1)
        size = next((size for size in sizes if joined(words[last - size : last]) in nouns), None)
        if size:
            start, end = last - size, last
            noun = nouns[joined(words[start:end])]
            break
    if noun is not None and end < len(words) and _is_head(words[end]):
        # In `police headquarters` the noun only describes another.
        start, noun = end, None
    before = words[:start]
    modifier = _use(before, reference.modifiers, reference)
    if modifier is None and noun is not None and noun.is_generic and before:
        # `border patrol agents`: a role of its own before a noun that has none.
        described = _role_of(before, reference).noun
        modifier = described.sector if described else None
    return Role(
        noun=noun,
        side=_use(before, reference.sides, reference),
        modifier=modifier,
        scope=_use(before, reference.scopes, reference),
    )


def _is_head(word: PhraseWord) -> bool:
    """Return True for a noun in lowercase, as far as its form says."""
    return word.text.islower() and not word.lower.endswith(("ed", "ing", "ly"))
