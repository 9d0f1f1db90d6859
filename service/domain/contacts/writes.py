"""People written: any number of them in one statement, with what the world is told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ClauseElement

from service.domain.contacts.family import Family
from service.domain.contacts.tables import (
    contact_identifiers,
    contact_merges,
    contact_moves,
    contacts,
)
from service.domain.ids import new_ids
from service.domain.outbox import audit, outbox
from service.domain.statements import WORKSPACE, Statement, rows_of, uuids
from service.domain.tables import instant
from service.domain.work import Work


async def store(
    work: Work,
    family: Family,
    identifiers: Sequence[Mapping[str, Any]] = (),
    gone: Sequence[UUID] = (),
) -> dict[UUID, int]:
    """Write all that changed: contacts, identifiers that are `gone` and new, merges.

    One that another contact had before is this one's now, with all events that carry it.

    The versions of the contacts written, by id. At most four statements.
    """
    rows = list(family.written())
    versions: dict[UUID, int] = {}
    if rows:
        given = {"rows": rows, "told": _told(family), "moved": list(family.moved)}
        found = await work.rows(_PEOPLE, **given, **_teller(work))
        versions = {row["id"]: row["version"] for row in found}
    if gone:
        await work.rows(_UNNAME, ids=list(gone))
    if identifiers:
        moved = _known_by_more(family, identifiers)
        await work.rows(_NAME, rows=list(identifiers), moved=moved)
    if family.merges:
        edges = [
            {
                "id": merge.id,
                "winner_id": winner,
                "loser_id": loser,
                "by": merge.by,
                "rules": merge.rules.as_json(),
            }
            for merge, winner, loser in family.merges
        ]
        await work.rows(_MERGE, rows=edges, person=work.caller.person, key_id=work.caller.key_id)
    return versions


def _known_by_more(family: Family, identifiers: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Those whom the identifiers are not the first and only to name."""
    number = Counter(row["contact_id"] for row in identifiers)
    return [one for one, n in number.items() if n > 1 or not family[one].is_new]


def _told(family: Family) -> list[dict[str, Any]]:
    """What the world is told: for each verb of each who was written, the rows to come.

    Their ids are made here, which takes a tenth of what the database takes to make random ones.
    """
    telling = [(one, verb) for one in family.people.values() for verb in one.verbs]
    ids = iter(new_ids(2 * len(telling)))
    return [
        {
            "id": one.id,
            "kind": f"contact.{verb}",
            "outbox_id": next(ids),
            "audit_id": next(ids),
            "changed": {"members": sorted(one.members)},
        }
        for one, verb in telling
    ]


def _teller(work: Work) -> dict[str, Any]:
    caller = work.caller
    return {"key_id": caller.key_id, "person": caller.person, "request_id": caller.request_id}


_NOW = bindparam("now", type_=instant)
_GIVEN = (
    Column("id", Uuid()),
    *(contacts.c[name] for name in ("root_id", "merged_into_id", "account_id", "account_mark")),
    *(contacts.c[name] for name in ("traits", "own_traits", "hidden_traits")),
    *(contacts.c[name] for name in ("trait_marks", "test")),
    *(contacts.c[name] for name in ("source_updated_at", "archived_at")),
    Column("is_new", Boolean),
    Column("is_told", Boolean),
)
_OWN = [column.name for column in _GIVEN[1:-2]]
_TOLD: tuple[Column[Any], ...] = (
    Column("id", Uuid()),
    Column("kind", Text),
    Column("outbox_id", Uuid()),
    Column("audit_id", Uuid()),
    Column("changed", JSONB),
)


def _given(*columns: Column[Any], name: str = "rows") -> FromClause:
    named = (Column(column.name, column.type) for column in columns)
    return (
        func.jsonb_to_recordset(rows_of(name)).table_valued(*named).render_derived(with_types=True)
    )


def _people() -> ClauseElement:
    rows = _given(*_GIVEN)
    given = select(rows).cte("given")
    one = literal_column("1", Integer)
    values = {"workspace_id": WORKSPACE, "id": given.c.id, "version": one}
    values |= {"created_at": _NOW, "updated_at": _NOW} | {n: given.c[n] for n in _OWN}
    made = (
        upsert(contacts)
        .from_select([*values], select(*values.values()).where(given.c.is_new))
        .on_conflict_do_nothing()
        .returning(contacts.c.id, contacts.c.version)
        .cte("made")
    )
    is_told = given.c.is_told
    raised = {
        "version": contacts.c.version + case((is_told, one), else_=literal_column("0", Integer)),
        "updated_at": case((is_told, _NOW), else_=contacts.c.updated_at),
    }
    changed = (
        update(contacts)
        .values({n: given.c[n] for n in _OWN} | raised)
        .where(contacts.c.workspace_id == WORKSPACE, contacts.c.id == given.c.id, ~given.c.is_new)
        .returning(contacts.c.id, contacts.c.version)
        .cte("changed")
    )
    kept = union_all(select(made), select(changed)).cte("kept")
    moves = _moving(select(_MOVED.c.id)).cte("moves")
    return select(kept.c.id, kept.c.version).add_cte(*_telling(kept), moves)


_MOVED = func.unnest(uuids("moved")).table_valued("id").render_derived(name="moved")


def _moving(ids: Select[Any] | CompoundSelect[Any]) -> Any:
    """Whoever counts by people is told of them."""
    of = ids.subquery("of_ids")
    rows = select(WORKSPACE, func.gen_random_uuid(), of.c.id)
    return insert(contact_moves).from_select(["workspace_id", "id", "of_id"], rows)


def _telling(kept: Any) -> tuple[Any, Any]:
    """The outbox and audit rows, one of each for each verb of each row."""
    news = _given(*_TOLD, name="told")
    rows = kept.join(news, kept.c.id == news.c.id)
    told = select(
        *(WORKSPACE, news.c.outbox_id, _NOW, news.c.kind),
        *(kept.c.id, kept.c.id, kept.c.version),
    )
    did = select(
        *(WORKSPACE, news.c.audit_id, _NOW),
        bindparam("key_id", type_=Uuid()),
        bindparam("person", type_=Text),
        bindparam("request_id", type_=Text),
        *(news.c.kind, kept.c.id, kept.c.version, news.c.changed),
    )
    columns = ["workspace_id", "id", "at", "kind", "resource_id", "whole_id", "version"]
    who = ["workspace_id", "id", "at", "key_id", "person", "request_id"]
    return (
        insert(outbox).from_select(columns, told.select_from(rows)).cte("told_outbox"),
        insert(audit)
        .from_select([*who, "kind", "resource_id", "version", "changed"], did.select_from(rows))
        .cte("told_audit"),
    )


def _name() -> ClauseElement:
    names = ("id", "source", "value", "contact_id")
    given = _given(*(contact_identifiers.c[name] for name in names))
    values = {"workspace_id": WORKSPACE, **{n: given.c[n] for n in names}, "created_at": _NOW}
    put = upsert(contact_identifiers).from_select([*values], select(*values.values()))
    taken = {"contact_id": put.excluded.contact_id, "created_at": put.excluded.created_at}
    named = put.on_conflict_do_update(
        index_elements=[contact_identifiers.c.workspace_id, contact_identifiers.c.id],
        set_={**taken, "removed_at": null()},
        where=contact_identifiers.c.removed_at.is_not(None),
    )
    ids = func.array(select(given.c.id).scalar_subquery(), type_=ARRAY(Uuid()))
    # What is there before was another's.
    before = select(contact_identifiers.c.id).where(
        contact_identifiers.c.workspace_id == WORKSPACE, contact_identifiers.c.id == func.any(ids)
    )
    moves = _moving(union_all(select(_MOVED.c.id), before))
    found: ClauseElement = moves.add_cte(named.cte("named"))
    return found


def _merge() -> ClauseElement:
    names = ("id", "winner_id", "loser_id", "by", "rules")
    given = _given(*(contact_merges.c[name] for name in names))
    values = {"workspace_id": WORKSPACE, **{n: given.c[n] for n in names}, "merged_at": _NOW}
    values["person"] = bindparam("person", type_=Text)
    values["key_id"] = bindparam("key_id", type_=Uuid())
    return insert(contact_merges).from_select([*values], select(*values.values()))


_PEOPLE, _NAME, _MERGE = Statement(_people), Statement(_name), Statement(_merge)
_UNNAME = Statement(
    update(contact_identifiers)
    .values(removed_at=_NOW)
    .where(
        contact_identifiers.c.workspace_id == WORKSPACE,
        contact_identifiers.c.id == func.any(uuids("ids")),
    )
)
