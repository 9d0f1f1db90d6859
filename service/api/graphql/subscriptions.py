"""What front ends are told of as it happens: maps, gaps, alerts, and where people are.

All of it comes from the changes that REST tells (`/v1/changes`), and what people did from the
events in the order in which they came; what an event selects is read when it is told.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from service.api.edge import EdgeOf
from service.api.following import AT_ONCE
from service.api.graphql import given
from service.api.graphql.alerts import AlertFiring
from service.api.graphql.changes import Change
from service.api.graphql.consents import OF_CONTACT, contact_of
from service.api.graphql.contacts import Contact
from service.api.graphql.context import Row, decode
from service.api.graphql.declaring import optional
from service.api.graphql.events import Event
from service.api.graphql.gaps import GapSighting
from service.api.graphql.journeys import JOURNEY, Journey
from service.api.graphql.relations import many, one
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.subscribing import News, Read, subscribing
from service.domain import alerts, changes, contacts, events, insights, journeys
from service.domain.changes import ChangesQuery
from service.domain.errors import Malformed
from service.domain.events import EventsQuery
from service.domain.listing import PageOf
from service.domain.resources import Resource

_OF_MAP = ("journey", "stage", "step", "transition", "revision")
_OF_PERSON = ("contact", "enrolment")
_CAME_OR_WENT = ["opened", "closed"]
_EVENTS = 50
"""Events of a person that are told at once: each may hold 32 KB."""
_CURSOR = "Where to go on from behind this event: the argument `after`."


def _listed(kind: Any, description: str) -> Any:
    metadata = {STORED: Stored(times=5)}
    return strawberry.field(description=description, metadata=metadata, graphql_type=kind)


@strawberry.type(description="What changed on a map; the first event tells where it stands.")
class JourneyChanged:
    """As it is told."""

    cursor: str = strawberry.field(description=_CURSOR)
    changes = _listed(list[Change], "What changed since the event before; parts by themselves.")
    journey: Journey | None = one(
        journeys.JOURNEYS, "journey_id", "The map as it is now; null: there is none."
    )


@strawberry.type(description="Gaps that the worker saw come or go.")
class GapsChanged:
    """As they are told."""

    cursor: str = strawberry.field(description=_CURSOR)
    opened = _listed(list[GapSighting], "Those that are there, and were not before.")
    closed = _listed(list[GapSighting], "Those that are gone.")
    changes = _listed(list[Change], "The same as the changes tell it, the oldest first.")


@strawberry.type(description="Alerts that fired, and those that were back.")
class AlertsChanged:
    """As they are told."""

    cursor: str = strawberry.field(description=_CURSOR)
    firings: list[AlertFiring] = many(
        alerts.ALERT_FIRINGS,
        "firing_ids",
        "What fired, or was back: `resolvedAt` says which.",
        times=5,
    )


@strawberry.type(description="What a person did, and what changed in what is known of them.")
class ContactProgress:
    """As it is told."""

    cursor: str = strawberry.field(description=_CURSOR)
    events = _listed(list[Event], "What they did, in the order in which it came.")
    changes = _listed(list[Change], "What changed of the contact, and where they were put by hand.")
    contact: Contact | None = one(
        contacts.CONTACTS, "contact_id", "The contact as it is now: `journeys` says where they are."
    )


async def _changed(
    edge: EdgeOf, kinds: Sequence[str], after: str | None, **about: Any
) -> tuple[PageOf, list[Row]]:
    """What lies behind a place, as a page and as its changes."""
    members = {"kind": ",".join(kinds), "after": after or changes.NOW, "limit": AT_ONCE}
    query = given.built(ChangesQuery, members).about(**about)
    page = await edge.read(lambda work: changes.news(work, query))
    return page, decode(page.items)


def _news(page: PageOf, event: Row) -> News:
    return News(event, page.is_empty, page.more, page.end)


def _about(resource: Resource, which: UUID, read: Read) -> Read:
    """The same, of a row that has to be there where nothing came; once that is known it may go,
    which is told as all that comes. Raises `NotFound`.
    """
    known = False

    async def of_one(edge: EdgeOf, after: str | None) -> News:
        nonlocal known
        news = await read(edge, after)
        if news.is_empty and not known:
            await edge.read(lambda work: resource.one(work, which, {"id": None}))
        known = True
        return news

    return of_one


def _of_journey(id: str) -> Read:
    which = JOURNEY.id_of(id)

    async def read(edge: EdgeOf, after: str | None) -> News:
        page, told = await _changed(edge, _OF_MAP, after, map_id=which)
        return _news(page, {"changes": told, "journey_id": str(which)})

    return _about(journeys.JOURNEYS, which, read)


def _gaps(journey_id: str | None = None) -> Read:
    which = None if journey_id is None else JOURNEY.id_of(journey_id, "journey_id")
    about: Row = {"verbs": _CAME_OR_WENT}
    if which is not None:
        about["map_id"] = which

    async def read(edge: EdgeOf, after: str | None) -> News:
        page, told = await _changed(edge, ("gap",), after, **about)
        seen = await _sightings(edge, told) if told else []
        opened = [one for one in seen if one["closed_at"] is None]
        closed = [one for one in seen if one["closed_at"] is not None]
        return _news(page, {"changes": told, "opened": opened, "closed": closed})

    return read if which is None else _about(journeys.JOURNEYS, which, read)


async def _sightings(edge: EdgeOf, told: Sequence[Row]) -> list[Row]:
    gaps, maps = ({UUID(change[name]) for change in told} for name in ("id", "whole_id"))
    found = await edge.read(lambda work: insights.newest_sightings(work, [*gaps], [*maps]))
    rows: list[Row] = decode(found)
    return rows


def _firings() -> Read:
    async def read(edge: EdgeOf, after: str | None) -> News:
        page, told = await _changed(edge, ("alert_firing",), after)
        return _news(page, {"firing_ids": list(dict.fromkeys(one["id"] for one in told))})

    return read


def _progress(contact_id: str) -> Read:
    which = contact_of(contact_id)

    async def read(edge: EdgeOf, after: str | None) -> News:
        place, came = _places(after)
        page, told = await _changed(edge, _OF_PERSON, place, contact_id=which)
        query = EventsQuery(contact_id=which).following(_EVENTS, came)
        done = await edge.read(lambda work: events.arrived(work, query))
        event = {"changes": told, "events": decode(done.items), "contact_id": str(which)}
        empty, more = page.is_empty and done.is_empty, page.more or done.more
        return News(event, empty, more, f"{page.end}{done.end}")

    return _about(contacts.CONTACTS, which, read)


def _places(after: str | None) -> tuple[str | None, str | None]:
    """A place in the changes and one in the events, which follows it. Raises `Malformed`."""
    if after is None:
        return None, None
    place, came = after[: changes.LONGEST], after[changes.LONGEST :]
    if not came:
        raise Malformed("after is no cursor of this subscription.")
    return place, came


SUBSCRIPTIONS = [
    subscribing(
        "journey_changed",
        _of_journey,
        JourneyChanged | None,
        "What changes on a map, its parts included.",
        [JOURNEY.by_id],
    ),
    subscribing(
        "gaps_changed",
        _gaps,
        GapsChanged | None,
        "New and closed gaps, of one map or of all.",
        [optional("journey_id", strawberry.ID, "On this map alone.")],
    ),
    subscribing(
        "alerts_changed", _firings, AlertsChanged | None, "What alerts fire, and when it is over."
    ),
    subscribing(
        "contact_progress",
        _progress,
        ContactProgress | None,
        "What a contact does, and what changes in what is known of them, those merged into it"
        " included. Where they stand is computed when it is selected; that it changes by time"
        " alone, or with a map, is not told.",
        [OF_CONTACT],
    ),
]
