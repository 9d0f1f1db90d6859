"""How plans answer root fields: one row by its id, a page, or what a write has answered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
from graphql import FieldNode, GraphQLField

from service.api.graphql import hot, ids
from service.api.graphql.context import Context, Row
from service.api.graphql.facts import encode
from service.api.graphql.picking import picked
from service.api.graphql.planned import Read, Root
from service.api.graphql.projecting import Projecting, Unplanned
from service.api.graphql.selecting import object_type
from service.domain.paging import ListQuery, PageOf
from service.domain.resources import Resource
from service.domain.shapes import Projection
from service.domain.work import Caller, Work


class Prepared(Protocol):
    """Makes of a list's arguments what is asked, and what answers it. Raises `Invalid`."""

    def __call__(
        self, arguments: Mapping[str, Any], *, counted: bool
    ) -> tuple[ListQuery, Callable[[Work, ListQuery], Any]]: ...


Asked = Callable[[Mapping[str, Any]], Callable[[Work, Projection, Mapping[str, Any]], Any]]
"""Makes of a field's arguments what reads the row as a projection shows it. Raises `Invalid`."""


def by_id(resource: Resource, id_of: Callable[[str], UUID]) -> Root:
    """The row with the id in the argument `id`."""

    def asked(arguments: Mapping[str, Any]) -> Any:
        which = id_of(arguments["id"])
        return lambda work, shown, places: resource.projected(work, which, shown, places)

    single = _single(resource, asked)

    def root(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Read:
        if resource is hot.ABOUT:
            planning.about = lambda arguments: id_of(arguments["id"])
        return single(planning, field, nodes)

    return root


def by_global_id(kinds: Mapping[str, Resource]) -> Root:
    """The row of any of these kinds, by their names, with the global id in the argument `id`.

    What is no global id of one that a plan can read is left to the ordinary executor.
    """

    def root(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Read:
        del field
        planned = _of_kinds(planning, kinds, nodes)

        async def read(
            request: Context, arguments: Mapping[str, Any], places: Mapping[str, Any]
        ) -> str | None:
            of, which = _named(planned, arguments["id"], request)
            found: str | None = await request.read(
                lambda work: of.resource.projected(work, which, of.shown, places)
            )
            request.spends(len(found or ""))
            return found

        return read

    return root


def by_global_ids(kinds: Mapping[str, Resource], most: int) -> Root:
    """The same of all those in the argument `ids`, in their order; of more than `most` the ordinary
    executor tells that they are too many."""

    def root(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Read:
        del field
        planned = _of_kinds(planning, kinds, nodes)

        async def read(
            request: Context, arguments: Mapping[str, Any], places: Mapping[str, Any]
        ) -> str | None:
            if len(arguments["ids"]) > most:
                raise Unplanned
            asked = [_named(planned, text, request) for text in arguments["ids"]]
            found: dict[_Kind, Mapping[UUID, msgspec.Raw]] = {}
            # A statement for each kind, however many of it there are.
            for of in dict.fromkeys(of for of, _ in asked):
                which = [one for other, one in asked if other is of]
                found[of] = await request.read(partial(of.many, which, places))
            told = [bytes(found[of].get(which, b"null")) for of, which in asked]
            request.spends(sum(map(len, told)))
            return f"[{b','.join(told).decode()}]"

        return read

    return root


class _Kind(NamedTuple):
    """How a row of one kind is shown, and what planning that has found it to take."""

    resource: Resource
    shown: Projection
    own: Projecting

    def is_shown_to(self, caller: Caller) -> bool:
        """Whether the caller may read all that is shown."""
        return self.resource.shown_to(caller) and self.own.scopes <= caller.scopes

    async def many(
        self, which: Sequence[UUID], places: Mapping[str, Any], work: Work
    ) -> dict[UUID, msgspec.Raw]:
        """Those of them that there are."""
        return await self.resource.many_projected(work, which, self.shown, places)


def _of_kinds(
    planning: Projecting, kinds: Mapping[str, Resource], nodes: Sequence[FieldNode]
) -> Mapping[str, _Kind]:
    """Those of which a plan can show rows, as an operation selects them."""
    found = {}
    for name, resource in kinds.items():
        own = planning.beside()
        kind = object_type(own.collecting.schema.get_type(name))
        with suppress(Unplanned):
            found[name] = _Kind(resource, own.rows(resource, kind, nodes), own)
    return found


def _named(planned: Mapping[str, _Kind], text: str, request: Context) -> tuple[_Kind, UUID]:
    """Which row of which kind a global id means. Raises `Unplanned`."""
    said = ids.read(text)
    found = None if said is None else planned.get(said.kind or "")
    if said is None or found is None or not found.is_shown_to(request.caller):
        raise Unplanned
    return found, said.id


def by_name(resource: Resource, name_of: Callable[[Any], tuple[str, str]]) -> Root:
    """The row that a caller knows by the name in the argument `external_id`."""

    def asked(arguments: Mapping[str, Any]) -> Any:
        name = name_of(arguments["external_id"])
        return lambda work, shown, places: resource.projected_as(work, *name, shown, places)

    return _single(resource, asked)


def _single(resource: Resource, asked: Asked) -> Root:
    def root(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Read:
        shown = planning.rows(resource, object_type(field.type), nodes)

        async def read(
            request: Context, arguments: Mapping[str, Any], places: Mapping[str, Any]
        ) -> str | None:
            answers = asked(arguments)
            found: str | None = await request.read(lambda work: answers(work, shown, places))
            request.spends(len(found or ""))
            return found

        return read

    return root


def listed(resource: Resource, prepared: Prepared) -> Root:
    """A page of the rows of a resource."""

    def root(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Read:
        if type(resource).page is not Resource.page:
            raise Unplanned
        shown, counted = planning.page(object_type(field.type), nodes)

        async def read(
            request: Context, arguments: Mapping[str, Any], places: Mapping[str, Any]
        ) -> str | None:
            asked, answers = prepared(arguments, counted=counted)
            wanted = asked.projecting(shown, places)
            found: PageOf = await request.read(lambda work: answers(work, wanted))
            if found.rows is None:
                raise Unplanned  # not what is stored now, but what was once
            request.spends(len(found.items))
            return found.items

        return read

    return root


Done = Callable[[Context, FieldNode, Mapping[str, Any]], Awaitable[Row]]
"""Does what a mutation says, once, and answers its payload."""


def written(done: Done) -> Root:
    """What a mutation answers, of its own row alone."""

    def root(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Read:
        shown = picked(planning.collecting, object_type(field.type), nodes)

        async def read(
            request: Context, arguments: Mapping[str, Any], _: Mapping[str, Any]
        ) -> str | None:
            return encode(shown(await done(request, nodes[0], arguments))).decode()

        return read

    return root
