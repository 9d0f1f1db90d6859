"""Templates as resources, and the stages they give to new maps."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, Uuid, bindparam, cast, func, or_, select

from service.domain import keys, paging, reading
from service.domain.errors import DomainError, Invalid, Kind, NotFound, Problem
from service.domain.inputs import Input
from service.domain.journeys.inputs import NewJourney
from service.domain.journeys.shape import JOURNEY
from service.domain.journeys.tables import touchpoints
from service.domain.journeys.templates import carrying, shape
from service.domain.journeys.templates.inputs import NewTemplate
from service.domain.journeys.templates.tables import templates
from service.domain.keyed import Keyed
from service.domain.known import Expected
from service.domain.languages import Language, understood
from service.domain.paging import ListQuery, PageOf
from service.domain.reading import Document
from service.domain.shapes import Selection
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work

LONGEST_KEY = 100
_MINE = templates.c.workspace_id == WORKSPACE
_KEY = bindparam("key", type_=Text)
_HAS_ID = templates.c.id == bindparam("id", type_=Uuid())
_IS_IT = or_(templates.c.key == _KEY, _HAS_ID)
# A key may look like another's id: then the id is meant.
_BY_NAME = Statement(select(templates.c.id).where(_MINE, _IS_IT).order_by(_HAS_ID.desc()).limit(1))
_PARTS = Statement(
    select(
        cast(templates.c.stages, Text).label("stages"),
        cast(templates.c.transitions, Text).label("transitions"),
    )
    .where(_MINE, _IS_IT)
    .order_by(_HAS_ID.desc())
    .limit(1)
)
_NAMES = Statement(
    select(touchpoints.c.key, touchpoints.c.name).where(
        touchpoints.c.workspace_id == WORKSPACE,
        touchpoints.c.key == func.any(bindparam("keys", type_=ARRAY(Text))),
    )
)


def is_ready(template_id: UUID) -> bool:
    """Whether Waypost brings this one."""
    return template_id in shape.READY.values()


class ReadyMade(DomainError):
    """What Waypost brings stays as it is."""

    kind, code = Kind.CONFLICT, "ready_made"

    def __init__(self) -> None:
        super().__init__("A ready template stays as it is; make your own from a map begun with it.")


class Templates(Keyed):
    """Templates: ready ones, in the caller's language, and own ones."""

    kept_unless_sent: ClassVar[frozenset[str]] = frozenset(
        {"external_ids", "journey_id", "key", "name"}
    )

    # -- reading ---------------------------------------------------------------------------

    async def documents(
        self, work: Work, ids: Sequence[UUID], selection: Selection | None = None
    ) -> dict[UUID, Document]:
        """The whole of each, or what `selection` names, of both kinds."""
        work.needs(self.reads)
        return await reading.documents(work, shape.shape(work.caller.language), ids, selection)

    async def page(self, work: Work, query: ListQuery, **within: UUID) -> PageOf:
        """One page of both kinds."""
        work.needs(self.reads)
        return await paging.page(work, shape.listing(work.caller.language), query, **within)

    async def one_named(
        self, work: Work, name: str, selection: Selection | None = None
    ) -> Document:
        """The one with this id or key, whole or as selected. Raises `NotFound`."""
        work.needs(self.reads)
        which = await self._named(work, name)
        found = await self.documents(work, [which], selection)
        if which not in found:
            raise NotFound(self.kind, which)
        return found[which]

    async def begun(self, work: Work, data: Input) -> Input:
        """A map as it was sent, with the stages of its template where it was sent none.

        They are in the language of its `locale`, else the caller's. Touchpoints that the
        workspace has not are left out. Raises `Invalid` for a template that is none.
        """
        work.needs(self.writes)
        if not isinstance(data, NewJourney) or data.template is None:
            return data
        if "stages" in data.model_fields_set:
            return data
        language = understood(data.locale or "") or work.caller.language
        stages, edges = await self._parts(work, data.template, language)
        met = await _names(work, carrying.met_keys(stages))
        given: dict[str, Any] = {"stages": carrying.begun(stages, met)}
        if edges is not None and "transitions" not in data.model_fields_set:
            given["transitions"] = carrying.begun_transitions(edges)
        return data.model_copy(update=given)

    async def _named(self, work: Work, name: str) -> UUID:
        """The id of the template with this id or key; an own one first. Raises `NotFound`."""
        known = _ready_id(name)
        if "\0" not in name:
            known = await work.value(_BY_NAME, key=name, id=_id(name)) or known
        if known is None:
            raise NotFound(self.kind, name[:LONGEST_KEY])
        return known

    async def _parts(self, work: Work, name: str, language: Language) -> tuple[Any, Any]:
        for row in await work.rows(_PARTS, key=name, id=_id(name)):
            edges = row["transitions"]
            return msgspec.json.decode(row["stages"]), edges and msgspec.json.decode(edges)
        ready_id = _ready_id(name)
        for key, known in shape.READY.items():
            if known == ready_id:
                return shape.ready_stages(language, key), None
        detail = "there is no such template"
        raise Invalid([Problem("/template", "unknown_reference", detail)])

    # -- writing ---------------------------------------------------------------------------

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """A template made from a map."""
        work.needs(self.writes)
        if getattr(data, "journey_id", None) is None:
            detail = "a template is made from a map"
            raise Invalid([Problem("/journey_id", "required", detail)])
        return await super().create(work, data, resource_id)

    async def patch_named(
        self, work: Work, name: str, data: Input, expected: Expected = None
    ) -> Document:
        """`patch` by id or key."""
        work.needs(self.writes)
        return await self.patch(work, await self._named(work, name), data, expected)

    async def replace_named(
        self, work: Work, name: str, data: Input, expected: Expected = None
    ) -> Document:
        """`replace` by id or key."""
        work.needs(self.writes)
        return await self.replace(work, await self._named(work, name), data, expected)

    async def remove_named(
        self, work: Work, name: str, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """`remove` by id or key."""
        work.needs(self.writes)
        await self.remove(work, await self._named(work, name), expected, detach=detach)

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Write validated members of an own one."""
        _must_be_own(resource_id)
        members = {n: v for n, v in members.items() if (n, v) != ("key", None)}
        return await super().apply(work, resource_id, members, expected, touch=touch)

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """An own one; maps made from it stay as they are."""
        work.needs(self.writes)
        _must_be_own(resource_id)
        await super().remove(work, resource_id, expected, detach=detach)

    async def current(
        self, work: Work, resource_id: UUID, names: Sequence[str]
    ) -> Mapping[str, Any]:
        """Some members of an own one, locked."""
        _must_be_own(resource_id)
        return await super().current(work, resource_id, names)

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the map gives; a key of its own."""
        values = {n: members[n] for n in ("key", "name", "description") if n in members}
        if members.get("journey_id") is not None:
            journey = await _journey(work, members["journey_id"])
            names = await _names(work, carrying.met_keys(journey["stages"]))
            values |= carrying.carried(journey, names)
            for name, of_map in (("name", "title"), ("description", "scenario")):
                if name in values and values[name] is None:
                    values[name] = journey[of_map]
        if values.get("name", "") is None:
            raise Invalid([Problem("/name", "required", "cannot be removed")])
        if "key" in values:
            values["key"] = await self._key(work, resource_id, values)
        return values

    async def _key(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> str:
        given, name = values["key"], values.get("name", "")
        if given is not None and _id(given) is not None:
            raise Invalid([Problem("/key", "is_id", "a key must not be like an id")])
        start = given or keys.key_of(name, self.kind)
        alike = {start} if _id(start) is not None else set()
        return await self.own_key(work, resource_id, values, shape.READY.keys() | alike)


def _must_be_own(template_id: UUID) -> None:
    if is_ready(template_id):
        raise ReadyMade


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _ready_id(name: str) -> UUID | None:
    known = _id(name)
    return known if known is not None and is_ready(known) else shape.READY.get(name)


async def _journey(work: Work, journey_id: UUID) -> dict[str, Any]:
    found = await reading.documents(work, JOURNEY, [journey_id])
    if journey_id not in found:
        detail = "there is no such journey"
        raise Invalid([Problem("/journey_id", "unknown_reference", detail)])
    journey: dict[str, Any] = msgspec.json.decode(found[journey_id].json)
    return journey


async def _names(work: Work, met: Sequence[str]) -> dict[str, str]:
    """The names of the workspace's touchpoints among these keys."""
    rows = await work.rows(_NAMES, keys=list(met)) if met else ()
    return {row["key"]: row["name"] for row in rows}


TEMPLATES = Templates("template", shape.OWN, shape.LISTING, NewTemplate)
