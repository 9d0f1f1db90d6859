"""Content as a resource."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Table, Text, Uuid, bindparam, delete, func, insert, select
from sqlalchemy import text as sql_text

from service.domain import reading, references
from service.domain.audiences import personas, profiles
from service.domain.belonging import Belonging
from service.domain.errors import Invalid, Problem, pointer
from service.domain.evidence.items import inputs, shape
from service.domain.evidence.items.reads import Asks, asked_in
from service.domain.evidence.tables import (
    content,
    content_answers,
    content_personas,
    content_profiles,
    content_touchpoints,
)
from service.domain.ids import new_id
from service.domain.inputs import Input
from service.domain.journeys import TOUCHPOINTS, journeys
from service.domain.keyed import Keyed
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import SCHEMA
from service.domain.work import Work

_LINKED = ("touchpoint_ids", "audience", "answers")
"""Members that stand in tables of their own."""
_ID = bindparam("content_id", type_=Uuid())
_PLACES = ("stage_key", "step_key")


class Contents(Keyed):
    """The library of content."""

    kept_unless_sent: ClassVar[frozenset[str]] = frozenset({"external_ids", "key"})

    async def by_key(self, work: Work, wanted: Iterable[str]) -> dict[str, UUID]:
        """The ids of the items that have these keys."""
        work.needs(self.reads)
        rows = await work.rows(_BY_KEY, keys=list(wanted))
        return {row["key"]: row["id"] for row in rows}

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """A new item, with whom it is for and what it answers."""
        work.needs(self.writes)
        resource_id = resource_id or new_id()
        made = await super().create(work, data, resource_id)
        links = _links(data.model_dump())
        return await self._linked(work, resource_id, links) if any(links.values()) else made

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Write validated members, those that stand in tables of their own after the row."""
        links = _links(members)
        done = await super().apply(work, resource_id, members, expected, touch=touch or bool(links))
        return await self._linked(work, resource_id, links) if links else done

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses whatever names nothing, each by its pointer; makes the key."""
        values = await super().stored(work, resource_id, members)
        problems = await self._unknown(work, members)
        if members.get("answers"):
            problems += await self._unasked(work, resource_id, members["answers"])
        if problems:
            raise Invalid(problems)
        if "key" in values:
            values["key"] = await self.own_key(work, resource_id, values)
        return values

    async def current(
        self, work: Work, resource_id: UUID, names: Sequence[str]
    ) -> Mapping[str, Any]:
        """Some members as stored, the row locked; the audience stands in tables of its own."""
        plain = [name for name in names if name not in _LINKED]
        found = dict(await super().current(work, resource_id, plain or ["id"]))
        if len(plain) < len(names):
            apart = dict.fromkeys(name for name in names if name in _LINKED)
            read = await reading.documents(work, self.shape, [resource_id], apart)
            found |= msgspec.json.decode(read[resource_id].json)
        return found

    async def _unknown(self, work: Work, members: Mapping[str, Any]) -> list[Problem]:
        audience = members.get("audience") or {}
        problems: list[Problem] = []
        for at, table, ids in (
            ("/touchpoint_ids", TOUCHPOINTS.table, members.get("touchpoint_ids")),
            ("/audience/profile_ids", profiles, audience.get("profile_ids")),
            ("/audience/persona_ids", personas, audience.get("persona_ids")),
        ):
            named = [(f"{at}/{n}", which) for n, which in enumerate(ids or ())]
            problems += await references.unknown(work, table, named)
        return problems

    async def _unasked(
        self, work: Work, resource_id: UUID, answers: Sequence[Mapping[str, Any]]
    ) -> list[Problem]:
        """A problem for each answer to what no map asks, but for those the item has already."""
        at = [(pointer("answers", n, "journey_id"), a["journey_id"]) for n, a in enumerate(answers)]
        problems = await references.unknown(work, journeys, at)
        asked = await asked_in(work, list({which for _, which in at}))
        held = {_named(row) for row in await work.rows(_HELD, content_id=resource_id)}
        nowhere = {problem.pointer for problem in problems}
        for n, answer in enumerate(answers):
            if pointer("answers", n, "journey_id") in nowhere or _named(answer) in held:
                continue
            if wrong := _missing(answer, asked.get(answer["journey_id"], [])):
                name, detail = wrong
                problems.append(Problem(pointer("answers", n, name), "unknown_reference", detail))
        return problems

    async def _linked(
        self, work: Work, resource_id: UUID, links: Mapping[Table, Sequence[Mapping[str, Any]]]
    ) -> Document:
        """Write links of an item whose row this work has written, and answer it whole."""
        for table, rows in links.items():  # four tables at most, whatever they hold
            await work.rows(_drop(table), content_id=resource_id)
            if rows:
                await work.rows(_add(table), content_id=resource_id, rows=rows)
        return (await reading.documents(work, self.shape, [resource_id]))[resource_id]


def _links(members: Mapping[str, Any]) -> dict[Table, list[dict[str, Any]]]:
    """The rows of the link tables that were sent, each thing once, in order."""
    links: dict[Table, list[dict[str, Any]]] = {}
    if "touchpoint_ids" in members:
        links[content_touchpoints] = _each("touchpoint_id", members["touchpoint_ids"])
    if "audience" in members:
        audience = members["audience"]
        links[content_profiles] = _each("profile_id", audience["profile_ids"])
        links[content_personas] = _each("persona_id", audience["persona_ids"])
    if "answers" in members:
        named = {_named(answer): answer for answer in members["answers"]}
        links[content_answers] = [{**a, "position": n} for n, a in enumerate(named.values())]
    return links


def _each(column: str, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    return [{column: which, "position": n} for n, which in enumerate(dict.fromkeys(ids))]


def _named(answer: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(answer[name] for name in ("journey_id", *_PLACES, "item_key"))


def _missing(answer: Mapping[str, Any], asked: Sequence[Asks]) -> tuple[str, str] | None:
    """The member of an answer that names nothing in its map, and what there is not."""
    place = next(name for name in _PLACES if answer[name] is not None)
    there = [one for one in asked if (one.place, one.key) == (place, answer[place])]
    if not there:
        return place, f"the map has no {place.removesuffix('_key')} of this key"
    if not any(answer["item_key"] in one.items for one in there):
        return "item_key", "there is no question, pain or objection of this key"
    return None


_BY_KEY = Statement(
    select(content.c.id, content.c.key).where(
        content.c.workspace_id == WORKSPACE,
        content.c.key == func.any(bindparam("keys", type_=ARRAY(Text))),
    )
)
_HELD = Statement(
    select(content_answers).where(
        content_answers.c.workspace_id == WORKSPACE, content_answers.c.content_id == _ID
    )
)


@lru_cache
def _drop(table: Table) -> Statement:
    return Statement(
        delete(table).where(table.c.workspace_id == WORKSPACE, table.c.content_id == _ID)
    )


@lru_cache
def _add(table: Table) -> Statement:
    call = func.jsonb_populate_recordset(sql_text(f"NULL::{SCHEMA}.{table.name}"), rows_of("rows"))
    given = call.table_valued(*table.c).alias("given")
    fixed = {"workspace_id": WORKSPACE, "content_id": _ID}
    values = {c.name: fixed.get(c.name, given.c[c.name]) for c in table.c}
    return Statement(
        insert(table).from_select([*values], select(*values.values()).select_from(given))
    )


CONTENT = Contents("content", shape.SHAPE, shape.LISTING, inputs.NewContent)


class Owner(StrEnum):
    """What content is for, as far as it is asked of that."""

    JOURNEY = "journey"
    TOUCHPOINT = "touchpoint"
    PERSONA = "persona"


_LINKS = {
    Owner.JOURNEY: content_answers,
    Owner.TOUCHPOINT: content_touchpoints,
    Owner.PERSONA: content_personas,
}
CONTENT_OF: Mapping[Owner, Belonging] = {
    owner: Belonging(CONTENT, f"{owner}_id", link, "content_id") for owner, link in _LINKS.items()
}
"""The content that is for a map, a touchpoint, a persona."""
