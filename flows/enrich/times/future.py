"""Whether a sentence speaks of the future, so that a bare weekday or month in it is a coming one."""

from __future__ import annotations

import re

FUTURE = re.compile(
    r"(?:\b(?:will|would|(?-i:may|might)|shall|won['’]t|(?:was|were) to be|due|scheduled|(?:forecast|predicted) (?:for|on|to)|plan(?:s|ned)?|expect(?:s|ed)?|set to|going to|(?:is|are) to|agree(?:d|ment) to|"
    r"(?:opens?|resumes?|begins?|starts?|expires?|arrives|departs|leaves|returns|visits|meets|votes|takes? (?:place|effect)|go(?:es)? to the polls|polls close)|next|upcoming|coming|effective|as (?:early|soon) as)|['’]ll)\b[^.;]*$|\b(?:until|through|by|(?:is|are|falls|comes) on) $",
    re.IGNORECASE,
)
"""A bare weekday or month is in the future if one of these precedes it in its sentence."""


LOOK_BACK = 160
"""Characters before an expression in which a word may set it in the future. Tuned on TimeBank and AQUAINT: 80 and 160 give
the same values, 40 loses 0.2."""

AT_EVENT = re.compile(r"\b(?:at|during|before|ahead of) $", re.IGNORECASE)

POSSESSIVE = re.compile(r"['’]s\b")

PAST = re.compile(
    r"(?<!\bbe )\b(?:said|was|were|had|did|met|held|announced|reported|began|launched|arrived|closed|ended|canceled|cancelled|called)\b",
    re.IGNORECASE,
)
"""One of these after such a word sets it in the past again: `will vote on a bill that was passed Tuesday`."""


def looks_ahead(text: str, sentence_start: int, match: re.Match[str]) -> bool:
    """Return True if the words before an expression set it in the future."""
    before = text[max(sentence_start, match.start() - LOOK_BACK) : match.start()]
    # `Wednesday's ruling` is in the past, even in a sentence about the future; but `will meet at Wednesday's talks`.
    if POSSESSIVE.match(text, match.end()) and not AT_EVENT.search(before):
        return False
    # No cue reaches over a full stop or a semicolon.
    cue = FUTURE.search(before, max(before.rfind("."), before.rfind(";")) + 1)
    return cue is not None and not PAST.search(before, cue.start() + 1)
