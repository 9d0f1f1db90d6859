"""The lanes of a map's picture: what each step holds in them, in the order of reading.

A lane that no step has anything in is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from service.domain.insights.lettering import legible
from service.domain.insights.maps.crossings import GapMark, at_steps, bad
from service.domain.insights.maps.words import Words, duration
from service.domain.insights.revised import Revised

Members = Mapping[str, Any]


class Item(msgspec.Struct, frozen=True, gc=False):
    """One thing in a lane: what kind it is, its text, a label before it and a note below."""

    kind: str
    text: str
    label: str = ""
    note: str = ""


class Lane(msgspec.Struct, frozen=True):
    """One row of the picture: what each step holds in it."""

    kind: str
    label: str
    cells: list[list[Item]]


class Beside(msgspec.Struct):
    """What a picture shows that stands in no map: names, faces, counts of findings, gaps."""

    personas: list[dict[str, Any]] = []
    touchpoints: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    journeys: dict[str, str] = {}
    gaps: list[GapMark] = []


def as_it_was(beside: str, was: Revised) -> str:
    """Of what stands beside a map, as JSON, what belongs to a revision of it."""
    found = msgspec.json.decode(beside, type=Beside)
    people = {one["id"]: one for one in found.personas}
    met, inner = was.touchpoint_ids, was.inner_ids
    steps = {step.id for step in was.steps}
    told = {
        "personas": [people[which] for which in was.persona_ids if which in people],
        "touchpoints": [one for one in found.touchpoints if one["id"] in met],
        "evidence": [one for one in found.evidence if one["step_id"] in steps],
        "journeys": {which: title for which, title in found.journeys.items() if which in inner},
    }
    return msgspec.json.encode(told).decode()


def lanes(steps: Sequence[Members], beside: Beside, said: Words) -> Iterator[Lane]:
    """The lanes of these steps, from top to bottom."""
    for kind, items in _lanes_of(beside, said).items():
        cells = [[item for item in items(step) if item.text] for step in steps]
        if any(cells):
            yield Lane(kind, said[kind], cells)


Items = Callable[[Members], Iterator[Item]]


def _lanes_of(beside: Beside, said: Words) -> dict[str, Items]:
    """What stands in each lane of a step, in the order of the lanes."""
    known = {one["id"]: one for one in beside.touchpoints}
    counts: dict[str, list[Members]] = {}
    for found in beside.evidence:
        counts.setdefault(found["step_id"], []).append(found)
    plain = _listed(said)
    return {
        "actors": plain(("actors", "actor", "")),
        "thoughts": plain(
            ("thoughts", "thought", ""),
            ("feelings", "feeling", "feeling"),
            ("motivations", "motivation", "motivation"),
        ),
        "questions": plain(("questions", "question", "")),
        "touchpoints": lambda step: _touchpoints(step, known, said),
        "outcomes": lambda step: _outcomes(step, said),
        "backstage": lambda step: _backstage(step, plain, beside.journeys, said),
        "pains": lambda step: _pains(step, plain, said),
        "opportunities": plain(("reliefs", "relief", "relief"), ("gains", "gain", "gain")),
        "evidence": lambda step: (
            Item(one["kind"], f"{said[one['kind']]}: {one['count']}")
            for one in counts.get(step["id"], ())
        ),
        "gaps": _gaps(beside, said),
    }


def _gaps(beside: Beside, said: Words) -> Items:
    """The worst gaps of a step by name, the others counted."""
    found = at_steps(beside.gaps)

    def items(step: Members) -> Iterator[Item]:
        here = found.get(step["id"], ())
        for one in here[:_NAMED]:
            is_crossing, how = one.from_step_id is not None, bad(said, one.severity)
            if is_crossing:
                yield Item("gap", legible(one.changes or ""), said["crossing"], how)
            else:
                yield Item("weak", said[f"gap_{one.kind}"], note=how)
        if len(here) > _NAMED:
            yield Item("gaps", said["other_gaps"].format(len(here) - _NAMED))

    return items


_NAMED = 2


def _listed(said: Words) -> Callable[..., Items]:
    """Makes the items of plain lists, each told by (member, kind, word before it)."""

    def plain(*members: tuple[str, str, str]) -> Items:
        def items(step: Members) -> Iterator[Item]:
            for member, kind, label in members:
                for text in texts(step[member]):
                    yield Item(kind, text, said[label] if label else "")

        return items

    return plain


def _touchpoints(step: Members, known: Mapping[str, Members], said: Words) -> Iterator[Item]:
    """Where they meet the firm; what a step says of channel and the like wins over its first."""
    own = [step[name] for name in ("channel", "device", "department")]
    if not step["touchpoints"]:
        for name, place in zip(("channel", "device", "department"), own, strict=True):
            yield Item("place", legible(place or ""), said[name])
    for place, met in enumerate(step["touchpoints"]):
        entry = known.get(met["touchpoint_id"], {"name": met["key"]})
        mine = own if place == 0 else (None, None, None)
        stored = (
            met["channel"] or entry.get("channel"),
            met["device"] or entry.get("device"),
            entry.get("department"),
        )
        where = _joined([o or s for o, s in zip(mine, stored, strict=True)])
        tags = [said["could"]] if met["use"] == "can" else []
        tags += [said[t] for t in (entry.get("party"), entry.get("status")) if t in _TAGS]
        kind = "rival" if entry.get("party") == "competitor" else "touchpoint"
        yield Item(kind, legible(entry["name"]), ", ".join(tags), where)


def _joined(places: Sequence[str | None]) -> str:
    return " · ".join(legible(place) for place in places if place)


_TAGS = frozenset({"paid", "earned", "competitor", "suspected", "deprecated"})


def _outcomes(step: Members, said: Words) -> Iterator[Item]:
    yield Item("expected", legible(step["expected_outcome"] or ""), said["expected"])
    met = step["outcome_met"]
    text = legible(step["actual_outcome"] or "")
    if text or met:
        yield Item(
            met or "actual", text or said[met], said["actual"], said[met] if text and met else ""
        )


def _backstage(
    step: Members, plain: Callable[..., Items], nested: Mapping[str, str], said: Words
) -> Iterator[Item]:
    yield from plain(
        ("backstage", "backstage", ""),
        ("systems", "system", "system"),
        ("information_sources", "source", "source"),
    )(step)
    if step["journey_id"]:
        yield Item("inner", legible(nested.get(step["journey_id"], "")), said["inner"])


def _pains(step: Members, plain: Callable[..., Items], said: Words) -> Iterator[Item]:
    yield from plain(("pains", "pain", ""))(step)
    if step["waited_seconds"]:
        yield Item("cost", duration(said, step["waited_seconds"]), said["waits"])
    if step["form_fields"]:
        yield Item("cost", str(step["form_fields"]), said["fields"])


def texts(listed: Sequence[Any]) -> list[str]:
    """Plain texts of a list of texts or of `{text}`, those that say nothing left out."""
    texts = (legible(one if isinstance(one, str) else one["text"]) for one in listed)
    return [text for text in texts if text]
