"""A word in the place of others: what the statements that put it there are made of."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    Column,
    ColumnElement,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    update,
)

from service.domain.journeys.slugs import columns_of, replaced
from service.domain.outbox import audit, beside, outbox
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant

WORDS = bindparam("words", type_=ARRAY(Text))
INTO = bindparam("into", type_=Text)
NOW = bindparam("now", type_=instant)


@dataclass(frozen=True)
class Place:
    """A column of a table that holds words of a kind, alone or in a list."""

    table: Table
    name: str

    @property
    def column(self) -> Column[Any]:
        return self.table.c[self.name]

    @property
    def matches(self) -> ColumnElement[bool]:
        """Whether a row holds one of the words."""
        if isinstance(self.column.type, ARRAY):
            return self.column.op("&&")(WORDS)
        return self.column == func.any(WORDS)

    @property
    def rewritten(self) -> ColumnElement[Any]:
        """What it shall hold."""
        if isinstance(self.column.type, ARRAY):
            return case((self.matches, replaced(self.column, WORDS, INTO)), else_=self.column)
        return case((self.matches, INTO), else_=self.column)


def places(kind: str, *tables: Table) -> list[Place]:
    """The places of these tables that hold words of a kind."""
    return [Place(c.table, str(c.name)) for c in columns_of(kind) if c.table in tables]


def up(table: Table, **values: Any) -> Any:
    """An update that raises the versions of rows of the workspace."""
    raised = {"version": table.c.version + literal_column("1", Integer), "updated_at": NOW}
    return update(table).values({**raised, **values}).where(table.c.workspace_id == WORKSPACE)


def raising_of(place: Place) -> Any:
    """An update that puts the word into a place and raises the versions of the rows."""
    return up(place.table, **{place.name: place.rewritten}).where(place.matches)


def values_of(place: Place) -> ColumnElement[Any]:
    """What the audit trail keeps of a change within a map."""
    names = _words(f"'[\"{place.name}\"]'::jsonb")
    said = func.jsonb_build_object(_words(f"'{place.name}'"), func.to_jsonb(INTO))
    return func.jsonb_build_object(_words("'members'"), names, _words("'values'"), said)


def _words(sql: str) -> ColumnElement[Any]:
    return literal_column(sql)


def told(
    raising: Any, table: Table, whole: ColumnElement[Any], said: ColumnElement[Any]
) -> Statement:
    """An update, and what is told of each row."""
    columns = list(dict.fromkeys((table.c.id, table.c.version, whole)))
    changed = raising.returning(*columns).cte("changed")
    kind = str(table.info["kind"])
    of_whole = changed.c[whole.key]
    news = announced(changed, kind, of_whole, said)
    return Statement(select(func.count()).select_from(changed).add_cte(*news))


def announced(
    changed: CTE, kind: str, whole: ColumnElement[Any], said: ColumnElement[Any]
) -> tuple[CTE, CTE]:
    """The outbox and audit rows of many changes at once."""
    what = literal_column(f"'{kind}.updated'", Text)
    who: dict[str, Any] = {
        "key_id": bindparam("key_id", type_=Uuid()),
        "person": bindparam("person", type_=Text),
        "request_id": bindparam("request_id", type_=Text),
    }
    shared: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "at": NOW,
        "kind": what,
        "resource_id": changed.c.id,
        "version": changed.c.version,
    }
    ids = {name: beside(bindparam(f"{name}_id", type_=Uuid())) for name in ("outbox", "audit")}
    tables = (
        (outbox, {**shared, "id": ids["outbox"], "whole_id": whole}),
        (audit, {**shared, **who, "id": ids["audit"], "changed": said}),
    )
    of_outbox, of_audit = (
        insert(table).from_select([*values], select(*values.values())).cte(f"told_{table.name}")
        for table, values in tables
    )
    return of_outbox, of_audit
