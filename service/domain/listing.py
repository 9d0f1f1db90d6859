"""What is asked of a list, and what a page of it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import AfterValidator, Field, PrivateAttr

from service.domain import cursors
from service.domain.inputs import Input, Slug, storable
from service.domain.shapes import Projection, Selection
from service.domain.words import Meaning, told

STRIDES = {"list": 200, "whole": 20}
"""Rows that a walk through a list reads at once, by view."""

_Filter = Annotated[str, Field(max_length=20_000), AfterValidator(storable)]
_Query = Annotated[str, Field(max_length=2000), AfterValidator(storable)]
View = Annotated[
    Literal["list", "whole"],
    Meaning(
        "How much a list shows of each row.",
        {"list": "Its own members.", "whole": "Its parts as well: a journey with its stages."},
    ),
]


class ListQuery(Input):
    """What every list understands. Each resource adds its own typed filters."""

    shown_only = frozenset()
    limit: Annotated[int, Field(ge=1, le=200), told("Rows a page; line by line, in all.", 50)] = 50
    after: Annotated[
        Annotated[str, Field(max_length=cursors.LONGEST)] | None,
        told("The `next` of the page before, with the same other parameters.", cursors.EXAMPLE),
    ] = None
    sort: Annotated[
        Slug | None, told("A member to sort by; `-` before it descends.", "-updated_at")
    ] = None
    filter: Annotated[
        _Filter | None,
        told(
            "A condition in the filter language, as JSON.",
            '{"field": "id", "op": "exists", "value": true}',
        ),
    ] = None
    q: Annotated[
        _Query | None, told("Words to find, each of them, in any script.", "adviser 客户")
    ] = None
    count: Annotated[bool, told("Whether to add `total`.", True)] = False
    view: Annotated[View, told("Whether the parts come too.", "whole")] = "list"
    _selection: bytes | None = PrivateAttr(None)
    _projection: Projection | None = PrivateAttr(None)
    _places: Mapping[str, Any] = PrivateAttr({})
    _before: str | None = PrivateAttr(None)
    _last: bool = PrivateAttr(False)
    _walked: bool = PrivateAttr(False)
    _settled: dict[str, Any] = PrivateAttr(default_factory=dict)

    def selecting(self, selection: Selection) -> Self:
        """The same question, to be answered with these members, and a cursor for each row."""
        asked = self.model_copy()
        asked._selection = msgspec.json.encode(selection, order="sorted")
        return asked

    def projecting(self, shown: Projection, places: Mapping[str, Any]) -> Self:
        """The same question, to be answered with a page as this shows it; `places` fill its own."""
        asked = self.model_copy()
        asked._projection, asked._places = shown, places
        return asked

    def ending(self, before: str | None, *, last: bool) -> Self:
        """The same question, in front of a cursor; `last`: of what it asks for, the last rows."""
        asked = self.model_copy()
        asked._before, asked._last = before, last
        return asked

    def walking(self, limit: int, after: str | None, *, first: bool) -> Self:
        """The same question for one part of a walk through the list, which ends with a cursor."""
        asked = self.model_copy(
            update={"limit": limit, "after": after, "count": self.count and first}
        )
        asked._walked = True
        return asked

    @property
    def backward(self) -> bool:
        """Whether the page is filled from its end."""
        return self._last

    @property
    def skips(self) -> bool:
        """Whether a cursor says from where on the page is filled."""
        return (self._before if self._last else self.after) is not None

    @property
    def picks(self) -> bool:
        """Whether members of the rows were selected."""
        return self._selection is not None

    @property
    def longest(self) -> int | None:
        """The most rows that a walk shall visit; None when there is no end to them."""
        return self.limit if "limit" in self.model_fields_set else None

    @property
    def stride(self) -> int:
        """Rows that a walk reads at once: it holds as many documents, which may be whole maps."""
        return STRIDES[self.view]


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page as Postgres wrote it: the items' JSON, whether more follow, the total if asked.

    `end` is the cursor behind its last row: known where more follow, where the query selected
    members, and where it is part of a walk. `cursors` has one for each row where the query selected
    members. A list that goes on for ever says at its end too where to go on from.
    """

    items: str
    more: bool
    end: str | None
    total: int | None = None
    cursors: Sequence[str] = ()
    endless: bool = False
    rows: int | None = None
    """How many rows it has, where `items` is the page as a projection shows it."""

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows."""
        return self.items == "[]" if self.rows is None else not self.rows

    @property
    def next(self) -> str | None:
        """The cursor of the page behind this one."""
        return self.end if self.more or self.endless else None
