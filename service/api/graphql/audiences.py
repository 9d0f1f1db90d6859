"""Profiles, the catalogue of their attributes, and personas."""

import strawberry

from service.api.edge import EdgeOf
from service.api.graphql import external_ids, resources
from service.api.graphql.connections import listing
from service.api.graphql.content import content_for
from service.api.graphql.evidence import evidence_about
from service.api.graphql.faces import IF_VERSION, Face, expected
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import member, one
from service.api.graphql.spreadsheets import import_rows
from service.api.graphql.themes import quality
from service.api.graphql.writing import Answer, mutation
from service.domain import audiences
from service.domain.evidence import Owner


@shows_resource(audiences.PROFILES)
class Profile(Node):
    """An ideal-client profile: whom a map is for."""

    parent: "Profile | None" = one(
        audiences.PROFILES, "parent_id", "The wider profile, which a member satisfies too."
    )


@shows_resource(audiences.PROFILE_ATTRIBUTES)
class ProfileAttribute(Node):
    """An attribute of profiles, built in or of one's own."""

    built_in: bool = strawberry.field(description="Whether Waypost brings it.")


@shows_resource(audiences.PERSONAS)
class Persona(Node):
    """A fictional representative of one profile."""

    profile: Profile | None = one(audiences.PROFILES, "profile_id", "Whom it represents.")
    evidence = evidence_about("persona_id", "The findings about it, the newest first.")
    quality = quality()
    avatar_url = member("avatar", str | None, "The path of its picture; null without one.")
    content = content_for(Owner.PERSONA, "The content that is for it, the newest first.")


PROFILE = Face(Profile, audiences.PROFILES)
ATTRIBUTE = Face(ProfileAttribute, audiences.PROFILE_ATTRIBUTES)
PERSONA = Face(Persona, audiences.PERSONAS)


async def _delete_avatar(edge: EdgeOf, id: str, **at: int | None) -> Answer:
    which = PERSONA.id_of(id)
    return PERSONA.now(
        await edge.changed(lambda work: audiences.PERSONAS.portray(work, which, None, expected(at)))
    )


QUERIES = [
    *(resources.one(face) for face in (PROFILE, ATTRIBUTE, PERSONA)),
    *(external_ids.one(face) for face in (PROFILE, ATTRIBUTE, PERSONA)),
    listing(
        "profiles", Profile, audiences.PROFILES, audiences.ProfileList, "The kinds of ideal client."
    ),
    listing(
        "profile_attributes",
        ProfileAttribute,
        audiences.PROFILE_ATTRIBUTES,
        audiences.ProfileAttributeList,
        "The catalogue of what describes a profile: built-in attributes and own ones.",
    ),
    listing(
        "personas", Persona, audiences.PERSONAS, audiences.PersonaList, "The faces given to them."
    ),
]
MUTATIONS = [
    *(field for face in (PROFILE, ATTRIBUTE, PERSONA) for field in resources.mutations(face)),
    *(field for face in (PROFILE, ATTRIBUTE, PERSONA) for field in external_ids.mutations(face)),
    mutation(
        "delete_persona_avatar",
        _delete_avatar,
        PERSONA.changed,
        "Take a persona's picture away.",
        [PERSONA.by_id, IF_VERSION],
    ),
    import_rows(audiences.PROFILE_FORM),
    import_rows(audiences.PERSONA_FORM),
]
