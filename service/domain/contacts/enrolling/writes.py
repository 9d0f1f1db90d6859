"""Putting a contact on a map by hand, and taking that back: rows are added, none changes."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Text, Uuid, bindparam, exists, func, literal_column, select

from service.domain import paging, references
from service.domain.contacts.consents.rule.reads import excluded_since
from service.domain.contacts.consents.shape import ANALYTICS
from service.domain.contacts.enrolling import shape
from service.domain.contacts.enrolling.inputs import PLACES, EnrolmentList, NewEnrolment
from service.domain.contacts.tables import contacts, enrolments
from service.domain.contacts.upserting import AHEAD, Restricted
from service.domain.errors import DomainError, Invalid, Kind, NotFound, Problem, StaleVersion
from service.domain.ids import new_id
from service.domain.journeys import DRAFT, MapState, NeverPublished, Reference, map_states
from service.domain.known import Expected
from service.domain.paging import PageOf
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work


class NotPermitted(DomainError):
    """The person may not be analysed: they withdrew, or never granted where that is needed."""

    kind, code = Kind.CONFLICT, "analytics_not_permitted"


class AlreadyWithdrawn(DomainError):
    """An enrolment is taken back once, and a withdrawal never."""

    kind, code = Kind.CONFLICT, "already_withdrawn"


class _Step(Struct):
    id: UUID
    key: str


class _Stage(Struct):
    id: UUID
    key: str
    steps: list[_Step]


class _Map(Struct):
    stages: list[_Stage]


class _Place(NamedTuple):
    revision: int | None
    stage: _Stage
    step: _Step | None


class Enrolments(Resource):
    """Contacts at places of maps, put there by hand."""

    async def enrol(self, work: Work, contact_id: UUID, data: NewEnrolment) -> Document:
        """Put a contact at a step or stage of the revision in force then, or of the draft of a map
        that was never published. It needs `maps:read` too.

        Raises `NotFound` for the contact, `Restricted`, `NotPermitted`, and `Invalid` for a
        place that the map does not have and a time that cannot be.
        """
        work.needs(self.writes)
        await _permitted(work, contact_id)
        at = data.at or work.now
        if at > work.now + AHEAD:
            raise Invalid([Problem("/at", "in_future", "is more than a day ahead")])
        place = await _place(work, data, Reference(at=at))
        values = {
            "contact_id": contact_id,
            "journey_id": data.journey_id,
            "revision": place.revision,
            "stage_id": place.stage.id,
            "stage_key": place.stage.key,
            "step_id": place.step and place.step.id,
            "step_key": place.step and place.step.key,
            "at": at,
            "note": data.note,
            "withdraws_id": None,
        }
        return await self.insert(work, new_id(), values | _by(work))

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """Take an enrolment back: another row says so, and the first one stays.

        Raises `NotFound`, `StaleVersion`, `AlreadyWithdrawn`.
        """
        del detach
        work.needs(self.writes)
        await references.one_at_a_time(work, "withdrawals of enrolments")
        rows = await work.rows(_STORED, ids=[resource_id])
        found = {row["id"]: dict(row) for row in rows}
        if resource_id not in found:
            raise NotFound(self.kind, resource_id)
        stored = found[resource_id]
        if expected is not None and stored["version"] not in expected:
            raise StaleVersion
        if stored["withdraws_id"] is not None or len(found) > 1:
            raise AlreadyWithdrawn("This was taken back already, or takes back itself.")
        values = {name: stored[name] for name in _KEPT}
        again = {"note": None, "withdraws_id": resource_id}
        await self.insert(work, new_id(), values | again | _by(work))

    async def of_contact(self, work: Work, contact_id: UUID, query: EnrolmentList) -> PageOf:
        """One page of where a person was put, and of what was taken back; whichever of the contacts
        shown as one was named then. Raises `NotFound`, and what `paging.page` does.
        """
        work.needs(self.reads)
        root = await work.value(_ROOT, contact_id=contact_id)
        if root is None:
            raise NotFound("contact", contact_id)
        return await paging.page(work, self.listing, query, root_id=root)


def _by(work: Work) -> dict[str, Any]:
    return {"person": work.caller.person, "key_id": work.caller.key_id}


async def _permitted(work: Work, contact_id: UUID) -> None:
    """Placing people on maps is analysis. Raises `NotFound`, or why the person may not be."""
    found = await work.value(_PERSON, contact_id=contact_id)
    if found is None:
        raise NotFound("contact", contact_id)
    restricted, excluded = found
    if restricted:
        raise Restricted("What is held of this person is kept, and used for nothing.")
    if excluded:
        raise NotPermitted("This person does not permit analysis.")


async def _place(work: Work, data: NewEnrolment, then: Reference) -> _Place:
    """Where that is on the map as it was in force. Raises `Invalid`."""
    asked = [(data.journey_id, then), (data.journey_id, Reference())]
    revised, draft = await map_states(work, asked)
    state = draft if isinstance(revised, NeverPublished) else revised
    if isinstance(state, NotFound):
        raise Invalid([Problem("/journey_id", "unknown_reference", "there is no such journey")])
    if not isinstance(state, MapState):
        raise Invalid([Problem("/at", state.code, state.detail)])
    revision = None if state.revision == DRAFT else int(state.revision)
    for stage in msgspec.json.decode(state.json, type=_Map).stages:
        if stage.id == data.stage_id or stage.key == data.stage_key:
            return _Place(revision, stage, None)
        for step in stage.steps:
            if step.id == data.step_id or step.key == data.step_key:
                return _Place(revision, stage, step)
    name = next(name for name in PLACES if getattr(data, name) is not None)
    part = name.partition("_")[0]
    detail = f"the map had no such {part} then"
    raise Invalid([Problem(f"/{name}", "unknown_reference", detail)])


_KEPT = (
    *("contact_id", "journey_id", "revision", "stage_id", "stage_key", "step_id", "step_key", "at"),
)
_IS_IT = (
    contacts.c.workspace_id == WORKSPACE,
    contacts.c.id == bindparam("contact_id", type_=Uuid()),
)


def _person() -> Statement:
    """Whether a person is restricted, and whether they are left out of analysis."""
    asked, same = contacts.alias("asked"), contacts.alias("same")
    restricted = exists().where(
        same.c.workspace_id == WORKSPACE,
        same.c.root_id == asked.c.root_id,
        same.c.restricted_at.is_not(None),
    )
    purpose = literal_column(f"'{ANALYTICS}'", Text)
    since = excluded_since(asked, purpose, bindparam("now", type_=instant))
    return Statement(
        select(func.row(restricted, since.is_not(None))).where(
            asked.c.workspace_id == WORKSPACE,
            asked.c.id == bindparam("contact_id", type_=Uuid()),
        )
    )


_PERSON = _person()
_ROOT = Statement(select(contacts.c.root_id).where(*_IS_IT))
_ANY = func.any(uuids("ids"))
_STORED = Statement(
    select(enrolments).where(
        enrolments.c.workspace_id == WORKSPACE,
        (enrolments.c.id == _ANY) | (enrolments.c.withdraws_id == _ANY),
    )
)

ENROLMENTS = Enrolments(
    "enrolment",
    shape.ENROLMENT,
    shape.LISTED,
    NewEnrolment,
    reads=Scope.CONTACTS_READ,
    writes=Scope.CONTACTS_WRITE,
)
