"""The states of maps, read: revisions by number, by instant, the last, and drafts beside them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain import reading
from service.domain.errors import DomainError, NotFound
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.revisions.referring import DRAFT, MOST, Place, Reference
from service.domain.journeys.revisions.shape import REVISION
from service.domain.journeys.revisions.stating import NeverPublished, RevisionNotFound, State
from service.domain.journeys.revisions.tables import revisions
from service.domain.journeys.tables import journeys, step_touchpoints, touchpoints
from service.domain.reading import Document
from service.domain.shapes import document
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work

Asked = tuple[UUID, Reference]
NONE = MOST
"""A number that no revision will ever have, for those that no column holds."""


async def state(work: Work, journey_id: UUID, reference: Reference) -> State:
    """One state of a map. Raises `NotFound`, `RevisionNotFound`, `NeverPublished`."""
    work.needs(Scope.MAPS_READ)
    found = (await states(work, [(journey_id, reference)]))[0]
    if isinstance(found, DomainError):
        raise found
    return found


async def states(work: Work, asked: Sequence[Asked]) -> list[State | DomainError]:
    """For each the state, or why there is none: one statement for drafts, one for revisions."""
    work.needs(Scope.MAPS_READ)
    now = [which for which, reference in asked if reference.is_draft]
    drafts = await reading.documents(work, JOURNEYS.shape, now) if now else {}
    then = [one for one in asked if not one[1].is_draft]
    revised = await _revised(work, then) if then else {}
    return [
        _draft(one[0], drafts.get(one[0])) if one[1].is_draft else revised[one] for one in asked
    ]


async def both(work: Work, journey_id: UUID, base: Place, other: Place) -> tuple[State, State]:
    """Two states of a map, or of two maps: what `comparison` takes.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished` for either.
    """
    work.needs(Scope.MAPS_READ)
    asked = [(one.journey_id or journey_id, one.reference) for one in (base, other)]
    found = await states(work, asked)
    for one in found:
        if isinstance(one, DomainError):
            raise one
    first, second = (one for one in found if not isinstance(one, DomainError))
    return first, second


async def numbered(work: Work, journey_id: UUID, number: int) -> Document:
    """A revision with its map. Raises `NotFound`, `RevisionNotFound`."""
    work.needs(Scope.MAPS_READ)
    row = await work.value(_NUMBERED, journey_id=journey_id, number=min(number, NONE))
    if row is None:
        raise await missing(work, journey_id, number)
    return Document(*row)


async def missing(work: Work, journey_id: UUID, number: int) -> DomainError:
    """Why there is no revision of this number."""
    work.needs(Scope.MAPS_READ)
    if not await reading.documents(work, JOURNEYS.shape, [journey_id], {"id": None}):
        return NotFound("journey", journey_id)
    return RevisionNotFound(f"This journey has no revision {number}.")


def _draft(journey_id: UUID, found: Document | None) -> State | DomainError:
    if found is None:
        return NotFound("journey", journey_id)
    return State(journey_id, DRAFT, found.version, found.json)


async def _revised(work: Work, asked: Sequence[Asked]) -> dict[Asked, State | DomainError]:
    rows = await work.value(
        _STATES,
        journey_ids=[which for which, _ in asked],
        numbers=[reference.number for _, reference in asked],
        instants=[reference.at for _, reference in asked],
    )
    found: dict[Asked, State | DomainError] = {one: NotFound("journey", one[0]) for one in asked}
    for place, published, number, version, shown in rows or ():
        which, reference = asked[place - 1]
        if number is None:
            found[which, reference] = _none(reference, published=published)
        else:
            found[which, reference] = State(which, number, version, shown)
    return found


def _none(reference: Reference, *, published: bool) -> DomainError:
    if reference.number is not None:
        return RevisionNotFound(f"This journey has no revision {reference.number}.")
    if not published:
        return NeverPublished()
    at = (reference.at or datetime.min).isoformat()
    return RevisionNotFound(f"No revision of this journey was in force at {at}.")


def _is_published(row: FromClause) -> ColumnElement[bool]:
    return row.c.kind == literal_column("'published'", Text)


def _of(row: FromClause, owner: FromClause) -> ColumnElement[bool]:
    mine = row.c.workspace_id == owner.c.workspace_id
    return and_(mine, row.c.journey_id == owner.c.id)


def _states() -> Statement:
    """For each that is asked, the revision: of those that had begun, the one published last."""
    asked = (
        func.unnest(
            uuids("journey_ids"),
            bindparam("numbers", type_=ARRAY(Integer)),
            bindparam("instants", type_=ARRAY(instant)),
        )
        .table_valued("journey_id", "number", "at", with_ordinality="place")
        .render_derived()
        .alias("asked")
    )
    row, earlier, any_ = (revisions.alias(name) for name in ("row", "earlier", "any_of_it"))
    is_first = ~exists().where(
        _of(earlier, journeys), _is_published(earlier), earlier.c.number < row.c.number
    )
    # The first one holds from the beginning, unless it says from when on.
    begins = or_(
        func.coalesce(row.c.effective_from, row.c.published_at) <= asked.c.at,
        and_(row.c.effective_from.is_(None), is_first),
    )
    meant = case(
        (asked.c.number.is_not(None), row.c.number == asked.c.number),
        else_=and_(_is_published(row), or_(asked.c.at.is_(None), begins)),
    )
    one = (
        select(row.c.number, row.c.journey_version, cast(row.c.document, Text).label("shown"))
        .where(_of(row, journeys), meant)
        .correlate(asked, journeys)
        .order_by(row.c.number.desc())
        .limit(literal_column("1"))
        .lateral("one")
    )
    is_it = and_(journeys.c.workspace_id == WORKSPACE, journeys.c.id == asked.c.journey_id)
    published = exists().where(_of(any_, journeys), _is_published(any_)).correlate(journeys)
    answer = func.row(
        asked.c.place, cast(published, Boolean), one.c.number, one.c.journey_version, one.c.shown
    )
    source = asked.join(journeys, is_it).outerjoin(one, true())
    return Statement(select(func.array_agg(answer)).select_from(source))


_STATES = _states()


def bound_touchpoints() -> ColumnElement[Any]:
    """The bindings of the touchpoints that the map meets, which may change behind its back."""
    met = (
        step_touchpoints.c.workspace_id == WORKSPACE,
        step_touchpoints.c.journey_id == bindparam("journey_id", type_=Uuid()),
        touchpoints.c.workspace_id == step_touchpoints.c.workspace_id,
        touchpoints.c.id == step_touchpoints.c.touchpoint_id,
        touchpoints.c.binding.is_not(None),
    )
    by_id = func.jsonb_object_agg(cast(touchpoints.c.id, Text), touchpoints.c.binding)
    return func.coalesce(
        select(by_id).where(*met).scalar_subquery(), literal_column("'{}'::jsonb", JSONB)
    )


_row = revisions.alias("row")
_is_it = (
    _row.c.workspace_id == WORKSPACE,
    _row.c.journey_id == bindparam("journey_id", type_=Uuid()),
    _row.c.number == bindparam("number", type_=Integer),
)
_NUMBERED = Statement(
    select(
        func.row(_row.c.id, _row.c.version, cast(document(REVISION, REVISION.whole, _row), Text))
    ).where(*_is_it)
)


_last = revisions.alias("last")
_published = (
    select(cast(_last.c.document, Text))
    .where(
        _last.c.workspace_id == WORKSPACE,
        _last.c.journey_id == bindparam("journey_id", type_=Uuid()),
        _is_published(_last),
    )
    .order_by(_last.c.number.desc())
    .limit(literal_column("1"))
)
LAST = Statement(
    select(
        func.row(
            func.coalesce(func.max(_row.c.number), literal_column("0", Integer)),
            _published.scalar_subquery(),
        )
    ).where(*_is_it[:2])
)
"""The highest number that a map's revisions have, and the document of the last published one."""
DEPARTMENTS = Statement(
    select(touchpoints.c.id, touchpoints.c.department).where(
        touchpoints.c.workspace_id == WORKSPACE,
        touchpoints.c.id == func.any(uuids("ids")),
        touchpoints.c.department.is_not(None),
    )
)
"""Whose each of some touchpoints is."""
BY_ID = Statement(
    select(_row.c.journey_id, _row.c.number).where(
        _row.c.workspace_id == WORKSPACE, _row.c.id == bindparam("id", type_=Uuid())
    )
)
"""Of which map, and which of its revisions, a revision is."""
