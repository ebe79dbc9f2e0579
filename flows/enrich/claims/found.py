"""What the frames find: a word of effect with one of those whom it affects."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.claims.nouns import Affected
from flows.enrich.claims.reference import Frame


@dataclass(frozen=True, slots=True)
class Found:
    """A trigger with one of those whom it affects."""

    trigger: int
    frame: Frame
    affected: Affected
    rule: str
    is_part: bool = False
    is_brought: bool = False
