"""What callers send for profiles, their attributes, and personas."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from service.domain.audiences.attributes import AttributeType
from service.domain.audiences.bounds import MAX_KEY, MAX_MEMBERS
from service.domain.inputs import (
    Condition,
    ExternalIds,
    Flag,
    Input,
    Items,
    Line,
    Lines,
    Prose,
    Slug,
    Slugs,
)
from service.domain.paging import ListQuery

Role = Literal["decider", "influencer", "user", "payer"]
Described = Annotated[
    dict[str, Any],
    Field(
        description="Attribute key to value; see /v1/profile-attributes.",
        json_schema_extra={
            "propertyNames": {"minLength": 1, "maxLength": MAX_KEY},
            "maxProperties": MAX_MEMBERS,
        },
    ),
]


class NewProfile(Input):
    """An ideal-client profile: whom a map is for."""

    name: Line
    description: Prose | None = None
    market: Line | None = None
    parent_id: UUID | None = Field(
        None, description="The wider profile: a member of this one satisfies that one too."
    )
    attributes: Described = Field(default_factory=dict)
    criteria: Condition = None
    exclusions: Condition = None
    external_ids: ExternalIds = Field(default_factory=list)


class NewProfileAttribute(Input):
    """An attribute of one's own, beside the built-in ones."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"built_in"}
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    label: Line
    description: Prose | None = None
    type: AttributeType
    options: Slugs = Field(default_factory=list)
    unit: Slug | None = None
    sensitive: Flag = False
    external_ids: ExternalIds = Field(default_factory=list)


class NewPersona(Input):
    """A fictional representative of one profile."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"avatar"}
    profile_id: UUID | None = None
    name: Line
    personality: Prose | None = None
    backstory: Prose | None = None
    quote: Prose | None = None
    role: Role | None = Field(None, description="The part played in a purchase by several.")
    tone: Prose | None = Field(None, description="How they like to be spoken to.")
    demographics: Described = Field(default_factory=dict)
    changes: Lines = Field(default_factory=list, description="The biggest changes they face.")
    goals: Lines = Field(default_factory=list)
    motivations: Lines = Field(default_factory=list)
    pains: Items = Field(default_factory=list)
    objections: Items = Field(default_factory=list)
    likes: Lines = Field(default_factory=list)
    dislikes: Lines = Field(default_factory=list)
    channels: Slugs = Field(default_factory=list, description="How they wish to be reached.")
    information_sources: Lines = Field(default_factory=list)
    content_formats: Slugs = Field(default_factory=list)
    competitors: Lines = Field(default_factory=list)
    purchases: Lines = Field(default_factory=list, description="What else they bought.")
    heard_through: Lines = Field(default_factory=list, description="How they heard of us.")
    integration_concerns: Lines = Field(default_factory=list)
    attributes: Described = Field(default_factory=dict)
    external_ids: ExternalIds = Field(default_factory=list)


class ProfileList(ListQuery):
    """Profiles by market or by the wider profile."""

    market: Line | None = None
    parent_id: UUID | None = None


class PersonaList(ListQuery):
    """Personas by profile or role."""

    profile_id: UUID | None = None
    role: Role | None = None


class ProfileAttributeList(ListQuery):
    """Own attributes by type."""

    type: AttributeType | None = None
