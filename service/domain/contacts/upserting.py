"""What callers say of people, taken into memory: who is meant, what changes, what comes of it.

Plain values in and out; nothing is asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from service.domain.contacts.family import Family, Person
from service.domain.contacts.linking import Naming
from service.domain.contacts.traits import OVERFULL, marked, overfull
from service.domain.errors import Problem, pointer
from service.domain.ids import new_id

Outcome = Literal["created", "updated", "unchanged", "conflict", "rejected"]


class Wanted(Struct):
    """What a caller wants of one contact; what is unset stays as it is.

    By `id` it is of the contact as it is shown, by names (source and value of identifiers) of the
    one that has the first of them; `person` is whom the caller found already. `ungranted` are
    problems that hold unless the person granted that sensitive traits are kept.
    """

    names: Sequence[tuple[str, str]] = ()
    traits: Mapping[str, Any] = {}
    account_id: UUID | UnsetType | None = UNSET
    test: bool | UnsetType = UNSET
    source_updated_at: datetime | None = None
    id: UUID | None = None
    person: Person | None = None
    is_new: bool = False
    ungranted: Sequence[Problem] = ()


class Came(Struct):
    """What came of it: the contact, if one is meant, and why nothing was done."""

    outcome: Outcome
    person: Person | None = None
    problems: Sequence[Problem] = ()


def upsert(naming: Naming, wanted: Wanted, granted: frozenset[UUID], now: datetime) -> Came:
    """Make or change whom the identifiers name.

    Identifiers of two people are a conflict: they are not merged unasked. What is older than the
    last word of the caller's system changes nothing.
    """
    problems, meant = _meant(naming, wanted)
    if problems:
        return Came("conflict", None, problems)
    person = meant or Person(wanted.id or new_id())
    if wanted.ungranted and person.id not in granted:
        return Came("rejected", meant, wanted.ungranted)
    if overfull(person.traits, wanted.traits):
        return Came("rejected", meant, [Problem("/traits", "too_large", OVERFULL)])
    if is_older(person, wanted):
        return Came("unchanged", person)
    if meant is None:
        naming.family.add(person)
    did = _changed(naming, person, wanted, now)
    if meant is None:
        return Came("created", person)
    return Came("updated" if did else "unchanged", person)


def _meant(naming: Naming, wanted: Wanted) -> tuple[list[Problem], Person | None]:
    """Whom an item means: the contact that has its first known identifier."""
    family = naming.family
    held = [(n, naming.of(*name)) for n, name in enumerate(wanted.names)]
    named = [(n, person) for n, person in held if person is not None]
    if wanted.is_new:
        return [_taken(n, "is another contact's") for n, _ in named], None
    first = wanted.person or (named[0][1] if named else None)
    if wanted.person is None and wanted.id is not None:
        if wanted.id not in family.people:
            return [Problem("/id", "unknown_reference", "there is no such contact")], None
        first = family.root(family[wanted.id])
    if first is None:
        return [], None
    root = family.root(first)
    others = [n for n, person in named if family.root(person) is not root]
    return [_taken(n, "is another contact's than the first") for n in others], first


def _taken(place: int, detail: str) -> Problem:
    return Problem(pointer("identifiers", place), "identifies_another", detail)


def is_older(person: Person, wanted: Wanted) -> bool:
    """Whether what is wanted is older than the last word of the caller's system."""
    held, sent = person.source_updated_at, wanted.source_updated_at
    return held is not None and sent is not None and sent < held


def _changed(naming: Naming, person: Person, wanted: Wanted, now: datetime) -> bool:
    family, members = naming.family, set()
    for name in wanted.names:
        if naming.of(*name) is None:
            naming.give(person, *name)
            members.add("identifiers")
    if wanted.account_id is not UNSET:
        person.account_mark = marked(now, public=False)
        if person.account_id != wanted.account_id:
            person.account_id = wanted.account_id
            members.add("account_id")
    if wanted.test is not UNSET and person.test != wanted.test:
        person.test = wanted.test
        members.add("test")
    if wanted.source_updated_at not in (None, person.source_updated_at):
        person.source_updated_at = wanted.source_updated_at
        members.add("source_updated_at")
    if members:
        family.tell(person, *members)
    at = min(wanted.source_updated_at or now, now)
    as_shown = wanted.id is not None
    put = family.put(person, dict(wanted.traits), marked(at, public=False), as_shown=as_shown)
    return bool(members - {"source_updated_at"}) or put


def restore(family: Family, person: Person) -> None:
    """Take one out of the archive."""
    root = family.root(person)
    if root.archived_at is not None:
        root.archived_at = None
        family.tell(root, "archived_at")
