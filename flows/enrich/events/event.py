"""One event: who did what to whom, with the code, the place, the time, and whether it took place."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.events.actors import Actor
from flows.enrich.events.codebooks import AcledType, CameoCode, PloverType
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.times.expressions import Time
from flows.records import Span


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the text has it.

    `span` goes from the first to the last of the words that name the event and its actors, `trigger` over those that name the event.
    `sources` act on `targets`; where `is_reciprocal`, the sources act on each other. `code` is CAMEO's, and `plover` and `acled` follow
    from it; ACLED has no type for most words and promises. `speaker` is who reports the event. `is_main`: it is what its sentence tells,
    not background in a subordinate clause. `rule` is the act of speech or will, frame, or noun. `claims` are
    the numbers of the claims of its sentence that belong to it, in the order of `claims_in`.
    """

    span: Span
    trigger: Span
    code: str
    cameo: CameoCode
    sources: tuple[Actor, ...]
    targets: tuple[Actor, ...]
    is_reciprocal: bool
    modality: str
    plover: PloverType
    acled: AcledType | None
    place: PlaceMention | None
    place_reason: str
    time: Time | None
    time_reason: str
    claims: tuple[int, ...]
    speaker: Span | None
    is_main: bool
    rule: str
    sentence_no: int

    @property
    def identity(self) -> tuple[str | int | None, ...]:
        """What no two events of an article have in common: the trigger, the code, and the codes of the actors."""
        actors = (actor.code for actor in (*self.sources, *self.targets))
        return self.trigger.start, self.trigger.end, self.cameo.code, *actors
