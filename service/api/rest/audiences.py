"""Profiles, the catalogue of their attributes, and personas."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query
from pydantic import Field
from starlette.responses import Response

from service.api.edge import Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.documents import Named, shown
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import audiences
from service.domain.inputs import Input
from service.domain.words import told

router = APIRouter(route_class=Route)

Profile = shown(audiences.NewProfile, Named)
ProfileAttribute = shown(
    audiences.NewProfileAttribute,
    Named,
    built_in=(bool, told("Whether Waypost brings it; such a one cannot be changed.", False)),
)
Persona = shown(
    audiences.NewPersona,
    Named,
    avatar=(
        str | None,
        told(
            "The path of its picture; null without one.",
            f"/v1/personas/{id_like('persona')}/avatar?sha256=9f86d081884c7d65",
        ),
    ),
)
BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
PICTURES = dict.fromkeys(("image/png", "image/jpeg", "image/webp"), BYTES)
PICTURE = {"content": {"image/webp": BYTES}, "description": "The picture."}

collection(
    router,
    "/v1/profiles",
    audiences.PROFILES,
    Profile,
    audiences.ProfileList,
    leads_to=dict.fromkeys(["preview_profile", "list_profile_contact"], "profile_id"),
    form=audiences.PROFILE_FORM,
)
collection(
    router,
    "/v1/personas",
    audiences.PERSONAS,
    Persona,
    audiences.PersonaList,
    leads_to=dict.fromkeys(
        [
            *("put_persona_avatar", "read_persona_avatar", "delete_persona_avatar"),
            "read_persona_quality",
        ],
        "persona_id",
    ),
    form=audiences.PERSONA_FORM,
)
collection(
    router,
    "/v1/profile-attributes",
    audiences.PROFILE_ATTRIBUTES,
    ProfileAttribute,
    audiences.ProfileAttributeList,
)


class PictureQuery(Input):
    """Which picture: of its content, so that what was fetched before can be kept."""

    shown_only = frozenset()
    sha256: Annotated[
        Annotated[str, Field(pattern="^[0-9a-f]{16}$")] | None,
        told("As `avatar` shows it.", "9f86d081884c7d65"),
    ] = None


@router.put(
    "/v1/personas/{persona_id:uuid}/avatar",
    response_model=Persona,
    responses=documents.WRITE,
    operation_id="put_persona_avatar",
    summary="Give a persona a picture",
    openapi_extra={"requestBody": {"required": True, "content": PICTURES}},
    tags=["personas"],
)
async def put_avatar(
    persona_id: UUID, body: Annotated[bytes, Body(media_type="image/png")], edge: Edge
) -> Response:
    """Give a persona a picture: PNG, JPEG or WebP, at most 2 MiB and 4 megapixels.

    It is decoded, scaled to at most 512 by 512 and stored anew, so nothing else in the file stays.
    """
    edge.caller.needs(audiences.PERSONAS.writes)
    portrait = await edge.aside(audiences.portrait, body)
    return await edge.changed(
        lambda work: audiences.PERSONAS.portray(work, persona_id, portrait, edge.expected)
    )


@router.get(
    "/v1/personas/{persona_id:uuid}/avatar",
    response_class=Response,
    responses={200: PICTURE, **documents.READ},
    operation_id="read_persona_avatar",
    summary="Read a persona's picture",
    tags=["personas"],
)
async def read_avatar(
    persona_id: UUID, query: Annotated[PictureQuery, Query()], edge: Edge
) -> Response:
    """A persona's picture."""
    del query  # it makes the address of another picture another
    media_type, data, sha256 = await edge.read(
        lambda work: audiences.PERSONAS.portrait(work, persona_id)
    )
    headers = {
        "ETag": f'"{sha256}"',
        "Cache-Control": "private, max-age=300",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, 200, headers, media_type)


@router.delete(
    "/v1/personas/{persona_id:uuid}/avatar",
    status_code=204,
    responses=documents.DELETE,
    operation_id="delete_persona_avatar",
    summary="Take a persona's picture away",
    tags=["personas"],
)
async def delete_avatar(persona_id: UUID, edge: Edge) -> Response:
    """Take a persona's picture away."""
    return await edge.gone(
        lambda work: audiences.PERSONAS.portray(work, persona_id, None, edge.expected)
    )


by_external_id(router, "/v1/profiles", audiences.PROFILES, Profile)
by_external_id(router, "/v1/personas", audiences.PERSONAS, Persona)
by_external_id(router, "/v1/profile-attributes", audiences.PROFILE_ATTRIBUTES, ProfileAttribute)
