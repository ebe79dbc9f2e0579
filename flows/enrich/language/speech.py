"""The verbs that report speech, with their forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.enrich.lexicons import table

SPEECH, MARK, LABEL, STANCE = "speech", "mark", "label", "stance"
"""The uses of a verb, in the words of the column `use` of `speech_verbs.tsv`."""


@dataclass(frozen=True, slots=True)
class SpeechVerb:
    """One verb: each form in lowercase, with its spellings. A verb with a particle, as `go on`, has it in every form.

    `is_noun` is true where the lemma is a common noun, too, as in `the report`; `has_addressee` where its object is who is spoken
    to, as in `told reporters`.
    """

    lemma: str
    present: tuple[str, ...]
    past: tuple[str, ...]
    participle: tuple[str, ...]
    gerund: tuple[str, ...]
    use: str
    is_noun: bool
    has_addressee: bool


@dataclass(frozen=True, slots=True)
class SpeechVerbs:
    """The verbs of speech, and their forms by use.

    `finite` holds the single words that are a finite form of a verb of the use `speech`: `say`, `says`, `said`. A subject of
    one is somebody who speaks. `past` holds the past forms of these.
    """

    verbs: tuple[SpeechVerb, ...]
    finite: frozenset[str]
    past: frozenset[str]

    def forms(self, *uses: str) -> frozenset[str]:
        """Return the finite forms of the verbs of these uses."""
        return frozenset(
            form
            for verb in self.verbs
            if verb.use in uses
            for form in (verb.lemma, *verb.present, *verb.past)
        )

    def gerunds(self, *uses: str) -> frozenset[str]:
        """Return the gerunds of the verbs of these uses."""
        return frozenset(form for verb in self.verbs if verb.use in uses for form in verb.gerund)


def read_speech_verbs() -> SpeechVerbs:
    """Read `speech_verbs.tsv`."""
    verbs = tuple(_verb(row) for row in table("speech_verbs"))
    plain = [verb for verb in verbs if verb.use == SPEECH]
    past = _single(form for verb in plain for form in verb.past)
    return SpeechVerbs(
        verbs=verbs,
        finite=past | _single(form for verb in plain for form in (verb.lemma, *verb.present)),
        past=past,
    )


def _verb(row: Mapping[str, str]) -> SpeechVerb:
    present, past, participle, gerund = (
        tuple(row[form].split("|")) for form in ("present", "past", "participle", "gerund")
    )
    return SpeechVerb(
        row["lemma"],
        present,
        past,
        participle,
        gerund,
        row["use"],
        row["is_noun"] == "yes",
        row["has_addressee"] == "yes",
    )


def _single(forms: Iterable[str]) -> frozenset[str]:
    return frozenset(form for form in forms if " " not in form)
