"""The same by a name of the caller's, so that other systems sync without keeping our ids."""

from typing import Any

from service.api.edge import EdgeOf
from service.api.graphql import context, given, mirroring, rooted
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.faces import IF_VERSION, Face, expected
from service.api.graphql.resources import DETACH
from service.api.graphql.writing import Answer, mutation, payload
from service.domain.errors import Invalid, NotFound
from service.domain.inputs import ExternalId

_NAME = Argument("external_id", mirroring.input_of(ExternalId), "The name in your system.")


def mutations(face: Face) -> list[Any]:
    """Create or replace, update, and delete."""
    return [_upsert(face), _update(face), _delete(face)]


def one(face: Face) -> Any:
    """The query for one, by a name of the caller's."""

    async def resolve(info: Any, external_id: Row) -> Row | None:
        source, name = _known(external_id)
        request = context.of(info)

        try:
            found = await request.read(lambda work: face.resource.one_known_as(work, source, name))
        except NotFound:
            return None
        row: Row = request.decoded(found.json)
        return row

    said = f"The {face.said} that you know by this name; null when there is none."
    name = f"{face.kind}_by_external_id"
    way = rooted.by_name(face.resource, _known)
    return resolving(name, resolve, face.shown | None, said, [_NAME], way=way)


def _upsert(face: Face) -> Any:
    async def write(edge: EdgeOf, external_id: Row, input: Row, **at: int | None) -> Answer:
        (source, name), data = _known(external_id), face.data(input)
        response = await edge.put(
            lambda work: face.resource.put_as(work, source, name, data, expected(at)), "{id}"
        )
        return {**face.now(response), "created": response.status_code == 201}

    answers = payload(f"Upsert{face.name}", face.member, ("created", bool, "Whether it is new."))
    said = f"Make or replace the {face.said} that you know by this name."
    arguments = [_NAME, face.whole, IF_VERSION]
    return mutation(f"upsert_{face.kind}", write, answers, said, arguments)


def _update(face: Face) -> Any:
    async def write(edge: EdgeOf, external_id: Row, patch: Row, **at: int | None) -> Answer:
        source, name = _known(external_id)
        data = given.built(face.resource.patch_input, patch)
        return face.now(
            await edge.changed(
                lambda work: face.resource.patch_as(work, source, name, data, expected(at))
            )
        )

    said = f"Change the {face.said} that you know by this name."
    arguments = [_NAME, face.patch, IF_VERSION]
    name = f"update_{face.kind}_by_external_id"
    return mutation(name, write, face.changed, said, arguments)


def _delete(face: Face) -> Any:
    async def write(
        edge: EdgeOf, external_id: Row, detach: bool = False, **at: int | None
    ) -> Answer:
        source, name = _known(external_id)
        await edge.gone(
            lambda work: face.resource.remove_as(work, source, name, expected(at), detach=detach)
        )
        return {"deleted": True}

    answers = payload("DeleteByExternalId", ("deleted", bool, "Whether it is gone."))
    said = f"Delete the {face.said} that you know by this name; refused while others use it."
    arguments = [_NAME, DETACH, IF_VERSION]
    return mutation(f"delete_{face.kind}_by_external_id", write, answers, said, arguments)


def _known(external_id: Row) -> tuple[str, str]:
    """A name as it can be stored. Raises `Invalid`."""
    try:
        name = given.built(ExternalId, external_id)
    except Invalid as error:
        raise error.renamed("/external_id{}".format) from error
    return name.source, name.id
