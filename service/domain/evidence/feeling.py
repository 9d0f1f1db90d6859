"""What a write makes of a finding's sentiment: from what was sent, and what is stored already."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.domain.errors import Problem
from service.domain.evidence.sentiment import judged

_SAYS = ("sentiment", "rating", "figure")


def completed(
    current: Mapping[str, Any], members: Mapping[str, Any], basis: str | None
) -> dict[str, Any]:
    """What was sent, with what is stored of the members that it is judged with.

    A sentiment that nobody sent is judged anew, also where it comes back as it was read.
    """
    whole = {**current, **members}
    if "sentiment" in whole and basis != "sent":
        read_back = members.get("sentiment") == current["sentiment"]
        if "sentiment" not in members or read_back:
            whole["sentiment"] = None
    if isinstance(whole.get("source_id"), str):
        whole["source_id"] = UUID(whole["source_id"])
    return whole


def felt(members: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The columns of a finding's sentiment; `problems` gains what is wrong with its rating."""
    text, rating = members["text"], members["rating"]
    if not (text or "").strip() and all(members[name] is None for name in _SAYS):
        detail = "says nothing: give a text, a figure, a rating or a sentiment"
        problems.append(Problem("/text", "required", detail))
    if rating is not None and (outside := _outside(rating)):
        problems.append(outside)
        return {}
    pair = None if rating is None else (rating["value"], rating["scale"])
    found = judged(members["sentiment"], pair, text, members["language"])
    return {
        "sentiment": found.sentiment,
        "sentiment_basis": found.basis,
        "sentiment_reason": found.reason,
    }


def _outside(rating: Mapping[str, Any]) -> Problem | None:
    first, last = rating["scale"]
    if first == last:
        detail = "its two ends must differ"
        return Problem("/rating/scale", "empty_scale", detail)
    if not min(first, last) <= rating["value"] <= max(first, last):
        detail = f"must lie between {first:g} and {last:g}, the ends of its scale"
        return Problem("/rating/value", "outside_scale", detail)
    return None
