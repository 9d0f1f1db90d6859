"""Stores maps that were brought in, whatever the form they came in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from service.domain import external_ids, reading
from service.domain.errors import AlreadyExists, Invalid, Problem
from service.domain.inputs import checked
from service.domain.journeys import inputs, placing
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.mermaid_reading import LineProblem
from service.domain.journeys.reconciling import complete_keys
from service.domain.journeys.tables import journeys
from service.domain.journeys.vocabulary import hold
from service.domain.reading import Document
from service.domain.spreadsheets import ReadAs
from service.domain.statements import as_json
from service.domain.work import Work


class Imported(NamedTuple):
    """What came of an import: the journeys, what was read but not understood, by line, and how a
    CSV file was read."""

    items: list[Document]
    problems: Sequence[LineProblem] = ()
    read_as: ReadAs | None = None

    @property
    def json(self) -> str:
        """`{items: [journey], problems: [{line, detail}], read_as}`."""
        told = as_json([{"line": p.line, "detail": p.detail} for p in self.problems])
        items = ", ".join(made.json for made in self.items)
        return f'{{"items": [{items}], "problems": {told}, "read_as": {as_json(self.read_as)}}}'


class Brought(NamedTuple):
    """Maps to import, where a pointer into each stands in what was sent, and lines not understood
    in full."""

    maps: list[inputs.NewJourney]
    told: Sequence[Callable[[str], str]]
    problems: Sequence[LineProblem] = ()
    read_as: ReadAs | None = None


async def import_brought(work: Work, brought: Brought, into: UUID | None = None) -> Imported:
    """Store maps: one that goes `into` a map, or has an external id we know, is reconciled by key.

    All or nothing. What an import does not say of a known map, stage or step
    stays as it is. Raises what creating or replacing them raises.
    """
    work.needs(JOURNEYS.writes)
    if into is not None and len(brought.maps) != 1:
        detail = f"there are {len(brought.maps)} maps to go into one"
        raise Invalid([Problem("/query/journey_id", "several", detail)])
    # Stored maps are sent again with the words they hold, and each is locked before the next.
    await hold(work)
    items = []
    # One map is a handful of statements whatever its size, and an import holds a bounded number.
    for one, told in zip(brought.maps, brought.told, strict=True):
        try:
            items.append(await _import(work, one, into))
        except Invalid as error:
            raise Invalid(_placed(error.problems, told), error.detail) from error
        except AlreadyExists as error:
            raise AlreadyExists(error.detail, _placed(error.problems, told)) from error
    return Imported(items, brought.problems, brought.read_as)


def _placed(problems: Sequence[Problem], told: Callable[[str], str]) -> list[Problem]:
    return [Problem(told(p.pointer), p.code, p.detail) for p in problems]


async def _import(work: Work, data: inputs.NewJourney, into: UUID | None) -> Document:
    known = into or await _known(work, data)
    if known is None:
        return await JOURNEYS.create(work, data)
    return await reconcile(work, data, known)


async def reconcile(work: Work, data: inputs.NewJourney, known: UUID) -> Document:
    """Bring a map's known parts to what was sent; what that does not say stays."""
    work.needs(JOURNEYS.writes)
    # Locked before it is read: what others write meanwhile must not be completed away.
    await placing.lock(work, journeys, known)
    found = await reading.documents(work, JOURNEYS.shape, [known])
    stored = msgspec.json.decode(found[known].json)
    sent = data.model_dump(exclude_unset=True)
    if "stages" in sent:
        _over(stored["stages"], sent["stages"])
    whole = checked(JOURNEYS.new, sent)
    # Not a merge patch: what an import says of a member, an object too, is all of it.
    return await JOURNEYS.apply(work, known, whole.model_dump(include=set(sent)), None)


def _over(stored: Sequence[Mapping[str, Any]], sent: list[dict[str, Any]]) -> None:
    """Complete what was sent, in place: what it does not say of a known part stays as it is."""
    for stage in sent:
        stage.setdefault("key", None)
        stage.setdefault("steps", [])
        for step in stage["steps"]:
            step.setdefault("key", None)
    complete_keys(sent, [])
    stages = {stage["key"]: {**stage, "steps": []} for stage in stored}
    steps = {step["key"]: step for stage in stored for step in stage["steps"]}
    for n, stage in enumerate(sent):
        sent_steps = [{**steps.get(step["key"], {}), **step} for step in stage["steps"]]
        sent[n] = {**stages.get(stage["key"], {}), **stage, "steps": sent_steps}


async def _known(work: Work, data: inputs.NewJourney) -> UUID | None:
    for name in data.external_ids:  # a handful, and the first is nearly always it
        found = await external_ids.found(work, JOURNEYS.kind, name.source, name.id)
        if found is not None:
            return found
    return None
