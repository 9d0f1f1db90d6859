"""What messages of the tracking protocol make of people: who is new, who is whom, what is known.

Plain values in and out; nothing is asked. Messages are taken in their order.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from service.domain.contacts.family import Family, Merge, Person
from service.domain.contacts.identified import Identified
from service.domain.contacts.traits import Rules, marked, outweighs
from service.domain.identities import ANONYMOUS, GROUP, USER, identity
from service.domain.ids import new_id

BY_MESSAGE = Rules({}, "newest")
"""How two are shown whom a message says are one."""
MOST_MERGED = 1_000
"""Anonymous ids that become one person; a device that gives itself more is no person."""


class Naming:
    """The identifiers of one workspace in memory: whose they are, and those that are new."""

    def __init__(
        self,
        workspace_id: UUID,
        owners: Mapping[UUID, UUID],
        family: Family,
        ids: Mapping[tuple[str, str], UUID] | None = None,
    ) -> None:
        self.workspace_id = workspace_id
        self.owners = dict(owners)
        self.family = family
        self.new: list[dict[str, Any]] = []
        self.ids = dict(ids or {})

    def identity(self, source: str, value: str) -> UUID:
        """The id of an identifier, made once."""
        name = (source, value)
        if name not in self.ids:
            self.ids[name] = identity(self.workspace_id, source, value)
        return self.ids[name]

    def of(self, source: str, value: str) -> Person | None:
        """Whose an identifier is, if anybody's."""
        owner = self.owners.get(self.identity(source, value))
        return None if owner is None else self.family[owner]

    def give(self, person: Person, source: str, value: str) -> None:
        """Name somebody so; nobody may have the name."""
        which = self.identity(source, value)
        self.owners[which] = person.id
        person.known |= source != ANONYMOUS
        self.new.append({"id": which, "source": source, "value": value, "contact_id": person.id})

    def ensured(self, source: str, value: str) -> Person:
        """Whose an identifier is; somebody new if nobody's."""
        found = self.of(source, value)
        if found is None:
            found = self.family.add(Person(new_id()))
            self.give(found, source, value)
        return found


def names(message: Identified) -> list[tuple[str, str]]:
    """The identifiers that a message needs to be known: source and value of each."""
    found = [(USER, message.user_id), (ANONYMOUS, message.anonymous_id)]
    if message.kind != "identify":
        found = [pair for pair in found if pair[1] is not None][:1]
    if message.kind == "alias":
        found += [(USER, message.previous_id), (ANONYMOUS, message.previous_id)]
    return [(source, value) for source, value in found if value is not None]


def link(naming: Naming, message: Identified, now: datetime) -> tuple[Person | None, bool]:
    """Take one message; whom it is about, None if it names nobody, and whether all whom it says are
    one are so now.
    """
    user = None if message.user_id is None else naming.ensured(USER, message.user_id)
    anonymous = None
    if message.anonymous_id is not None and (user is None or message.kind == "identify"):
        anonymous = naming.ensured(ANONYMOUS, message.anonymous_id)
    about, joined = user or anonymous, True
    if user is not None and anonymous is not None:
        joined = _tie(naming, user, anonymous, "identify", now, both_known=False)
    if about is not None and message.kind == "alias" and message.previous_id is not None:
        before = _previous(naming, message.previous_id, public=message.public)
        joined = _tie(naming, about, before, "alias", now, both_known=not message.public)
    return about, joined


def join(person: Person, account_id: UUID, message: Identified, now: datetime) -> bool:
    """Make somebody one of an organisation's; whether that is news."""
    mark = marked(min(message.at, now), public=message.public)
    before = person.account_mark
    if before is not None and outweighs(before, mark):
        return False
    person.account_mark = mark
    person.is_written = True
    is_news = person.account_id != account_id
    person.account_id = account_id
    return is_news


def group_identity(workspace_id: UUID, group_id: str) -> UUID:
    """The id of an organisation that a message is the first to name."""
    return identity(workspace_id, GROUP, group_id)


def _previous(naming: Naming, value: str, *, public: bool) -> Person:
    """Whom an alias speaks of: a user of this name, else an anonymous one, else somebody new.

    A public key makes no user's name its own before the user has come.
    """
    found = naming.of(USER, value) or naming.of(ANONYMOUS, value)
    if found is None:
        found = naming.ensured(ANONYMOUS, value)
        if not public:
            naming.give(found, USER, value)
    return found


def _tie(
    naming: Naming, winner: Person, other: Person, by: str, now: datetime, *, both_known: bool
) -> bool:
    """Show the other as the winner, unless both are known and that does not suffice; whether they
    are one now.
    """
    family = naming.family
    loser = family.root(other)
    if loser is family.root(winner):
        return True
    if not both_known and family.is_known(loser):
        return False
    if len(family.below.get(winner.id, ())) >= MOST_MERGED:
        return False
    family.merge(winner, loser, Merge(new_id(), BY_MESSAGE, now, by))
    return True
