"""The stages and transitions of a map as it was, listed like those that it has now."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from service.domain import cursors
from service.domain.cursors import Last
from service.domain.errors import Invalid, Malformed, Problem
from service.domain.journeys.revisions.inputs import MapPartList
from service.domain.journeys.revisions.reads import state
from service.domain.journeys.revisions.referring import state_named
from service.domain.journeys.revisions.stating import State
from service.domain.journeys.vocabulary import UsesWords
from service.domain.listing import ListQuery, PageOf
from service.domain.resources import Resource
from service.domain.work import Work

_Row = dict[str, msgspec.Raw]
"""A part as the revision holds it: its members as they were written."""
_document = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_rows = msgspec.json.Decoder(list[_Row]).decode
_id = msgspec.json.Decoder(str).decode


class PartsOfStates(UsesWords):
    """Parts of a map that can be listed as they were."""

    async def page_of(
        self, work: Work, owners: Resource, owner_id: UUID, query: ListQuery
    ) -> PageOf:
        """One page of a map's parts, as they are or were in a revision.

        Those of a revision are in their order and all of them: raises `Invalid` for another order
        and for a filter; else `NotFound`, `RevisionNotFound`, `NeverPublished`, `Malformed`.
        """
        work.needs(self.reads)
        wanted = state_named(query.revision) if isinstance(query, MapPartList) else None
        if wanted is None or wanted.is_draft:
            return await super().page_of(work, owners, owner_id, query)
        _refuse(query, self.listing.default_sort)
        found = await state(work, owner_id, wanted)
        return _page(self, found, query)


def _refuse(query: ListQuery, sort: str) -> None:
    """Raises `Invalid` for what a revision's parts cannot be asked."""
    asked = {"sort": query.sort not in (None, sort), "filter": query.filter is not None}
    detail = "the parts of a revision are listed in their order, all of them"
    problems = [
        Problem(f"/{n}", "not_of_a_revision", detail) for n, is_so in asked.items() if is_so
    ]
    if problems:
        raise Invalid(problems)
    if query.q is not None:
        raise Malformed("q: this list cannot be searched.")


def _page(part: Resource, found: State, query: ListQuery) -> PageOf:
    rows = _rows(_document(found.json)[f"{part.kind}s"])
    same = cursors.hashed([str(part.table.name), str(found.journey_id), found.revision])
    start = Last(part.listing.default_sort, same)
    last = cursors.read(query.after, start.sort, same) if query.after else start
    until = cursors.before(query._before, start.sort, same) if query._before else None
    there = rows[_behind(rows, last) : None if until is None else _behind(rows, until) - 1]
    shown = there[-query.limit :] if query.backward else there[: query.limit]
    marks = [msgspec.structs.replace(start, value="0", id=_id(row["id"])) for row in shown]
    ends = [cursors.written(one) for one in marks] or [cursors.written(last)]
    hidden = set() if query.view == "whole" or query.picks else set(part.shape.parts)
    items = [{n: one for n, one in row.items() if n not in hidden} for row in shown]
    more = query.limit < len(there)
    total = len(rows) if query.count else None
    return PageOf(msgspec.json.encode(items).decode(), more, ends[-1], total, ends)


def _behind(rows: Sequence[_Row], last: Last) -> int:
    """The place behind the row that a cursor names."""
    if last.is_start:
        return 0
    ids = [_id(row["id"]) for row in rows]
    if last.id not in ids:
        raise Malformed("after is not a cursor of this list.")
    return ids.index(last.id) + 1
