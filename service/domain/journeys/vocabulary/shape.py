"""How the vocabulary is shown: the declared words, and those that are only used.

A word that nobody declared has an id made of what it is; it keeps that when it is declared by
changing it. Its times are those of the rows that use it, its version is 0.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from service.domain import external_ids
from service.domain.filters import Type, Vocabulary
from service.domain.journeys.slugs import KINDS, columns_of, vocabulary
from service.domain.journeys.tables import stages, steps, touchpoints
from service.domain.journeys.vocabulary.inputs import NewVocabularyEntry, VocabularyUses
from service.domain.kinds import choices
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns, json_object
from service.domain.statements import WORKSPACE
from service.domain.tables import SCHEMA, metadata

_TOPICS = (
    (steps, "questions"),
    (steps, "pains"),
    (stages, "questions"),
    (stages, "objections"),
)
_PLACES = tuple(VocabularyUses.model_fields)


def _held(
    kind: str, place: str, table: Table, word: Any, beside: FromClause | None = None
) -> Select[Any]:
    """The words of a kind in one place, with the times of the rows that hold them."""
    found = select(
        _text(kind).label("kind"),
        cast(word, Text).label("slug"),
        _text(place).label("place"),
        table.c.created_at,
        table.c.updated_at,
    ).where(table.c.workspace_id == WORKSPACE, word.is_not(None))
    # What is made of a row's column stands behind the row.
    return found if beside is None else found.select_from(table.join(beside, true()))


def _in_column(kind: str, column: Column[Any]) -> Select[Any]:
    """The words in a column; the rows of a link have the times of its owner's."""
    table = column.table
    place = str(table.name)
    if isinstance(column.type, ARRAY):
        each = func.unnest(column).table_valued("word").render_derived()
        return _held(kind, place, table, each.c.word, each)
    if "owner" not in table.info:
        return _held(kind, place, table, column)
    owner = metadata.tables[f"{SCHEMA}.{table.info['owner']}"]
    is_its = table.c[table.info["owner_id"]] == owner.c.id
    linked = (table.c.workspace_id == owner.c.workspace_id, is_its)
    return _held(kind, place, owner, column).where(*linked)


def _in_items(kind: str, place: str, table: Table, name: str, member: str) -> Select[Any]:
    items = func.jsonb_array_elements(table.c[name]).table_valued("value").render_derived()
    return _held(kind, place, table, items.c.value.op("->>")(_text(member)), items)


def _used() -> Any:
    """Each word that is used, how often in each place, and since when."""
    every = union_all(
        *(_in_column(kind, column) for kind in KINDS for column in columns_of(kind)),
        _in_items("department", "activities", touchpoints, "activities", "department"),
        *(_in_items("topic", table.name, table, name, "topic") for table, name in _TOPICS),
    ).subquery("every")
    counts = {p: func.count().filter(every.c.place == _text(p)) for p in _PLACES}
    return (
        select(
            every.c.kind,
            every.c.slug,
            cast(func.count(), Integer).label("use_count"),
            json_object(counts).label("uses"),
            func.min(every.c.created_at).label("created_at"),
            func.max(every.c.updated_at).label("updated_at"),
        )
        .group_by(every.c.kind, every.c.slug)
        .cte("used")
    )


def _made_id(used: FromClause) -> ColumnElement[Any]:
    """The id of a word that nobody declared; the next where words that were renamed have it."""
    what = [cast(WORKSPACE, Text), used.c.kind, used.c.slug]

    def made(again: Any) -> Any:
        return cast(func.md5(func.concat_ws(_text(":"), *what, again)), Uuid)

    def held(made_id: Any) -> Any:
        holder = vocabulary.alias("holder")
        return exists().where(holder.c.workspace_id == WORKSPACE, holder.c.id == made_id)

    # One more than there are words: one of them is free.
    words = select(func.count()).where(vocabulary.c.workspace_id == WORKSPACE).scalar_subquery()
    tries = func.generate_series(literal_column("2"), words + literal_column("2"))
    again = tries.table_valued("n").render_derived()
    other = made(cast(again.c.n, Text))
    free = select(other).select_from(again).where(~held(other)).order_by(again.c.n).limit(1)
    return case((held(made(_text("1"))), free.scalar_subquery()), else_=made(_text("1")))


def _both() -> FromClause:
    used, named = _used(), vocabulary.alias("named")
    nowhere = json_object(dict.fromkeys(_PLACES, literal_column("0")))
    same = (named.c.kind == used.c.kind) & (named.c.slug == used.c.slug)
    declared = (
        select(
            *named.c,
            literal_column("true", Boolean).label("declared"),
            func.coalesce(used.c.use_count, literal_column("0")).label("use_count"),
            func.coalesce(used.c.uses, nowhere, type_=JSON).label("uses"),
        )
        .select_from(named.outerjoin(used, same))
        .where(named.c.workspace_id == WORKSPACE)
    )
    known = vocabulary.alias("known")
    unknown = ~exists().where(
        known.c.workspace_id == WORKSPACE,
        known.c.kind == used.c.kind,
        known.c.slug == used.c.slug,
    )
    given: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "id": _made_id(used),
        "version": literal_column("0", Integer),
        "created_at": used.c.created_at,
        "updated_at": used.c.updated_at,
        "kind": used.c.kind,
        "slug": used.c.slug,
        "label": used.c.slug,
        "declared": literal_column("false", Boolean),
        "use_count": used.c.use_count,
        "uses": used.c.uses,
    }
    names = [c.name for c in declared.selected_columns]
    nothing = {c.name: cast(null(), c.type) for c in vocabulary.c}
    only_used = select(*({**nothing, **given}[name].label(name) for name in names)).where(unknown)
    return union_all(declared, only_used).subquery("every_word")


def _stands_for(row: FromClause) -> ColumnElement[Any]:
    target = vocabulary.alias("stands_for")
    is_it = (target.c.workspace_id == row.c.workspace_id, target.c.id == row.c.alias_of)
    return select(target.c.slug).where(*is_it).scalar_subquery()


def _text(value: str) -> ColumnElement[Any]:
    return literal_column(f"'{value}'", Text)


_OWN = columns("id") | {"external_ids": external_ids.member("vocabulary_entry")}
_OWN |= columns("kind", "slug", "label", "alias_of") | {"stands_for": _stands_for}
_OWN |= columns("owner", "present")
_TAIL = columns("version", "created_at", "updated_at")
WRITTEN = Shape("VocabularyEntry", vocabulary, _OWN | _TAIL)
ENTRY = Shape(
    "VocabularyEntry",
    vocabulary,
    _OWN | columns("declared", "use_count", "uses") | _TAIL,
    rows=_both,
)
ENTRIES = Listing(
    ENTRY,
    sorts=("slug", "label", "kind", "use_count", "created_at", "updated_at"),
    vocabulary=Vocabulary(
        dict.fromkeys(("kind", "slug", "label", "owner"), Type.TEXT)
        | {"id": Type.UUID, "alias_of": Type.UUID, "use_count": Type.NUMBER}
        | dict.fromkeys(("present", "declared"), Type.BOOLEAN)
        | dict.fromkeys(("created_at", "updated_at"), Type.INSTANT),
        choices=choices(NewVocabularyEntry),
    ),
    typed=equals("kind", "slug", "alias_of", "owner", "present", "declared"),
    default_sort="slug",
)
