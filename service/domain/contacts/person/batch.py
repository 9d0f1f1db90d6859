"""Many people at once: each with an outcome of its own, in a fixed number of statements."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from service.domain.answers import told
from service.domain.contacts.family import ARCHIVED, Person
from service.domain.contacts.person import reads, room
from service.domain.contacts.person.inputs import (
    ContactBatch,
    ContactReference,
    ContactReferences,
    ContactUpsert,
    Unread,
)
from service.domain.contacts.person.room import Room
from service.domain.contacts.reads import owners
from service.domain.contacts.upserting import Came, Wanted, upsert
from service.domain.contacts.writes import store
from service.domain.errors import Problem, pointer
from service.domain.identities import identity
from service.domain.work import Scope, Work

_ID = "0198c7f0-0000-7000-8000-0000000000d0"


class ContactOffence(Struct):
    """One offending member of an item."""

    pointer: Annotated[str, told("JSON pointer (RFC 6901) into the body.", "/items/3/traits/age")]
    code: Annotated[str, told("Stable; callers may program against it.", "wrong_type")]
    detail: Annotated[str, told("What is wrong, in words.", "Must be a whole number.")]


class ContactOutcome(Struct):
    """What came of one item."""

    index: Annotated[int, told("Its place in the body, from 0.", 3)]
    id: Annotated[str | None, told("The contact; null if none is meant.", _ID)]
    outcome: Annotated[
        str,
        told(
            "`created`, `updated`, `unchanged`, `archived`; `conflict` (identifiers of several"
            " contacts), `rejected` and `not_found` changed nothing.",
            "updated",
        ),
    ]
    errors: Annotated[list[ContactOffence], told("Why nothing was done.", [])]


class ContactOutcomes(Struct):
    """What came of each item of a batch, in its order."""

    items: Annotated[list[ContactOutcome], told("The outcomes.")]


class ContactFound(Struct):
    """Whom one reference leads to."""

    index: Annotated[int, told("Its place in the body, from 0.", 0)]
    id: Annotated[
        str | None, told("The contact that it leads to, as it is shown; null: nobody.", _ID)
    ]
    contact: Annotated[
        dict[str, Any] | None, told("The contact as `GET /v1/contacts/{id}` answers it.", None)
    ]


class ContactsFound(Struct):
    """Whom each reference leads to, in their order."""

    items: Annotated[list[ContactFound], told("Whom they lead to.")]


_NOBODY = Problem("/identifiers", "required", "or an id: sent again, it would be somebody else")


async def upsert_contacts(work: Work, data: ContactBatch) -> ContactOutcomes:
    """Make or change the contact that each item means; what is wrong with one stops no other.

    Items are taken in their order, so that two may be the same person. At most thirteen statements.
    """
    work.needs(Scope.CONTACTS_WRITE)
    came: dict[int, Came] = {}
    wanted: dict[int, Wanted] = {}
    for n, item in enumerate(data.items):
        if isinstance(item, Unread):
            came[n] = Came("rejected", None, item.problems)
        else:
            wanted[n] = _wanted(item)
    names = [name for one in wanted.values() for name in one.names]
    ids = [one.id for one in wanted.values() if one.id is not None]
    people = await room.entered(work, names, ids)
    judged = await room.judged(work, people, list(wanted.values()))
    for (n, one), problems in zip(wanted.items(), judged.problems, strict=True):
        if problems:
            came[n] = Came("rejected", None, problems)
        elif not one.names and one.id is None:
            came[n] = Came("rejected", None, [_NOBODY])
        else:
            came[n] = upsert(people.naming, one, judged.granted, work.now)
    await store(work, people.family, people.naming.new)
    return ContactOutcomes([_outcome(n, came[n], people) for n in sorted(came)])


async def archive_contacts(work: Work, data: ContactReferences) -> ContactOutcomes:
    """Archive the contact that each reference leads to."""
    work.needs(Scope.CONTACTS_WRITE)
    names, ids = _referred(data.items)
    people = await room.entered(work, names, ids)
    found: list[ContactOutcome] = []
    for n, one in enumerate(data.items):
        person = _who(people, one)
        if person is None:
            found.append(ContactOutcome(n, None, "not_found", []))
            continue
        root = people.family.root(person)
        did = "unchanged" if root.archived_at is not None else ARCHIVED
        if did == ARCHIVED:
            root.archived_at = work.now
            people.family.tell(root, "archived_at", verb=ARCHIVED)
        found.append(ContactOutcome(n, str(root.id), did, []))
    await store(work, people.family)
    return ContactOutcomes(found)


async def lookup(work: Work, data: ContactReferences) -> ContactsFound:
    """Whom references lead to: two statements for any number."""
    work.needs(Scope.CONTACTS_READ)
    names, ids = _referred(data.items)
    named = {name: identity(work.caller.workspace_id, *name) for name in names}
    known = await owners(work, named.values()) if named else {}
    found = await reads.documents(work, [*known.values(), *ids])
    items = []
    for n, one in enumerate(data.items):
        which = one.id or known.get(named[one.source or "", one.value or ""])
        document = None if which is None else found.get(which)
        shown = None if document is None else msgspec.Raw(document.json.encode())
        items.append(ContactFound(n, None if document is None else str(document.id), shown))  # type: ignore[arg-type]
    return ContactsFound(items)


def _wanted(item: ContactUpsert) -> Wanted:
    given = item.model_fields_set
    return Wanted(
        list(dict.fromkeys((one.source, one.value) for one in item.identifiers)),
        item.traits,
        item.account_id if "account_id" in given else UNSET,
        item.test if "test" in given else UNSET,
        item.source_updated_at,
        item.id,
    )


def _outcome(place: int, came: Came, people: Room) -> ContactOutcome:
    at = pointer("items", place)
    root = None if came.person is None else people.family.root(came.person)
    return ContactOutcome(
        place,
        None if root is None else str(root.id),
        came.outcome,
        [ContactOffence(at + one.pointer, one.code, one.detail) for one in came.problems],
    )


def _referred(items: Sequence[ContactReference]) -> tuple[list[tuple[str, str]], list[UUID]]:
    names = [(one.source or "", one.value or "") for one in items if one.id is None]
    return names, [one.id for one in items if one.id is not None]


def _who(people: Room, one: ContactReference) -> Person | None:
    if one.id is not None:
        return people.family.people.get(one.id)
    return people.naming.of(one.source or "", one.value or "")
