"""The attribution of a quotation: the speaker's words, the verb of speech, and the rule that found them."""

from __future__ import annotations

from dataclasses import dataclass

from flows.records import Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """A speaker and the verb of speech, if there is one.

    `is_marked`: a colon or a comma separates the verb from the quotation after it. `end` is where the
    words of the attribution end.
    """

    cue: Span | None
    speaker: Span
    rule: str
    is_marked: bool = False

    @property
    def start(self) -> int:
        """Return where the earlier of cue and speaker starts."""
        return min(self.speaker.start, self.cue.start) if self.cue else self.speaker.start

    @property
    def end(self) -> int:
        """Return where the later of cue and speaker ends."""
        return max(self.speaker.end, self.cue.end if self.cue else 0)
