"""The catalogue of touchpoints that Waypost brings, to be taken into a workspace."""

from typing import Annotated, Any, NamedTuple

from service.domain import reading
from service.domain.ids import new_id
from service.domain.inputs import Input, Phase
from service.domain.journeys import ready, rows, settling
from service.domain.journeys.tables import touchpoints
from service.domain.journeys.touchpoint_inputs import NewTouchpoint
from service.domain.journeys.touchpoints import TOUCHPOINTS
from service.domain.journeys.vocabulary import hold
from service.domain.languages import Language
from service.domain.reading import Document
from service.domain.words import told
from service.domain.work import Work


class CatalogueQuery(Input):
    """Which part of the catalogue."""

    shown_only = frozenset()
    phase: Annotated[Phase | None, told("Only touchpoints of this phase.", "prospect")] = None


class Loaded(NamedTuple):
    """The catalogue's touchpoints as the workspace has them, and the keys that are new."""

    items: list[Document]
    created: list[str]


def offered(language: Language, query: CatalogueQuery) -> list[dict[str, Any]]:
    """What would be loaded, as bodies of new touchpoints."""
    return [
        NewTouchpoint.model_validate(one).model_dump(mode="json")
        for one in ready.touchpoints(language)
        if query.phase in (None, one["phase"])
    ]


async def load_catalogue(work: Work, query: CatalogueQuery) -> Loaded:
    """Take the catalogue's touchpoints, in the caller's language, where their keys are free.

    What has one of the keys already stays as it is, so that loading twice adds nothing.
    """
    work.needs(TOUCHPOINTS.writes)
    await hold(work)
    await TOUCHPOINTS.ahead(work, {"key": None})
    given = offered(work.caller.language, query)
    new = [_row(work, one) for one in given]
    made = await work.rows(rows.add_missing(touchpoints), rows=new)
    ids = {row["id"] for row in made}
    fresh = [one for one in new if one["id"] in ids]
    if fresh:
        await _tell(work, fresh)
    keys = [one["key"] for one in given]
    there = await work.rows(settling.BY_KEY, ids=[], keys=keys)
    known = {row["key"]: row["id"] for row in there}
    found = await reading.documents(work, TOUCHPOINTS.shape, list(known.values()))
    # What was there already may have gone, or have another key, since.
    items = [found[known[key]] for key in keys if known.get(key) in found]
    return Loaded(items, [one["key"] for one in fresh])


def _row(work: Work, body: dict[str, Any]) -> dict[str, Any]:
    fixed = {"id": new_id(), "version": 1, "created_at": work.now, "updated_at": work.now}
    return {**body, **fixed}


async def _tell(work: Work, fresh: list[dict[str, Any]]) -> None:
    caller = work.caller
    shared = {"at": work.now, "kind": "touchpoint.created", "version": 1}
    who = {"key_id": caller.key_id, "person": caller.person, "request_id": caller.request_id}
    changed = {"members": sorted(NewTouchpoint.model_fields)}
    told = [{**shared, "resource_id": one["id"]} for one in fresh]
    outbox = [{**one, "id": new_id(), "whole_id": one["resource_id"]} for one in told]
    audit = [{**one, **who, "id": new_id(), "changed": changed} for one in told]
    await work.rows(rows.TELL, rows=outbox)
    await work.rows(rows.TELL_AUDIT, rows=audit)
