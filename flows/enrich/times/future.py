"""Whether a sentence speaks of the future, so that a bare weekday or month in it is a coming one."""

from __future__ import annotations

import re

FUTURE = re.compile(
    r"(?:\b(?:will|would|(?-i:may|might)|shall|won['’]t|to be|due|scheduled|plan(?:s|ned)?|expect(?:s|ed)?|set to|going to|(?:is|are) to|agree(?:d|ment) to|"
    r"(?:opens?|resumes?|begins?|starts?|expires?|arrives|departs|leaves|returns|visits|meets|votes|takes? (?:place|effect)|go(?:es)? to the polls|polls close)|next|upcoming|coming|effective|as (?:early|soon) as)|['’]ll)\b[^.;]*$|\b(?:until|through|by|(?:is|are|falls|comes) on) $",
    re.IGNORECASE,
)
"""In the same sentence before a bare weekday or month, one of these sends it into the future."""


LOOK_BACK = 80
"""Characters of the sentence before an expression in which a word may send it into the future. Tuned on TimeBank and AQUAINT: 80
and 160 give the same values, 40 loses 0.2."""

POSSESSIVE = re.compile(r"['’]s\b")

PAST = re.compile(
    r"(?<!\bbe )\b(?:said|was|were|had|did|met|held|announced|reported|began|launched|arrived|closed|ended|canceled|cancelled|called)\b",
    re.IGNORECASE,
)
"""Behind such a word, one of these brings it back: `will vote on a bill that was passed Tuesday`."""


def looks_ahead(text: str, sentence_start: int, match: re.Match[str]) -> bool:
    """Return True if the words before an expression send it into the future, and none brings it back."""
    # `Wednesday's ruling` has been, whatever will be done about it.
    if POSSESSIVE.match(text, match.end()):
        return False
    before = text[max(sentence_start, match.start() - LOOK_BACK) : match.start()]
    # No cue reaches over a full stop or a semicolon.
    cue = FUTURE.search(before, max(before.rfind("."), before.rfind(";")) + 1)
    return cue is not None and not PAST.search(before, cue.start() + 1)
