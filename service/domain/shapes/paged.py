"""A page as a projection shows it: its rows under one name or several, and where it stands."""

from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    cast,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.shapes.compiling import chosen
from service.domain.shapes.projection import Projection, Row, Shown, Value, base64url


@dataclass(frozen=True, eq=False)
class Page:
    """The rows of a page and one beyond it, in their order, and what is told of them.

    `place` numbers them from the end that the page is filled from: its last row where `backward`.
    `head` is what all cursors of the page begin with, as `cursors.head` tells it; `mark` what the
    rows are sorted by; `skipped` whether rows were left out at the end it is filled from.
    """

    row: Row
    rows: FromClause
    place: ColumnElement[int]
    most: ColumnElement[int]
    head: ColumnElement[str]
    mark: Value
    skipped: ColumnElement[bool]
    total: Value
    backward: bool = False

    @property
    def beyond(self) -> ColumnElement[bool]:
        """Whether there is a row beyond it."""
        return func.count() > self.most

    @property
    def within(self) -> ColumnElement[bool]:
        """Whether a row is of the page, not the one behind it."""
        return self.place <= self.most

    @property
    def cursor(self) -> Value:
        """Of a row: where the page behind it begins, as `cursors.written` writes it."""
        value = cast(func.to_json(cast(self.mark, Text)), Text)
        comma, end = literal_column("',\"'", Text), literal_column("'\"]'", Text)
        text = self.head.op("||")(value).op("||")(comma)
        text = text.op("||")(cast(self.rows.c.id, Text)).op("||", return_type=Text())(end)
        return func.rtrim(base64url(text), literal_column("'='", Text), type_=Text)


def nodes(shown: Projection) -> Shown:
    """Its rows."""
    return lambda page: _listed(page, shown(page.row))


def edges(shown: Projection) -> Shown:
    """Its rows with what is told of each besides."""
    return lambda page: _listed(page, shown(page))


def node(shown: Projection) -> Shown:
    """The row of an edge."""
    return lambda page: shown(page.row)


def cursor(page: Page) -> Value:
    """The cursor of an edge."""
    return page.cursor


def start(page: Page) -> Value:
    """The cursor of the first row; null without one."""
    return _at(page, page.place.desc() if page.backward else page.place)


def end(page: Page) -> Value:
    """The cursor of the last row; null without one."""
    return _at(page, page.place if page.backward else page.place.desc())


def more(page: Page) -> Value:
    """Whether rows follow."""
    return page.skipped if page.backward else page.beyond


def later(page: Page) -> Value:
    """Whether rows were left out before it."""
    return page.beyond if page.backward else page.skipped


def total(page: Page) -> Value:
    """How many rows the whole list has."""
    return page.total


def _listed(page: Page, item: Value) -> Value:
    # In the order of the sub-select: sorting here would carry every whole document along.
    items = func.json_agg(chosen(page.within, item)).filter(page.within)
    return func.coalesce(items, literal_column("'[]'::json"))


def _at(page: Page, order: Value) -> Value:
    every = func.array_agg(aggregate_order_by(page.cursor, order), type_=ARRAY(Text))
    return every.filter(page.within)[literal_column("1", Integer)]
