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
from service.domain.words import Meaning, told

Described = Annotated[
    dict[str, Any],
    Field(
        json_schema_extra={
            "propertyNames": {"minLength": 1, "maxLength": MAX_KEY},
            "maxProperties": MAX_MEMBERS,
        },
    ),
]
"""Attribute key to value; see /v1/profile-attributes."""

Role = Annotated[
    Literal["decider", "influencer", "user", "payer"],
    Meaning(
        "The part somebody plays in a purchase by several.",
        {
            "decider": "Says yes or no.",
            "influencer": "Is asked, or speaks up.",
            "user": "Will work with it.",
            "payer": "Signs the bill.",
        },
    ),
]
_TYPES = Meaning(
    "The shape of a value.",
    {
        "text": "A text.",
        "texts": "A list of texts.",
        "number": "A number.",
        "integer": "A whole number.",
        "money_range": "`{min, max, currency}`; a bound may be null, and is then open.",
        "integer_range": "`{min, max}`, both included; a bound may be null, and is then open.",
        "choice": "One of the options.",
        "boolean": "True or false.",
        "date": "A day, YYYY-MM-DD.",
        "any": "Any JSON value.",
    },
    "AttributeType",
)


class NewProfile(Input):
    """An ideal-client profile: whom a map is for."""

    often_changed = ("market", "attributes")
    name: Annotated[Line, told("How people call this kind of client.", "Near retirement")]
    description: Annotated[
        Prose | None, told("Who they are, in sentences.", "Couples five years before they retire.")
    ] = None
    market: Annotated[Line | None, told("The target market it stands for.", "Austria")] = None
    parent_id: Annotated[
        UUID | None,
        told(
            "The wider profile: a member of this one satisfies that one too.",
            "0198c7f0-0000-7000-8000-000000000010",
        ),
    ] = None
    attributes: Annotated[
        Described,
        told(
            "What describes them: keys of /v1/profile-attributes, or any of your own, to values.",
            {"life_stage": "near retirement", "age_range": {"min": 55, "max": 65}},
        ),
    ] = Field(default_factory=dict)
    criteria: Annotated[
        Condition,
        told(
            "Which contacts belong, as a condition on their traits. Unknown is not no.",
            {"field": "traits.age", "op": "ge", "value": 55},
        ),
    ] = None
    exclusions: Annotated[
        Condition,
        told(
            "Which contacts do not, whatever the criteria say.",
            {"field": "traits.country", "op": "ne", "value": "AT"},
        ),
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class NewProfileAttribute(Input):
    """An attribute of one's own, beside the built-in ones."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"built_in"}
    often_changed = ("label", "description")
    key: Annotated[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")],
        told("Under which profiles hold its value; no built-in one's.", "pension_scheme"),
    ]
    label: Annotated[Line, told("How people read it.", "Pension scheme")]
    description: Annotated[
        Prose | None, told("What it says of a client.", "The scheme most of them pay into.")
    ] = None
    type: Annotated[AttributeType, _TYPES, told("The shape of its values.", "choice")]
    options: Annotated[
        Slugs,
        told("What a `choice` must be one of; suggestions for a `text`.", ["state", "company"]),
    ] = Field(default_factory=list)
    unit: Annotated[Slug | None, told("The unit of its numbers.", "years")] = None
    sensitive: Annotated[
        Flag, told("A special category of personal data: contacts must grant its use.", False)
    ] = False
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class NewPersona(Input):
    """A fictional representative of one profile."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"avatar"}
    often_changed = ("quote", "goals")
    profile_id: Annotated[
        UUID | None,
        told("The profile it gives a face to.", "0198c7f0-0000-7000-8000-000000000010"),
    ] = None
    name: Annotated[Line, told("A first name will do: nobody real is meant.", "Ann")]
    personality: Annotated[
        Prose | None, told("Temperament and way of deciding.", "Careful, reads the small print")
    ] = None
    backstory: Annotated[
        Prose | None,
        told("The life behind the decisions.", "A teacher of 58; the house is paid off."),
    ] = None
    quote: Annotated[
        Prose | None, told("A sentence they would say.", "I want to know, not to hope.")
    ] = None
    role: Annotated[Role | None, told("The part played in a purchase by several.", "decider")] = (
        None
    )
    tone: Annotated[
        Prose | None, told("How they like to be spoken to.", "Plain, without jargon")
    ] = None
    demographics: Annotated[
        Described,
        told(
            "Age, household income, marital status, location, gender, and the like.",
            {"age": 58, "marital_status": "married", "location": "Graz"},
        ),
    ] = Field(default_factory=dict)
    changes: Annotated[Lines, told("The biggest changes they face.", ["The children move out"])] = (
        Field(default_factory=list)
    )
    goals: Annotated[Lines, told("What they want to reach.", ["Retire at 62"])] = Field(
        default_factory=list
    )
    motivations: Annotated[Lines, told("What drives them.", ["Safety for two"])] = Field(
        default_factory=list
    )
    pains: Annotated[
        Items,
        told(
            "What hurts today; content and actions answer it.",
            [{"key": "fees", "text": "Fees nobody explains", "topic": "price"}],
        ),
    ] = Field(default_factory=list)
    objections: Annotated[
        Items,
        told(
            "What they hold against buying.",
            [{"key": "later", "text": "There is no hurry", "topic": "effort"}],
        ),
    ] = Field(default_factory=list)
    likes: Annotated[Lines, told("What they are fond of.", ["Long walks"])] = Field(
        default_factory=list
    )
    dislikes: Annotated[Lines, told("What puts them off.", ["Calls at dinner time"])] = Field(
        default_factory=list
    )
    channels: Annotated[Slugs, told("How they wish to be reached.", ["mail", "phone"])] = Field(
        default_factory=list
    )
    information_sources: Annotated[
        Lines, told("Where they look for solutions.", ["friends", "consumer magazines"])
    ] = Field(default_factory=list)
    content_formats: Annotated[
        Slugs, told("What they like to read, hear or watch.", ["video", "checklist"])
    ] = Field(default_factory=list)
    competitors: Annotated[Lines, told("To whom else they have ties.", ["The house bank"])] = Field(
        default_factory=list
    )
    purchases: Annotated[
        Lines, told("What else they bought in the niche.", ["A life insurance"])
    ] = Field(default_factory=list)
    heard_through: Annotated[Lines, told("How they heard of us.", ["A neighbour"])] = Field(
        default_factory=list
    )
    integration_concerns: Annotated[
        Lines,
        told("Worries about fitting it to what they have.", ["Moving the standing orders"]),
    ] = Field(default_factory=list)
    attributes: Annotated[
        Described,
        told(
            "Whatever else describes them: keys of /v1/profile-attributes, or your own, to values.",
            {"investment_attitude": "cautious"},
        ),
    ] = Field(default_factory=dict)
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class ProfileList(ListQuery):
    """Profiles by market or by the wider profile."""

    market: Annotated[Line | None, told("Only those of this market.", "Austria")] = None
    parent_id: Annotated[
        UUID | None,
        told("Only those inside this profile.", "0198c7f0-0000-7000-8000-000000000010"),
    ] = None


class PersonaList(ListQuery):
    """Personas by profile or role."""

    profile_id: Annotated[
        UUID | None,
        told("Only those of this profile.", "0198c7f0-0000-7000-8000-000000000010"),
    ] = None
    role: Annotated[Role | None, told("Only those who play this part.", "decider")] = None


class ProfileAttributeList(ListQuery):
    """Own attributes by type."""

    type: Annotated[
        Annotated[AttributeType, _TYPES] | None, told("Only those of this type.", "choice")
    ] = None
