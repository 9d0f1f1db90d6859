"""People as resources: made, changed, archived, by id and by what other systems call them."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from msgspec import UNSET

from service.domain import patching
from service.domain.contacts.family import ARCHIVED, Person
from service.domain.contacts.person import reads, room, shape
from service.domain.contacts.person.inputs import ContactList, ContactSearch, NewContact
from service.domain.contacts.person.room import Name, Room
from service.domain.contacts.reads import owners
from service.domain.contacts.traits import same
from service.domain.contacts.upserting import Wanted, is_older, refusal, restore, upsert
from service.domain.contacts.writes import store
from service.domain.errors import (
    AlreadyExists,
    Invalid,
    NotFound,
    Problem,
    StaleVersion,
)
from service.domain.identities import identity
from service.domain.inputs import Input, checked
from service.domain.keys import repeated
from service.domain.known import Expected
from service.domain.listing import ListQuery, PageOf
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.shapes import Selection
from service.domain.statements import as_json
from service.domain.work import Scope, Work


class Contacts(Resource):
    """Real people. One who was merged into another is shown, and changed by id, as that one; what
    comes by an identifier goes to the contact that has it.
    """

    async def documents(
        self, work: Work, ids: Sequence[UUID], selection: Selection | None = None
    ) -> dict[UUID, Document]:
        """As whom each is shown."""
        work.needs(self.reads)
        return await reads.documents(work, ids, selection)

    async def one_known_as(self, work: Work, source: str, external_id: str) -> Document:
        """The one who has this identifier. Raises `NotFound`."""
        work.needs(self.reads)
        which = identity(work.caller.workspace_id, source, external_id)
        owner = (await owners(work, [which])).get(which)
        if owner is None:
            raise NotFound(self.kind, f"{source}/{external_id}")
        return await self.one(work, owner)

    async def search(self, work: Work, data: ContactSearch) -> PageOf:
        """One page of those for whom a condition holds. Raises `Invalid`."""
        work.needs(self.reads)
        asked = data.model_dump(exclude_unset=True)
        if asked.get("filter") is not None:
            asked["filter"] = as_json(asked["filter"])
        return await self.page(work, cast(ListQuery, checked(ContactList, asked)))

    # -- writing ---------------------------------------------------------------------------

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """Somebody new. Raises `AlreadyExists` for an identifier that another has."""
        work.needs(self.writes)
        wanted = _new(data)
        wanted.id = resource_id
        people = await room.entered(work, wanted.names)
        return await self._write(work, people, wanted)

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """A JSON merge patch of what is shown; identifiers sent are all that it keeps."""
        work.needs(self.writes)
        people, person = await self._opened(work, resource_id, expected, data)
        return await self._patch(work, people, person, data, as_shown=True)

    async def replace(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """All members anew, out of the archive too; identifiers stay unless given."""
        work.needs(self.writes)
        people, person = await self._opened(work, resource_id, expected, data)
        return await self._replace(work, people, person, data, as_shown=True)

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """Archive it: lists leave it out, nothing of it is lost, and nobody has to let go."""
        del detach
        work.needs(self.writes)
        people, person = await self._opened(work, resource_id, expected)
        if person.archived_at is None:
            person.archived_at = work.now
            people.family.tell(person, "archived_at", verb=ARCHIVED)
            await store(work, people.family)

    async def restored(self, work: Work, resource_id: UUID, expected: Expected = None) -> Document:
        """Out of the archive."""
        work.needs(self.writes)
        people, person = await self._opened(work, resource_id, expected)
        restore(people.family, person)
        await store(work, people.family)
        return await self._shown(work, person)

    # -- the same by what another system calls them --------------------------------------------

    async def put_as(
        self,
        work: Work,
        source: str,
        external_id: str,
        data: Input,
        expected: Expected = None,
        *,
        there: bool | None = None,
    ) -> tuple[Document, bool]:
        """Make or replace whoever has this identifier; more identifiers are added."""
        work.needs(self.writes)
        name = (source, external_id)
        people = await room.entered(work, [name, *_names(data)])
        person = people.naming.of(*name)
        if (there is not None and there is (person is None)) or (person is None and expected):
            raise StaleVersion
        if person is None:
            wanted = _new(data)
            wanted.names = [name, *(one for one in wanted.names if one != name)]
            return await self._write(work, people, wanted), True
        _must_be(people.family.root(person), expected)
        return await self._replace(work, people, person, data, as_shown=False), False

    async def patch_as(
        self, work: Work, source: str, external_id: str, data: Input, expected: Expected = None
    ) -> Document:
        """`patch` of whoever has this identifier; more identifiers are added."""
        work.needs(self.writes)
        people, person = await self._named(work, (source, external_id), expected, data)
        return await self._patch(work, people, person, data, as_shown=False)

    async def remove_as(
        self,
        work: Work,
        source: str,
        external_id: str,
        expected: Expected = None,
        *,
        detach: bool = False,
    ) -> None:
        """Archive whoever has this identifier."""
        work.needs(self.writes)
        _, person = await self._named(work, (source, external_id), expected)
        await self.remove(work, person.id, expected, detach=detach)

    # -- steps of the above ----------------------------------------------------------------

    async def _opened(
        self, work: Work, resource_id: UUID, expected: Expected, data: Input | None = None
    ) -> tuple[Room, Person]:
        people = await room.entered(work, _names(data), [resource_id])
        if resource_id not in people.family.people:
            raise NotFound(self.kind, resource_id)
        person = people.family.root(people.family[resource_id])
        _must_be(person, expected)
        return people, person

    async def _named(
        self, work: Work, name: Name, expected: Expected, data: Input | None = None
    ) -> tuple[Room, Person]:
        people = await room.entered(work, [name, *_names(data)])
        person = people.naming.of(*name)
        if person is None:
            raise NotFound(self.kind, "/".join(name))
        _must_be(people.family.root(person), expected)
        return people, person

    async def _patch(
        self, work: Work, people: Room, person: Person, data: Input, *, as_shown: bool
    ) -> Document:
        family = people.family
        shown = family.shown(family.root(person)).values if as_shown else person.traits.values

        async def _stored(_: Sequence[str]) -> Mapping[str, Any]:
            return {"traits": shown}

        members = await patching.members(self.new, data, _stored)
        wanted = _wanted(members)
        if "traits" in members:
            sent = getattr(data, "traits", None) or {}
            wanted.traits = {
                n: v
                for n, v in members["traits"].items()
                if n in sent or n not in shown or not same(shown[n], v)
            } | dict.fromkeys(n for n in (*shown, *sent) if n not in members["traits"])
        wanted.person, wanted.id = person, person.id if as_shown else None
        exact = as_shown and "identifiers" in members
        return await self._write(work, people, wanted, exact=exact)

    async def _replace(
        self, work: Work, people: Room, person: Person, data: Input, *, as_shown: bool
    ) -> Document:
        members = data.model_dump()
        family = people.family
        shown = family.shown(family.root(person)).values if as_shown else person.traits.values
        wanted = _wanted(members)
        wanted.traits = {**dict.fromkeys((*shown, *person.hidden)), **members["traits"]}
        wanted.person, wanted.id = person, person.id if as_shown else None
        restore(family, person)
        exact = as_shown and "identifiers" in data.model_fields_set
        return await self._write(work, people, wanted, exact=exact)

    async def _write(
        self, work: Work, people: Room, wanted: Wanted, *, exact: bool = False
    ) -> Document:
        """What is wanted, `exact` where the names sent are all that it keeps."""
        held: dict[Name, UUID] = {}
        if wanted.person is not None and is_older(wanted.person, wanted):
            return await self._shown(work, wanted.person)
        if exact and wanted.person is not None:
            root = people.family.root(wanted.person)
            held = await reads.names_of(work, [one.id for one in people.family.tree(root)])
        wanted.correcting = Scope.PRIVACY in work.caller.scopes
        judged = await room.judged(work, people, [wanted])
        if judged.problems[0]:
            raise Invalid(judged.problems[0])
        came = upsert(people.naming, wanted, judged.granted, work.now)
        if came.outcome == "conflict":
            raise AlreadyExists("Another contact has this identifier.", came.problems)
        if came.outcome == "rejected" or came.person is None:
            raise refusal(came.problems)
        gone = [which for name, which in held.items() if name not in wanted.names]
        if gone:
            people.family.tell(came.person, "identifiers")
        await store(work, people.family, people.naming.new, gone)
        return await self._shown(work, came.person)

    async def _shown(self, work: Work, person: Person) -> Document:
        return (await reads.documents(work, [person.id]))[person.id]


def _must_be(root: Person, expected: Expected) -> None:
    if expected is not None and root.version not in expected:
        raise StaleVersion


def _names(data: Input | None) -> list[Name]:
    given = getattr(data, "identifiers", None) or []
    return [(one.source, one.value) for one in given]


def _new(data: Input) -> Wanted:
    """Somebody new. Whose account they are is told where it is sent, be it nobody's."""
    unsaid = {"account_id"} - data.model_fields_set
    wanted = _wanted(data.model_dump(exclude=unsaid))
    wanted.is_new = True
    return wanted


def _wanted(members: Mapping[str, Any]) -> Wanted:
    """What members say; what is not among them stays. Raises `Invalid` for a name given twice."""
    names = [(one["source"], one["value"]) for one in members.get("identifiers") or ()]
    if again := repeated([f"{source}\0{value}" for source, value in names]):
        raise Invalid([Problem(f"/identifiers/{n}", "repeated", "is given twice") for n in again])
    return Wanted(
        names,
        members.get("traits") or {},
        members.get("account_id", UNSET),
        members.get("test", UNSET),
        members.get("source_updated_at"),
    )


CONTACTS = Contacts(
    "contact",
    shape.CONTACT,
    shape.CONTACTS,
    NewContact,
    reads=Scope.CONTACTS_READ,
    writes=Scope.CONTACTS_WRITE,
)
