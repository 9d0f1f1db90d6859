"""Journeys as resources: whole maps, written in a number of statements that no size changes."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from pydantic import ValidationError

from service.domain import cascades, reading, references
from service.domain.audiences import personas
from service.domain.belonging import Belonging
from service.domain.errors import Invalid, Problem
from service.domain.ids import new_id
from service.domain.inputs import Input, problems_of
from service.domain.journeys import inputs, rows, settling, shape
from service.domain.journeys.bounds import MOST_STEPS, too_many
from service.domain.journeys.parts import write_parts
from service.domain.journeys.reconciling import (
    Members,
    Parts,
    check_transitions,
    complete_keys,
    is_tied,
    reconciled,
)
from service.domain.journeys.tables import journey_personas, journeys, next_journeys
from service.domain.journeys.templates import TEMPLATES
from service.domain.journeys.vocabulary import UsesWords, resolve
from service.domain.known import Expected
from service.domain.paging import ListQuery, PageOf
from service.domain.reading import Document
from service.domain.statements import as_json
from service.domain.work import Work

EMPTY: Mapping[str, Any] = {"stages": [], "transitions": []}
_LINKS = {
    "persona_ids": (journey_personas, "persona_id"),
    "next_journey_ids": (next_journeys, "next_id"),
}
_PARTS = ("stages", "transitions")


class Journeys(UsesWords):
    """Journey maps, whole."""

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """A new map with all its parts; where it was sent none, with those of its template."""
        work.needs(self.writes)
        resource_id = resource_id or new_id()
        data = await self._begun(work, resource_id, data)
        members = data.model_dump()
        try:
            made = await super().create(work, data, resource_id)
            if not any(members[name] for name in (*_LINKS, *_PARTS)):
                return made
            return await self._write_parts(work, resource_id, members, EMPTY)
        except Invalid:
            await self._refuse(work, resource_id, data.model_dump(), EMPTY)
            raise

    async def replace(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """All members anew; stages that were not sent are those of the template, as at first."""
        work.needs(self.writes)
        data = await self._begun(work, resource_id, data)
        return await super().replace(work, resource_id, data, expected)

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """A map starts with its neighbours tied."""
        return await super().insert(work, resource_id, {**values, "neighbours_tied": True})

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Write validated members; those that are parts are reconciled by key."""
        if not any(name in members for name in (*_LINKS, *_PARTS)):
            return await super().apply(work, resource_id, members, expected, touch=touch)
        # The journey's own row first, even if none of its columns change: that is the lock.
        sent = copy.deepcopy(dict(members))
        current: Mapping[str, Any] = EMPTY
        try:
            changed = await super().apply(work, resource_id, members, expected, touch=True)
            current = msgspec.json.decode(changed.json)
            return await self._write_parts(work, resource_id, members, current)
        except Invalid:
            await self._refuse(work, resource_id, sent, current)
            raise

    async def variants(self, work: Work, journey_id: UUID, query: ListQuery) -> PageOf:
        """One page of the variants of a map. Raises `NotFound` for the map."""
        work.needs(self.reads)
        found = await self.page(work, query, variant_of=journey_id)
        if found.is_empty:
            await self.one(work, journey_id, {"id": None})
        return found

    async def cascade(self, work: Work, resource_id: UUID) -> None:
        """All parts of the map, which is locked first: until it goes, none may come."""
        await self.current(work, resource_id, ["id"])
        await cascades.tell(work, {self.table: [resource_id]})
        await work.rows(
            rows.tell_gone(self.table), id=resource_id, outbox_id=new_id(), now=work.now
        )

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses references to nothing, and a map that comes to improve or vary itself."""
        values = await super().stored(work, resource_id, members)
        problems: list[Problem] = []
        if values.get("goal") is not None:
            values["goal"] = settling.condition(values["goal"], "/goal", problems)
        others = [(f"/{n}", values.get(n)) for n in ("as_is_id", "variant_of")]
        problems += await references.unknown(work, journeys, others)
        problems += await self._circles(work, resource_id, values)
        if problems:
            raise Invalid(problems)
        return values

    async def _circles(
        self, work: Work, resource_id: UUID, values: Mapping[str, Any]
    ) -> list[Problem]:
        """A problem where a map would improve or vary itself, perhaps by way of others."""
        detail = "a journey cannot be this to itself, nor to what comes of it"
        origins = {n: which for n in ("as_is_id", "variant_of") if (which := values.get(n))}
        back = await settling.leading_back(work, resource_id, list(origins.values()))
        return [
            Problem(f"/{name}", "circular", detail)
            for name, which in origins.items()
            if which in back
        ]

    async def _begun(self, work: Work, journey_id: UUID, data: Input) -> Input:
        """The map with the stages it begins with: see `Templates.begun`."""
        try:
            return await TEMPLATES.begun(work, data)
        except Invalid as error:
            await self._refuse(work, journey_id, data.model_dump(), EMPTY, error.problems)
            raise

    async def _refuse(
        self,
        work: Work,
        journey_id: UUID,
        members: Mapping[str, Any],
        current: Mapping[str, Any],
        found: Sequence[Problem] = (),
    ) -> None:
        """Raise `Invalid` with what every check finds, where one of them has found something."""
        problems = list(found)
        try:
            await self.stored(work, journey_id, members)
        except Invalid as error:
            problems += error.problems
        problems += await self._link_problems(work, journey_id, members)
        if any(name in members for name in _PARTS):
            await _settled(work, journey_id, members, current, problems)
        if problems:
            raise Invalid(dict.fromkeys(problems))

    # -- parts -------------------------------------------------------------------------------

    async def _write_parts(
        self, work: Work, journey_id: UUID, members: Mapping[str, Any], current: Mapping[str, Any]
    ) -> Document:
        """Write links and parts of a map whose row this work has written, and answer it whole."""
        problems: list[Problem] = []
        await self._write_links(work, journey_id, members, problems)
        parts = None
        if any(name in members for name in _PARTS):
            parts = await _settled(work, journey_id, members, current, problems)
        if problems:
            raise Invalid(problems)
        if parts is not None:
            await write_parts(work, journey_id, parts)
        return (await reading.documents(work, self.shape, [journey_id]))[journey_id]

    async def rewrite_stage(
        self, work: Work, journey_id: UUID, stage_id: UUID, given: list[Members]
    ) -> None:
        """Make `given` the steps of one stage of a map whose row this work has written."""
        found = await reading.documents(work, self.shape, [journey_id])
        current = msgspec.json.decode(found[journey_id].json)
        wanted = _inputs(current)
        place = [stage["id"] for stage in current["stages"]].index(str(stage_id))
        wanted[place]["steps"] = given
        try:
            await self._write_parts(work, journey_id, {"stages": wanted}, current)
        except Invalid as error:
            raise Invalid(_of_stage(place, problem) for problem in error.problems) from error

    async def _write_links(
        self, work: Work, journey_id: UUID, members: Mapping[str, Any], problems: list[Problem]
    ) -> None:
        problems += await self._link_problems(work, journey_id, members)
        if problems:
            return
        for name, (link, column) in _LINKS.items():  # two link tables, whatever the map's size
            if name not in members:
                continue
            await work.rows(rows.drop_links(link, "journey_id"), ids=[journey_id])
            if ids := list(dict.fromkeys(members[name])):
                given = [{column: which, "position": n} for n, which in enumerate(ids)]
                await work.rows(rows.add(link), rows=given, journey_id=journey_id)

    async def _link_problems(
        self, work: Work, journey_id: UUID, members: Mapping[str, Any]
    ) -> list[Problem]:
        people, following = (
            [(f"/{name}/{n}", which) for n, which in enumerate(members.get(name) or ())]
            for name in _LINKS
        )
        problems = await references.unknown(work, personas, people)
        problems += await references.unknown(work, journeys, following)
        return problems + [
            Problem(at, "circular", "a journey cannot follow itself")
            for at, which in following
            if which == journey_id
        ]


def _of_stage(place: int, problem: Problem) -> Problem:
    """A problem of the map as one of what the caller sent: a stage, whose steps bring it about."""
    at, found = f"/stages/{place}", problem.pointer
    told = found.removeprefix(at) if found.startswith(f"{at}/") else "/steps"
    return replace(problem, pointer=told)


async def _settled(
    work: Work,
    journey_id: UUID,
    members: Mapping[str, Any],
    current: Mapping[str, Any],
    problems: list[Problem],
) -> Parts | None:
    """The parts as they shall be, or None when `problems` says why not."""
    wanted: list[Members] = members["stages"] if "stages" in members else _inputs(current)
    complete_keys(wanted, problems)
    at_stages = [(f"/stages/{n}", stage) for n, stage in enumerate(wanted)]
    at_steps = [
        (f"{at}/steps/{n}", step)
        for at, stage in at_stages
        for n, step in enumerate(stage["steps"])
    ]
    if len(at_steps) > MOST_STEPS:
        problems.append(too_many("/stages", MOST_STEPS, "steps"))
    settling.settle_stages(at_stages, problems)
    await settling.settle_steps(work, journey_id, at_steps, problems)
    edges = members["transitions"] if "transitions" in members else _edges(current, wanted)
    if edges is not None:
        check_transitions(edges, wanted, problems)
    if problems:
        return None
    await resolve(work, [step for _, step in at_steps], edges or ())
    plain: Any = msgspec.json.decode(as_json({"stages": wanted, "transitions": edges}))
    return reconciled(plain["stages"], plain["transitions"], current, lambda: str(new_id()))


def _edges(current: Mapping[str, Any], wanted: Sequence[Members]) -> list[Members] | None:
    """The stored transitions as they would be sent, those of steps that go left out.

    None where they only tie neighbours: then they follow the new order.
    """
    if is_tied(current):
        return None
    known = {step["key"] for stage in wanted for step in stage["steps"]}
    read = [inputs.NewTransition.model_validate(edge) for edge in current["transitions"]]
    return [edge.model_dump() for edge in read if {edge.from_, edge.to} <= known]


def _inputs(current: Mapping[str, Any]) -> list[Members]:
    """The stored stages as they would be sent."""
    try:
        read = [inputs.NewStage.model_validate(stage) for stage in current["stages"]]
    except ValidationError as error:
        raise Invalid(
            problems_of(error, "/stages"), "The stored map is past its bounds."
        ) from error
    return [stage.model_dump() for stage in read]


JOURNEYS = Journeys("journey", shape.JOURNEY, shape.JOURNEYS, inputs.NewJourney, keeps_values=True)
VARIANTS = Belonging(JOURNEYS, "variant_of")
"""The maps that vary a map."""
TO_BE = Belonging(JOURNEYS, "as_is_id")
"""The to-be maps that improve a map."""
