"""Departments take note of a revision."""

from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from service.domain.errors import Invalid, Problem
from service.domain.journeys.acknowledgements.inputs import Acknowledgement
from service.domain.journeys.acknowledgements.reads import acknowledgements, meant
from service.domain.journeys.revisions import revision_acknowledgements
from service.domain.journeys.vocabulary import hold
from service.domain.outbox import announced, announcement
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work


async def acknowledge(work: Work, journey_id: UUID, number: int, data: Acknowledgement) -> str:
    """Take note of a revision for a department, as the person who calls; the list as it is then.

    The first note of a department stands, whatever name it had then. Raises `NotFound`,
    `RevisionNotFound`, and `Invalid` for a department that the revision does not concern, and where
    nobody is named who calls.
    """
    work.needs(Scope.MAPS_WRITE)
    await hold(work)
    found = await meant(work, journey_id, number, data.department)
    problems = work.caller.nameless()
    if not found["concerns"]:
        detail = "this revision does not concern this department"
        problems.append(Problem("/department", "not_concerned", detail))
    if problems:
        raise Invalid(problems)
    if not found["noted"]:
        said = {"number": number, "department": found["department"]}
        await work.value(
            _ACKNOWLEDGING,
            revision_id=found["id"],
            journey_id=journey_id,
            department=found["department"],
            note=data.note,
            **announcement(work, said),
        )
    return await acknowledgements(work, journey_id, number)


def _acknowledging() -> Statement:
    """Take note once; the revision itself stays what it is."""
    table = revision_acknowledgements
    journey_id = bindparam("journey_id", type_=Uuid())
    inserted = (
        insert(table)
        .values(
            workspace_id=WORKSPACE,
            revision_id=bindparam("revision_id", type_=Uuid()),
            department=bindparam("department", type_=Text),
            key_id=bindparam("key_id", type_=Uuid()),
            person=bindparam("person", type_=Text),
            note=bindparam("note", type_=Text),
            acknowledged_at=bindparam("now", type_=instant),
        )
        .on_conflict_do_nothing()
        .returning(table.c.revision_id.label("id"))
        .cte("inserted")
    )
    changed = select(inserted.c.id, literal_column("1", Integer).label("version")).cte("changed")
    rows = announced("revision.acknowledged", changed, journey_id)
    return Statement(select(func.count()).select_from(changed).add_cte(*rows))


_ACKNOWLEDGING = _acknowledging()
