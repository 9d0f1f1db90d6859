"""Publishing a map, and restoring what it was.

Each locks the map's row first, so that its revisions are numbered one by one and hold what nobody
else is about to change.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    JSON,
    Integer,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
)

from service.domain import references
from service.domain.audiences import personas
from service.domain.errors import DomainError, Invalid, Kind, Problem
from service.domain.ids import new_id
from service.domain.inputs import checked
from service.domain.journeys import settling
from service.domain.journeys.inputs import NewJourney
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.revisions import concerning, differing, reads, restoring
from service.domain.journeys.revisions.inputs import NewRevision, Restoring
from service.domain.journeys.revisions.referring import Reference, is_id, reference
from service.domain.journeys.revisions.sending import exactly, sendable
from service.domain.journeys.revisions.shape import REVISION, REVISIONS
from service.domain.journeys.revisions.stating import State
from service.domain.journeys.revisions.tables import revisions
from service.domain.journeys.tables import journeys, touchpoints
from service.domain.journeys.vocabulary import hold
from service.domain.known import Expected
from service.domain.outbox import announced, announcement, telling, told
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.shapes import document
from service.domain.statements import WORKSPACE, Statement, as_json
from service.domain.tables import instant
from service.domain.work import Work

_TABLES = {"persona": personas, "touchpoint": touchpoints, "journey": journeys}
_EMPTY: dict[str, Any] = {"stages": [], "transitions": []}


class EmptyMap(DomainError):
    """There is nothing to publish."""

    kind, code = Kind.CONFLICT, "empty_map"

    def __init__(self) -> None:
        super().__init__("A map without any step cannot be published.")


class Restored(NamedTuple):
    """A map as it is after a restore, of which revision it is, which one holds what it was before,
    and what could not be restored, by pointer into the revision's `journey`; parts that came back
    without what spoke of them are among it.
    """

    journey: Document
    revision: int
    kept: int
    left_out: Sequence[Problem]

    @property
    def json(self) -> str:
        """The map, with all this as its member `restored`."""
        left_out = [
            {"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in self.left_out
        ]
        said = as_json({"revision": self.revision, "kept": self.kept, "left_out": left_out})
        return f'{self.journey.json.rstrip().removesuffix("}")}, "restored": {said}}}'


class Revisions(Resource):
    """Revisions of maps."""

    async def publish(
        self, work: Work, journey_id: UUID, data: NewRevision, expected: Expected = None
    ) -> Document:
        """A new revision of the map as it is now. `expected`: versions of the map.

        The same map may be published again: that gives it another label, or another time.
        Raises `NotFound`, `StaleVersion`, `EmptyMap`.
        """
        work.needs(self.writes)
        await hold(work)  # the map and those who own its touchpoints are read apart
        current = await _locked(work, journey_id, expected)
        now = exactly(current.json)
        if not any(stage["steps"] for stage in now["stages"]):
            raise EmptyMap
        number, last = await work.value(reads.LAST, journey_id=journey_id)
        was = _EMPTY if last is None else exactly(last)
        values = {
            **data.model_dump(),
            "kind": "published",
            "published_at": work.now,
            "departments": await _concerned(work, was, now),
        }
        return await _insert(work, current, number + 1, values)

    async def restore(
        self, work: Work, journey_id: UUID, data: Restoring, expected: Expected = None
    ) -> Restored:
        """Give a map the members and parts that a revision holds, and keep what it was.

        Parts are reconciled by key; one that is gone comes back under the id that it had, so that
        what still names it finds it. What refers to nothing any more, or would close a circle, is
        left out and told; so is that findings and actions about such a part are not back. Raises
        `NotFound`, `StaleVersion`, `Invalid`.
        """
        work.needs(self.writes)
        await hold(work)
        current = await _locked(work, journey_id, expected)
        wanted = await _wanted(work, journey_id, data.revision)
        number, _ = await work.value(reads.LAST, journey_id=journey_id)
        await _insert(work, current, number + 1, _KEPT)
        shown = sendable(wanted.json)
        left_out = await _left_out(work, journey_id, shown)
        restoring.without(shown, {problem.pointer for problem in left_out})
        del shown["external_ids"]
        made = await _replaced(work, journey_id, shown)
        bare = restoring.returned(exactly(made.json), exactly(current.json))
        left_out += [Problem(at, "links_lost", _BARE) for at in bare]
        said = {"revision": wanted.revision, "kept": number + 1}
        await work.value(_RESTORED, id=journey_id, **announcement(work, said))
        return Restored(made, int(wanted.revision), number + 1, left_out)


_BARE = "came back without what findings and actions said of it before it was deleted"
_KEPT: dict[str, Any] = {
    "kind": "kept",
    "label": None,
    "reason": None,
    "published_at": None,
    "effective_from": None,
    "departments": [],
}


async def _replaced(work: Work, journey_id: UUID, shown: dict[str, Any]) -> Document:
    """The map with these members and parts anew; external ids stay."""
    members = checked(NewJourney, shown).model_dump()
    del members["external_ids"]
    await JOURNEYS.ahead(work, members)
    return await JOURNEYS.apply(
        work, journey_id, restoring.under_their_ids(members, shown), expected=None
    )


async def _locked(work: Work, journey_id: UUID, expected: Expected) -> Document:
    """The map as it is, its row locked until the work ends."""
    await JOURNEYS.current(work, journey_id, ["id"])
    return await JOURNEYS.unchanged(work, journey_id, expected)


async def _concerned(work: Work, was: Any, now: Any) -> list[str]:
    items = differing.differences(was, now)
    ids = [UUID(one) for one in concerning.touchpoint_ids(was, now)]
    rows = await work.rows(reads.DEPARTMENTS, ids=ids) if ids else ()
    owners = {str(row["id"]): row["department"] for row in rows}
    return concerning.departments(items, [was, now], owners)


async def _insert(work: Work, current: Document, number: int, values: Any) -> Document:
    row = await work.value(
        _insertion(values["kind"]),
        id=new_id(),
        journey_id=current.id,
        journey_version=current.version,
        number=number,
        document=current.json,
        **{f"new_{name}": value for name, value in values.items()},
        **announcement(work, {"number": number}),
    )
    return Document(*row)


async def _wanted(work: Work, journey_id: UUID, named: str) -> State:
    """The revision to restore. Raises `Invalid` for none, and for another map's."""
    meant = await _by_id(work, journey_id, UUID(named)) if is_id(named) else reference(named)
    found = (await reads.states(work, [(journey_id, meant or Reference())]))[0]
    if isinstance(found, DomainError):
        raise Invalid([Problem("/revision", found.code, found.detail)]) from found
    return found


async def _by_id(work: Work, journey_id: UUID, revision_id: UUID) -> Reference:
    for row in await work.rows(reads.BY_ID, id=revision_id):
        if row["journey_id"] == journey_id:
            return Reference(number=row["number"])
        detail = "this is a revision of another journey"
        raise Invalid([Problem("/revision", "other_journey", detail)])
    raise Invalid([Problem("/revision", "revision_not_found", "there is no such revision")])


async def _left_out(work: Work, journey_id: UUID, shown: Any) -> list[Problem]:
    """What a document holds that is not there any more, or would put the map into itself."""
    found = list(restoring.held(shown))
    problems: list[Problem] = []
    for kind, table in _TABLES.items():  # three kinds, whatever the map's size
        refs = [(one.pointer, one.id) for one in found if one.kind == kind]
        problems += await references.unknown(work, table, refs)
    inner = [one for one in found if one.pointer.endswith("/journey_id")]
    circular: set[tuple[str, UUID]] = set()
    if inner:
        within = await settling.holding(work, journey_id, [one.id for one in inner])
        circular |= {(one.pointer, one.id) for one in inner if one.id in within}
    origins = [one for one in found if one.pointer in ("/as_is_id", "/variant_of")]
    back = await settling.leading_back(work, journey_id, [one.id for one in origins])
    circular |= {(one.pointer, one.id) for one in origins if one.id in back}
    detail = "the map would come to hold, vary or improve itself"
    return problems + [
        Problem(one.pointer, "circular", detail)
        for one in found
        if (one.pointer, one.id) in circular
    ]


def _place(name: str) -> Any:
    column = revisions.c[name]
    return bindparam(f"new_{name}", type_=column.type)


@lru_cache
def _insertion(kind: str) -> Statement:
    """Insert a revision, and tell of it: of a published one as what happened to its map."""
    given = {name: _place(name) for name in ("label", "reason", "effective_from", "departments")}
    now = bindparam("now", type_=instant)
    inserted = (
        insert(revisions)
        .values(
            workspace_id=WORKSPACE,
            id=bindparam("id", type_=Uuid()),
            version=literal_column("1", Integer),
            created_at=now,
            updated_at=now,
            journey_id=bindparam("journey_id", type_=Uuid()),
            number=bindparam("number", type_=Integer),
            kind=_place("kind"),
            key_id=bindparam("key_id", type_=Uuid()),
            person=bindparam("person", type_=Text),
            published_at=_place("published_at"),
            journey_version=bindparam("journey_version", type_=Integer),
            document=cast(bindparam("document", type_=Text), JSON),
            touchpoint_bindings=reads.bound_touchpoints(),
            **given,
        )
        .returning(*revisions.c)
        .cte("changed")
    )
    shown = cast(document(REVISION, REVISION.whole, inserted), Text)
    answer = select(func.row(inserted.c.id, inserted.c.version, shown)).select_from(inserted)
    return Statement(answer.add_cte(*_told_of(kind, inserted)))


def _told_of(kind: str, inserted: CTE) -> Sequence[CTE]:
    if kind != "published":
        return announced("revision.created", inserted, inserted.c.journey_id)
    of_map = select(
        inserted.c.journey_id.label("id"), inserted.c.journey_version.label("version")
    ).cte("of_map")
    row = telling("revision.created", inserted, inserted.c.journey_id)
    told_audit, told_outbox = announced("journey.revision.published", of_map)
    return told_audit, told_outbox, told(row).cte("told_revision")


def _restored() -> Statement:
    changed = (
        select(journeys.c.id, journeys.c.version)
        .where(journeys.c.workspace_id == WORKSPACE, journeys.c.id == bindparam("id", type_=Uuid()))
        .cte("changed")
    )
    rows = announced("journey.restored", changed)
    return Statement(select(func.count()).select_from(changed).add_cte(*rows))


_RESTORED = _restored()

REVISION_RESOURCE = Revisions("revision", REVISION, REVISIONS, NewRevision, whole=journeys)
