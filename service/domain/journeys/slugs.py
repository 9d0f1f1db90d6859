"""Slugs: the workspace's vocabulary, and the columns that hold its words.

A word may be an alias of another of its kind, never of an alias. A column of slugs is stored with
what an alias stands for: the statement that writes the column looks that up itself, so that a
step is still written by one statement.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Table,
    Text,
    UniqueConstraint,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from service.domain.statements import WORKSPACE
from service.domain.tables import maybe, points_to, resource, texts, uid, words

KINDS = ("channel", "device", "department", "actor", "topic")

Stored = Callable[[ColumnElement[Any]], ColumnElement[Any]]


def slug(name: str, kind: str | None = None) -> Column[Any]:
    """A column that may hold a word of a kind, by default the kind it is named for."""
    column = maybe(name)
    column.info |= {"word": kind or name, "stored": one(kind or name)}
    return column


def slugs(name: str, kind: str) -> Column[Any]:
    """A column that holds a list of words, each once where aliases stand for the same."""
    column = texts(name)
    column.info |= {"word": kind, "stored": _each(kind)}
    return column


@cache
def columns_of(kind: str) -> tuple[Column[Any], ...]:
    """The columns that hold words of a kind, in the tables of all slices: none can be forgotten.

    To be asked when all of them are there, so not while they are being imported.
    """
    tables = sorted(vocabulary.metadata.sorted_tables, key=lambda table: str(table.name))
    return tuple(c for table in tables for c in table.c if c.info.get("word") == kind)


def meant(kind: ColumnElement[Any], word: ColumnElement[Any]) -> Any:
    """The slug that a word is an alias of; no row when it is none."""
    alias, target = vocabulary.alias("alias"), vocabulary.alias("target")
    return select(target.c.slug).where(
        alias.c.workspace_id == WORKSPACE,
        alias.c.kind == kind,
        alias.c.slug == word,
        target.c.workspace_id == alias.c.workspace_id,
        target.c.id == alias.c.alias_of,
    )


def _kind(kind: str) -> ColumnElement[Any]:
    return literal_column(f"'{kind}'", Text)


def one(kind: str) -> Stored:
    """What a word of a kind stands for: itself, unless it is an alias."""

    def stored(given: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.coalesce(meant(_kind(kind), given).scalar_subquery(), given, type_=Text)

    return stored


def _each(kind: str) -> Stored:
    def stored(given: ColumnElement[Any]) -> ColumnElement[Any]:
        alias = vocabulary.alias("alias")
        has_alias = exists().where(
            alias.c.workspace_id == WORKSPACE,
            alias.c.kind == _kind(kind),
            alias.c.alias_of.is_not(None),
            alias.c.slug == func.any(given),
        )
        meaning = _changed(given, lambda word: meant(_kind(kind), word).scalar_subquery())
        return case((has_alias, meaning), else_=given)

    return stored


def replaced(
    held: ColumnElement[Any], words: ColumnElement[Any], into: ColumnElement[Any]
) -> ColumnElement[Any]:
    """A list in which a word has taken the place of others; each stands there once."""
    return _changed(held, lambda word: case((word == func.any(words), into)))


def _changed(
    held: ColumnElement[Any], other: Callable[[ColumnElement[Any]], ColumnElement[Any]]
) -> ColumnElement[Any]:
    """A list with what `other` makes of its words, where that is not null; each once, in order."""
    one = func.unnest(held).table_valued("word", with_ordinality="n").render_derived()
    word = cast(one.c.word, Text)
    each = select(func.coalesce(other(word), word).label("word"), one.c.n).subquery("each")
    first = select(each.c.word, func.min(each.c.n).label("n")).group_by(each.c.word)
    kept = first.subquery("kept")
    listed = func.array_agg(aggregate_order_by(kept.c.word, kept.c.n), type_=ARRAY(Text))
    nothing = literal_column("'{}'::text[]", ARRAY(Text))
    return func.coalesce(select(listed).scalar_subquery(), nothing, type_=ARRAY(Text))


vocabulary: Table = resource(
    "vocabulary",
    words("kind"),
    words("slug"),
    words("label"),
    slug("owner", "department"),
    Column("present", Boolean),
    uid("alias_of", nullable=True),
    points_to("vocabulary", "alias_of"),
    UniqueConstraint("workspace_id", "kind", "slug"),
    kind="vocabulary_entry",
    label="slug",
)
Index(None, vocabulary.c.workspace_id, vocabulary.c.alias_of)
