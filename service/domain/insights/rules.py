"""Rules that gaps, challenges, coverage and plan share: each is written here, and once."""

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

DECIMALS, PRODUCT_DECIMALS = 9, 6
"""What is equal on paper shall be equal here, and stand in the order of the map: figures end
before the noise of floats begins, and products of them before that of the rounding."""


def rounded(figure: float) -> float:
    """A figure without the noise of its arithmetic."""
    return round(figure, DECIMALS)


class Weak(Protocol):
    """A gap, as far as an action's worth depends on it."""

    @property
    def severity(self) -> float:
        """How bad, 0 to 100."""

    @property
    def confidence(self) -> float:
        """How much of what decides is known, 0 to 1."""


class Promise(NamedTuple):
    """What an action promises."""

    impact: float | None
    confidence: float
    priority: float | None
    """None while impact or effort is unknown."""


def _product(figure: float) -> float:
    """A product of figures, without the noise of their rounding."""
    return round(figure, PRODUCT_DECIMALS)


def worth(impact: float, confidence: float) -> float:
    """Impact × confidence."""
    return _product(impact * confidence)


def promise(impact: float | None, effort: float | None, answered: Iterable[Weak]) -> Promise:
    """What an action promises by its own impact and effort, and the open gaps that it answers.

    priority = impact × confidence ÷ effort. The impact is the action's own, else the gap's
    severity; the confidence is the gap's. Of several gaps that with the greatest impact ×
    confidence counts, the first of equals; without one the confidence is 1.
    """
    confidence = 1.0
    found = [(gap.severity if impact is None else impact, gap.confidence) for gap in answered]
    if found:
        impact, confidence = max(found, key=lambda one: worth(*one))
    if impact is None or effort is None:
        return Promise(impact, confidence, None)
    return Promise(impact, confidence, _product(impact * confidence / effort))


def no_priority(impact: float | None, effort: float | None) -> str | None:
    """Why there is no priority: what is unknown; None where nothing is."""
    if effort is None:
        return "no_effort"
    return "no_impact" if impact is None else None


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
