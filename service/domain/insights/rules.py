"""Rules that gaps, challenges, coverage and plan share: each is written here, and once."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar


def priority(impact: float | None, confidence: float | None, effort: float | None) -> float | None:
    """impact × confidence ÷ effort; None while one of the three is unknown."""
    if impact is None or confidence is None or effort is None:
        return None
    return impact * confidence / effort


def no_priority(impact: float | None, confidence: float | None, effort: float | None) -> str | None:
    """Why there is no priority: what is unknown; None where nothing is."""
    if effort is None:
        return "No effort is set."
    if impact is None:
        return "No impact is known."
    return "No confidence is known: it answers no open gap." if confidence is None else None


def is_answered(kind: str, *, content: bool, action: bool) -> bool:
    """Whether content or an action answers what clients ask, suffer or object.

    Content alone answers a `question`; either addresses a pain or an objection.
    """
    return content or (action and kind != "question")


def is_ours(party: str, status: str) -> bool:
    """Whether we are there: on our own ground or on paid one, and not given up."""
    return party in ("own", "paid") and status != "deprecated"


class Staged(Protocol):
    """A stage, as a scope names it."""

    @property
    def key(self) -> str:
        """Its key, which no other of the map has."""

    @property
    def name(self) -> str:
        """Its name, which others may have too."""


S = TypeVar("S", bound=Staged)


class Scoped(NamedTuple, Generic[S]):
    """The stages in scope, in order, and the ends of the scope that no stage is."""

    inside: Sequence[S]
    missing: Sequence[tuple[str, str]]
    backwards: bool = False
    """The scope ends before it begins."""


def in_scope(stages: Sequence[S], since: str | None, until: str | None) -> Scoped[S]:
    """The stages from the one to the other, told by key, else by name: the first of that name.

    An end that is not told or that no stage is bounds nothing, and neither does a scope that ends
    before it begins.
    """
    at: dict[str, int] = {stage.key: n for n, stage in enumerate(stages)}
    for n, stage in enumerate(stages):
        at.setdefault(stage.name, n)
    missing = [(end, told) for end, told in (("from", since), ("to", until)) if told]
    missing = [(end, told) for end, told in missing if told not in at]
    first, last = at.get(since or "", 0), at.get(until or "", len(stages) - 1)
    if last < first:
        return Scoped(stages, missing, backwards=bool(stages))
    return Scoped(stages[first : last + 1], missing)


def supports(status: str, weight: float) -> bool:
    """Whether a finding supports anything: no assumption does, nor what weighs nothing."""
    return status != "assumption" and weight > 0
