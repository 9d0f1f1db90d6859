"""The fields every resource has, declared once, as `rest/resources.py` declares its routes."""

from typing import Any

import strawberry

from service.api.edge import EdgeOf
from service.api.graphql import context, ids, mirroring, rooted
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.faces import IF_VERSION, Face, expected
from service.api.graphql.writing import Answer, mutation
from service.domain.resources import Resource

DETACH = Argument(
    "detach", bool, "Let those who use it forget it, instead of refusing.", default=False
)


def mutations(face: Face) -> list[Any]:
    """Create, update, replace and delete."""
    return [create(face), *changes(face)]


def changes(face: Face) -> list[Any]:
    """Update, replace and delete: what parts share with wholes."""
    return [update(face), replace(face), delete(face)]


def one(face: Face) -> Any:
    """The query for one, by its id."""

    async def resolve(info: Any, id: str) -> Row | None:
        request = context.of(info)
        return await request.row(info._raw_info, face.resource, face.id_of(id))

    said = f"The {face.said} with this id; null when there is none."
    way = rooted.by_id(face.resource, face.id_of)
    return resolving(face.kind, resolve, face.shown | None, said, [face.by_id], way=way)


def create(face: Face) -> Any:
    """The mutation that makes one."""

    async def write(edge: EdgeOf, input: Row) -> Answer:
        data = face.data(input)
        return face.now(await edge.created(lambda work: face.resource.create(work, data), "{id}"))

    said = f"Make a new {face.said}."
    return mutation(f"create_{face.kind}", write, face.changed, said, [face.whole])


def add(face: Face, owners: Resource) -> Any:
    """The mutation that makes a part of one of `owners`."""
    owner = f"{owners.kind}_id"
    parts: Any = face.resource

    async def write(edge: EdgeOf, input: Row, **owned: str) -> Answer:
        data = face.data(input)
        owner_id = ids.plain_id(owned[owner], owners.shape.name, f"/{owner}")
        return face.now(await edge.created(lambda work: parts.add(work, owner_id, data), "{id}"))

    of = Argument(owner, strawberry.ID, f"The {owners.kind} it becomes a part of.")
    said = f"Make a new {face.said}."
    return mutation(f"create_{face.kind}", write, face.changed, said, [of, face.whole])


def update(face: Face) -> Any:
    """The mutation that changes some members."""

    async def write(edge: EdgeOf, id: str, patch: Row, **at: int | None) -> Answer:
        return await face.patched(edge, face.id_of(id), patch, at)

    arguments = [face.by_id, face.patch, IF_VERSION]
    said = f"Change some members of the {face.said}."
    return mutation(f"update_{face.kind}", write, face.changed, said, arguments)


def move(face: Face, description: str, *place: Argument, **unless_given: None) -> Any:
    """The mutation that changes a part's place alone."""
    fields = face.resource.new.model_fields

    async def write(edge: EdgeOf, id: str, if_version: int | None = None, **given: Any) -> Answer:
        asked = {n: mirroring.member(fields[n].annotation, value) for n, value in given.items()}
        at = {"if_version": if_version}
        return await face.patched(edge, face.id_of(id), {**unless_given, **asked}, at)

    arguments = [face.by_id, *place, IF_VERSION]
    return mutation(f"move_{face.kind}", write, face.changed, description, arguments)


def replace(face: Face) -> Any:
    """The mutation that gives all members anew."""

    async def write(edge: EdgeOf, id: str, input: Row, **at: int | None) -> Answer:
        data, which = face.data(input), face.id_of(id)
        return face.now(
            await edge.changed(lambda work: face.resource.replace(work, which, data, expected(at)))
        )

    arguments = [face.by_id, face.whole, IF_VERSION]
    said = f"Give the {face.said} all its members anew; those not given take their defaults."
    return mutation(f"replace_{face.kind}", write, face.changed, said, arguments)


def delete(face: Face, description: str | None = None) -> Any:
    """The mutation that removes one."""

    async def write(edge: EdgeOf, id: str, detach: bool = False, **at: int | None) -> Answer:
        which = face.id_of(id)
        await edge.gone(lambda work: face.resource.remove(work, which, expected(at), detach=detach))
        return {"deleted_id": ids.global_id(face.name, str(which))}

    arguments = [face.by_id, DETACH, IF_VERSION]
    said = description or f"Delete the {face.said}; refused while others use it."
    return mutation(f"delete_{face.kind}", write, face.gone, said, arguments)
