"""What a side does when several students play it: the action most of them are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TIE_RULE = (
    "Most votes win. If two actions have as many, the one that was voted for first wins. No vote at all is a pass."
)


@dataclass(frozen=True)
class Vote:
    """What one student is for (None: passing), and the number of the event by which they said so."""

    action: str | None
    event: int


def decided(votes: Mapping[int, Vote]) -> str | None:
    """Return what a side does, by ``TIE_RULE``; ``votes`` has one for each student who voted."""
    if not votes:
        return None
    counts: dict[str | None, int] = {}
    first: dict[str | None, int] = {}
    for vote in votes.values():
        counts[vote.action] = counts.get(vote.action, 0) + 1
        first[vote.action] = min(first.get(vote.action, vote.event), vote.event)
    return max(counts, key=lambda action: (counts[action], -first[action]))
