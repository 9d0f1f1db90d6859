"""The declaration of a shape, and what may be selected from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table

Member = Callable[[FromClause], ColumnElement[Any]]
"""A member's value, given the row's table or alias."""

Selection = Mapping[str, "Selection | None"]
"""Members asked for; a member that is itself a list of resources has a selection of its own."""


def columns(*names: str) -> dict[str, Member]:
    """Members that are columns of the same name."""

    def of(name: str) -> Member:
        return lambda row: row.c[name]

    return {name: of(name) for name in names}


@dataclass(frozen=True, eq=False)
class Many:
    """Parts in order: the rows of `shape` whose `child` column holds the parent's `parent`."""

    shape: "Shape"
    child: str
    parent: str = "id"
    order_by: tuple[str, ...] = ("position",)


@dataclass(frozen=True, eq=False)
class Shape:
    """A resource as callers see it: plain members, and the parts a whole document carries."""

    name: str
    table: Table
    members: Mapping[str, Member]
    parts: Mapping[str, Many] = field(default_factory=dict)
    rows: FromClause | Callable[[], FromClause] | None = None
    """What is read, where that is more than the table; a function is asked at the first read, when
    the tables of all slices are there."""
    long: frozenset[str] = frozenset()
    """Members too long for a list, which shows them as it shows parts: with the whole alone."""

    @cached_property
    def source(self) -> FromClause:
        """Where rows are read from."""
        if self.rows is None:
            return self.table
        return self.rows if isinstance(self.rows, FromClause) else self.rows()

    @property
    def flat(self) -> Selection:
        """All members but long ones, no parts: how a list shows it."""
        return dict.fromkeys(name for name in self.members if name not in self.long)

    @property
    def in_whole(self) -> tuple[str, ...]:
        """What a list shows with `view=whole` alone."""
        return (*self.parts, *sorted(self.long))

    @property
    def whole(self) -> Selection:
        """All members, all parts, all the way down: how a single read shows it."""
        parts = {name: many.shape.whole for name, many in self.parts.items()}
        return {**dict.fromkeys(self.members), **parts}


def selected(shape: Shape, names: Mapping[str, Any]) -> Selection:
    """The part of `names` that the shape knows: what a face asks of stored data."""
    known: dict[str, Selection | None] = {n: None for n in names if n in shape.members}
    for name, inner in names.items():
        if name in shape.parts:
            known[name] = selected(shape.parts[name].shape, inner or {})
    return known
