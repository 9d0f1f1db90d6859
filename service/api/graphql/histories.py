"""What stands below a contact: what they agreed to, did, belong to, and where they stand.

Each is asked of one contact at a time, so of few in one query. Their types are declared in files
that use the contact's, so they are named here.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Union
from uuid import UUID

import strawberry
from strawberry import Info
from strawberry.types.lazy_type import LazyType

from service.api.graphql import context, given, timelines
from service.api.graphql.connections import Connection, Page, asked
from service.api.graphql.declaring import Argument, optional
from service.api.graphql.selecting import STORED, Stored
from service.domain import contacts, events, insights, membership
from service.domain.errors import TooLarge
from service.domain.listing import ListQuery, PageOf
from service.domain.work import Work

MOST = 10
"""Contacts of one answer of which one of these is read: each takes statements of its own."""
_COST = 200
"""What one costs itself, beside what it answers."""
Pages = Callable[[Work, UUID, Any], Awaitable[PageOf]]
_FIRST = optional("first", int, "Rows a page: 1 to 200, by default 50.")
_AFTER = optional("after", str, "The cursor of the row before.")
_LAST = optional("last", int, "Instead of `first`: as many from the end, in the same order.")
_BEFORE = optional("before", str, "The cursor of the row behind.")


def _named(name: str, file: str) -> Any:
    return LazyType(name, f"service.api.graphql.{file}")


def _maybe(kind: Any) -> Any:
    return Union[kind, None]  # noqa: UP007


def field_of(
    resolve: Callable[..., Any],
    returns: Any,
    description: str,
    arguments: Sequence[Argument] = (),
    *,
    times: int = 1,
    costs: int = _COST,
) -> Any:
    """A field of a row that `resolve(info, id of the row, **given)` answers."""

    def resolver(root: Any, info: Info, **given: Any) -> Any:
        return resolve(info, UUID(root["id"]), **given)

    told = [
        inspect.Parameter("root", inspect.Parameter.KEYWORD_ONLY, annotation=Any),
        inspect.Parameter("info", inspect.Parameter.KEYWORD_ONLY, annotation=Info),
    ]
    parameters = [*told, *(argument.parameter for argument in arguments)]
    resolver.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    metadata = {STORED: Stored(("id",), times=times, costs=costs)}
    return strawberry.field(
        resolver=resolver, description=description, graphql_type=returns, metadata=metadata
    )


Read = Callable[[Work, UUID], Awaitable[Any]]


def _apart(info: Any, read: Read, which: UUID) -> Awaitable[Any]:
    """What is read of one contact. Raises `TooLarge` for too many at once."""
    # Of one field of the query, whatever it is called and asks for.
    name = f"apart {info._raw_info.field_nodes[0].loc}"
    return context.of(info).loaded(name, partial(_of_few, read), which)


async def _of_few(read: Read, work: Work, asked_of: Sequence[UUID]) -> list[Any]:
    if len(asked_of) > MOST:
        raise TooLarge(f"This is told of at most {MOST} contacts at once: ask for fewer.")
    return [await read(work, one) for one in asked_of]


async def _standings(work: Work, asked_of: Sequence[UUID]) -> list[Any]:
    found = await contacts.standings(work, asked_of)
    return [[every[key] for key in sorted(every)] for every in map(found.__getitem__, asked_of)]


def consent_states() -> Any:
    """How they stand to each purpose: one statement for all contacts of an answer."""

    def resolve(info: Any, which: UUID) -> Awaitable[Any]:
        return context.of(info).loaded("consent states", _standings, which)

    kind: Any = list[_named("PurposeStanding", "consents")]  # type: ignore[misc]
    return field_of(
        resolve, _maybe(kind), "How they stand to each purpose now, by key.", times=5, costs=0
    )


def _connection(
    kind: Any,
    pages: Pages,
    query: type[ListQuery],
    description: str,
    arguments: Sequence[Argument] = (),
) -> Any:
    def resolve(info: Any, which: UUID, **arguments: Any) -> Awaitable[Any]:
        chosen, counted = asked(info._raw_info)
        wanted = given.listed(query, {**arguments, "count": counted}).selecting(chosen)

        async def read(work: Work, one: UUID) -> Page:
            found = await pages(work, one, wanted)
            return Page.of(context.of(info).decoded(found.items), found, wanted)

        return _apart(info, read, which)

    shown: Any = Connection[kind] | None
    return field_of(resolve, shown, description, [_FIRST, _AFTER, _LAST, _BEFORE, *arguments])


def consents() -> Any:
    """Their ledger."""
    return _connection(
        _named("Consent", "consents"),
        contacts.consents_of,
        contacts.ConsentList,
        "All that they have granted and withdrawn, the newest first.",
        [optional("purpose", str, "Of the purpose of this key alone.")],
    )


def enrolments() -> Any:
    """Where they were put by hand."""
    return _connection(
        _named("Enrolment", "enrolments"),
        contacts.ENROLMENTS.of_contact,
        contacts.EnrolmentList,
        "Where they were put by hand, the latest first; also what was taken back.",
    )


def timeline() -> Any:
    """What they did."""

    def resolve(info: Any, which: UUID, **arguments: Any) -> Awaitable[Any]:
        query = timelines.asked(events.TimelineQuery, arguments)

        async def read(work: Work, one: UUID) -> timelines.EventPage:
            found = await events.timeline(work, one, query.numbered())
            return timelines.shown(info, query, found)

        return _apart(info, read, which)

    of_type = optional("type", timelines.ENTRY, "Of this type alone.")
    return field_of(
        resolve,
        _maybe(_named("EventConnection", "events")),
        "What they did, in the order in which it happened.",
        [*timelines.ARGUMENTS, of_type],
    )


def profiles() -> Any:
    """Whose members they are."""

    def resolve(info: Any, which: UUID, **arguments: Any) -> Awaitable[Any]:
        query = given.query(membership.ContactProfilesQuery, arguments)
        read = partial(_profiles, query)
        return _apart(info, read, which)

    first = optional("first", int, "Profiles a page: 1 to 50, by default 50.")
    return field_of(
        resolve,
        _maybe(_named("ContactProfiles", "membership")),
        "Of which profiles they are a member, with what every test said.",
        [first, optional("after", str, "The `next` of the page before.")],
    )


async def _profiles(query: membership.ContactProfilesQuery, work: Work, one: UUID) -> Any:
    return await insights.contact_profiles(work, one, query)


def persona() -> Any:
    """Whom they are like."""
    kind = _maybe(_named("ContactPersona", "membership"))
    said = "Which persona they are like, if one fits."
    return field_of(lambda info, which: _apart(info, insights.contact_persona, which), kind, said)


def journeys() -> Any:
    """Where they stand."""
    kind = _maybe(_named("ContactJourneys", "enrolments"))
    said = "Where they stand on the maps that they have touched."
    return field_of(lambda info, which: _apart(info, insights.contact_journeys, which), kind, said)
