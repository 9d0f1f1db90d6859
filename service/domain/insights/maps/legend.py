"""The legend of a map's picture: what its signs mean, of those that it shows."""

from collections.abc import Iterator
from typing import NamedTuple

from service.domain.insights.maps.content import Content
from service.domain.insights.maps.curve_line import pieces

SIGNS = {"private": "◌", "truth": "★", "decision": "◆"}
"""What marks of a step are drawn as, beside their name."""
_KINDS = {
    "feeling": "feelings",
    "question": "questions",
    "touchpoint": "touchpoints",
    "pain": "pains",
    "relief": "opportunities",
    "analytical": "key_evidence",
    "weak": "key_weak",
}
"""Kinds of items whose colour the legend tells, with the word for each."""
_MEANT = {"anecdotal": "analytical", "gain": "relief", "gap": "weak", "gaps": "weak"}
"""Kinds that have the colour of another, and its meaning."""


class Key(NamedTuple):
    """A sign, by its name, and what it means."""

    sign: str
    text: str


def legend(shown: Content) -> Iterator[Key]:
    """The signs of a picture in the order of its parts, from top to bottom."""
    said = shown.said
    marks = {mark for step in shown.steps for mark in step.marks}
    yield from (Key(mark, said[f"key_{mark}"]) for mark in SIGNS if mark in marks)
    if any(step.crossing is not None for step in shown.steps):
        yield Key("cross", said["crossing_key"])
    lines = [piece for cut in pieces([step.rating for step in shown.steps]) for piece in cut]
    for sign, is_there in (
        ("line", any(not piece.bridges for piece in lines)),
        ("bridge", any(piece.bridges for piece in lines)),
        ("ring", _rings(shown)),
    ):
        if is_there:
            yield Key(sign, said[f"key_{sign}"])
    held = {item.kind for lane in shown.lanes for cell in lane.cells for item in cell}
    held = {_MEANT.get(kind, kind) for kind in held}
    yield from (Key(kind, said[word]) for kind, word in _KINDS.items() if kind in held)


def in_words(shown: Content) -> str:
    """The legend for those who do not see the picture; empty where it needs none."""
    keys = "; ".join(key.text for key in legend(shown))
    return f"{shown.said['legend']}: {keys}." if keys else ""


def _rings(shown: Content) -> bool:
    return any(
        step.rating is not None and not {"truth", "decision"}.isdisjoint(step.marks)
        for step in shown.steps
    )
