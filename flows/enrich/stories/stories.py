"""Stories: what is known of all articles about one event, revised as articles join."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from flows.enrich.stories.membership import Membership
from flows.enrich.stories.signatures import Signature

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Story:
    """One story as it stands after a revision. Members are counted with all versions and duplicates.

    `headline` is that of its first member that has one. The tolls range over all members that state one.
    """

    story_id: str
    revision: int
    headline: str | None
    member_count: int
    duplicate_count: int
    update_count: int
    outlets: tuple[str, ...]
    first_published_at: datetime | None
    last_published_at: datetime | None
    last_published_on: date | None
    killed_low: int | None
    killed_high: int | None
    injured_low: int | None
    injured_high: int | None


def begun(story_id: str) -> Story:
    """Return a story without members."""
    return Story(story_id, 0, None, 0, 0, 0, (), None, None, None, None, None, None, None)


def revised(story: Story, joining: Sequence[Membership]) -> Story:
    """Return the next revision of a story, with the members that join it, in their order."""
    signatures = [each.signature for each in joining]
    outlets = {each.outlet for each in signatures if each.outlet}
    return replace(
        story,
        revision=story.revision + 1,
        headline=story.headline or next((each.headline for each in signatures if each.headline), None),
        member_count=story.member_count + len(joining),
        duplicate_count=story.duplicate_count + sum(each.duplicate is not None for each in joining),
        update_count=story.update_count + sum(each.update is not None for each in joining),
        outlets=tuple(sorted(outlets | set(story.outlets))),
        first_published_at=_extreme(
            min, story.first_published_at, [each.published_at for each in signatures]
        ),
        last_published_at=_extreme(max, story.last_published_at, [each.published_at for each in signatures]),
        last_published_on=_extreme(max, story.last_published_on, [each.published_on for each in signatures]),
        killed_low=_extreme(min, story.killed_low, _all(signatures, "killed_low")),
        killed_high=_extreme(max, story.killed_high, _all(signatures, "killed_high")),
        injured_low=_extreme(min, story.injured_low, _all(signatures, "injured_low")),
        injured_high=_extreme(max, story.injured_high, _all(signatures, "injured_high")),
    )


def _all(signatures: Sequence[Signature], name: str) -> list[int | None]:
    return [getattr(each, name) for each in signatures]


def _extreme(
    choose: Callable[[list[Any]], Any], known: Value | None, more: Sequence[Value | None]
) -> Value | None:
    values = [each for each in (known, *more) if each is not None]
    return choose(values) if values else None
