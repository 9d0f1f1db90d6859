"""What callers say of people, taken into memory: who is meant, what changes, what comes of it.

Plain values in and out; nothing is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from service.domain.contacts.family import Family, Person
from service.domain.contacts.linking import Naming
from service.domain.contacts.traits import UNMARKED, marked, outweighs, overfull
from service.domain.errors import DomainError, Invalid, Kind, Problem, pointer
from service.domain.ids import new_id

Outcome = Literal["created", "updated", "unchanged", "conflict", "rejected"]


class Wanted(Struct):
    """What a caller wants of one contact; what is unset stays as it is.

    By `id` it is of the contact as it is shown, by names (source and value of identifiers) of the
    one that has the first of them; `person` is whom the caller found already. `ungranted` are
    problems that hold unless the person granted that sensitive traits are kept. Only who is
    `correcting` what is held changes anything of a restricted person.
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
    correcting: bool = False


class Restricted(DomainError):
    """What is held of a restricted person is kept as it is."""

    kind, code = Kind.CONFLICT, "restricted"


AHEAD = timedelta(days=1)
"""How far a clock may go wrong. A time beyond would outlast every later word."""
_AHEAD = Problem("/source_updated_at", "in_future", "is more than a day ahead")
ONLY_KEPT = Problem("", Restricted.code, "is restricted: what is held of them is only kept")


class Came(Struct):
    """What came of it: the contact, if one is meant, and why nothing was done."""

    outcome: Outcome
    person: Person | None = None
    problems: Sequence[Problem] = ()


def upsert(naming: Naming, wanted: Wanted, granted: frozenset[UUID], now: datetime) -> Came:
    """Make or change whom the identifiers name.

    Identifiers of two people are a conflict: they are not merged unasked. What is older than the
    last word of the caller's system changes nothing. A restricted person is told of, that whoever
    keeps a copy may send it again once the restriction is lifted.
    """
    held = [naming.of(*name) for name in wanted.names]
    conflicts, meant = _meant(naming.family, wanted, held)
    if conflicts:
        return Came("conflict", None, conflicts)
    person = meant or Person(wanted.id or new_id())
    if wanted.source_updated_at is not None and wanted.source_updated_at > now + AHEAD:
        return Came("rejected", meant, [_AHEAD])
    if problems := _kept_out(naming.family, person, wanted, granted):
        return Came("rejected", meant, problems)
    if is_older(person, wanted):
        return Came("unchanged", person)
    if meant is None:
        naming.family.add(person)
    new = [name for name, owner in zip(wanted.names, held, strict=True) if owner is None]
    did = _changed(naming, person, wanted, new, now)
    if meant is None:
        return Came("created", person)
    return Came("updated" if did else "unchanged", person)


def _meant(
    family: Family, wanted: Wanted, held: Sequence[Person | None]
) -> tuple[list[Problem], Person | None]:
    """Whom an item means: the contact that has its first known identifier, of those who have."""
    named = [(n, person) for n, person in enumerate(held) if person is not None]
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


def _kept_out(
    family: Family, person: Person, wanted: Wanted, granted: frozenset[UUID]
) -> Sequence[Problem]:
    """Why nothing of the kind may be stored of this person."""
    if not wanted.correcting and family.is_restricted(person):
        return [ONLY_KEPT]
    if wanted.ungranted and person.id not in granted:
        return wanted.ungranted
    if why := overfull(person.traits, wanted.traits, public=False):
        return [Problem("/traits", "too_large", why)]
    return ()


def _taken(place: int, detail: str) -> Problem:
    return Problem(pointer("identifiers", place), "identifies_another", detail)


def is_older(person: Person, wanted: Wanted) -> bool:
    """Whether what is wanted is older than the last word of the caller's system."""
    held, sent = person.source_updated_at, wanted.source_updated_at
    return held is not None and sent is not None and sent < held


def _changed(
    naming: Naming,
    person: Person,
    wanted: Wanted,
    new: Iterable[tuple[str, str]],
    now: datetime,
) -> bool:
    family, members = naming.family, set()
    for name in new:
        naming.give(person, *name)
        members.add("identifiers")
    mark = marked(min(wanted.source_updated_at or now, now), public=False)
    if wanted.account_id is not UNSET and not outweighs(person.account_mark or UNMARKED, mark):
        person.account_mark = mark
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
    as_shown = wanted.id is not None
    put = family.put(person, dict(wanted.traits), mark, as_shown=as_shown)
    return bool(members - {"source_updated_at"}) or put


def refusal(problems: Sequence[Problem]) -> DomainError:
    """What stops the change of one contact that was rejected."""
    if ONLY_KEPT in problems:
        return Restricted("This contact is restricted: what is held of it is only kept.")
    return Invalid(problems)


def restore(family: Family, person: Person) -> None:
    """Take one out of the archive."""
    root = family.root(person)
    if root.archived_at is not None:
        root.archived_at = None
        family.tell(root, "archived_at")
