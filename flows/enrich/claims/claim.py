"""The data class of a claim."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.claims.claimants import Attribution
from flows.enrich.claims.context import NEWS
from flows.enrich.claims.counts import Count
from flows.enrich.claims.links import Links
from flows.enrich.claims.nouns import Affected
from flows.records import Span


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of people or things to whom one thing happened, by one claimant.

    `span` runs from the first to the last word of the number and of what is counted. `effect` is a term of `effects.tsv`. `since` is null unless the claim is
    cumulative. `history`: a term of `context.py`. `is_part`: those counted are a part of those of another claim of the sentence (`among them two children`). `outcome`: open where the wounded may have died of it, treated where they may have died later. `repeats` is the number of the earlier claim of
    the article that the claim states again, or None.
    """

    effect: str
    span: Span
    trigger: Span
    affected: Affected
    attribution: Attribution
    is_cumulative: bool
    since: Span | None
    is_negated: bool
    is_hypothetical: bool
    history: str
    is_part: bool
    outcome: str
    perpetrator: Span | None
    weapon: Span | None
    links: Links
    repeats: int | None
    rule: str
    sentence_no: int

    @property
    def count(self) -> Count:
        """Return how many."""
        return self.affected.count

    @property
    def is_historical(self) -> bool:
        """Return True if it happened long before the news."""
        return self.history != NEWS

    @property
    def is_open(self) -> bool:
        """Return True if the wounded may have died."""
        return self.outcome != ""

    @property
    def is_fact(self) -> bool:
        """Return True if the text states that it happened, in the news that it tells."""
        return not (self.is_negated or self.is_hypothetical or self.is_historical)
