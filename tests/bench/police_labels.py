"""Labels of sentences about the police from events and claims: what IndiaPoliceEvents annotates as KILL and ARREST.

    python -m tests.bench.police_labels GOLD > PREDICTED

GOLD is JSONL, plain or gzip, one document a line: `id`, `text`, `published`, and under `gold` its `sentences`, each with `start` and `end`.
PREDICTED has for each document the labels of its sentences, in order. Sentences are read one by one: those texts are in lowercase.
KILL: the police or the army killed somebody. ARREST: somebody was arrested or detained.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flows.annotation import annotate_texts
from flows.enrich.reference import Reference
from flows.reference import load_reference

ARREST, KILL = "ARREST", "KILL"
ARREST_CODE = "173"
FORCES = ("COP", "MIL", "SPY", "PAR")
"""CAMEO's roles of police, army and their like."""
ARRESTS = frozenset(("ARRESTED", "DETAINED"))
DEATH = "DEATH"
VIOLENCE = ("175", "18", "19", "20")
POLICE_FIRE = re.compile(
    r"\b(?:police|army|troops?|security forces?)\s+(?:firing|bullets?|shooting|gunfire|encounter|fire)\b|\bfiring by (?:the )?(?:police|army)\b"
)
"""Nouns that say that the police shot, in a sentence that states deaths: `killed in police firing`."""
POLICE_WORDS = ("police", "policemen", "constable", "troops", "army", "security forces", "cops")


def labels_of(answer: Mapping[str, Any], text: str) -> list[str]:
    """Return the labels of one annotated sentence."""
    events = [event for event in answer["events"] if event["modality"] == "asserted"]
    claims = [claim for claim in answer["claims"] if not claim["negated"] and not claim["hypothetical"]]
    labels = []
    if any(event["code"] == ARREST_CODE for event in events) or any(
        claim["effect"] in ARRESTS for claim in claims
    ):
        labels.append(ARREST)
    by_forces = any(event["code"].startswith(VIOLENCE) and _is_of_forces(event) for event in events)
    deaths = [claim for claim in claims if claim["effect"] == DEATH]
    is_by_police = by_forces or any(_is_by_police(claim, text) for claim in deaths)
    if deaths and (is_by_police or POLICE_FIRE.search(text.lower())):
        labels.append(KILL)
    return labels


def _is_of_forces(event: Mapping[str, Any]) -> bool:
    return any((actor["code"] or "").endswith(FORCES) for actor in event["source"])


def _is_by_police(claim: Mapping[str, Any], text: str) -> bool:
    by = claim["perpetrator"]
    return by is not None and any(word in text[by[0] : by[1]].lower() for word in POLICE_WORDS)


def predictions(gold: Path, reference: Reference) -> Iterator[dict[str, Any]]:
    """Yield the labels of the sentences of each document."""
    content = gzip.decompress(gold.read_bytes()) if gold.suffix == ".gz" else gold.read_bytes()
    for line in content.splitlines():
        document = json.loads(line)
        texts = [document["text"][each["start"] : each["end"]] for each in document["gold"]["sentences"]]
        asked = [{"id": None, "text": text, "published": document["published"]} for text in texts]
        answers = annotate_texts(asked, reference)
        yield {
            "id": document["id"],
            "sentences": [
                {"labels": labels_of(answer, text)} for answer, text in zip(answers, texts, strict=True)
            ],
        }


def main(gold: str) -> None:
    """Print the predictions."""
    for prediction in predictions(Path(gold), load_reference()):
        sys.stdout.write(json.dumps(prediction) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
