"""What callers may say of people."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from service.domain.cursors import EXAMPLE
from service.domain.errors import Problem
from service.domain.inputs import WHOLE, Condition, Flag, Input, Saying, Slug, problems_of, storable
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import Meaning, told

MOST_ITEMS = 1_000
"""Contacts in one batch."""
_CONTACT = "0198c7f0-0000-7000-8000-0000000000d0"
_ACCOUNT = "0198c7f0-0000-7000-8000-0000000000d5"
_TRAITS = {"name": "Ann", "plan": "gold", "occupation": "engineer"}
Traits = Annotated[
    dict[str, Any],
    Field(
        json_schema_extra={
            "propertyNames": {"minLength": 1, "maxLength": 64},
            "maxProperties": 200,
        }
    ),
]


class ContactIdentifier(Input):
    """What a system calls a person; nobody else in the workspace is called so."""

    shown_only = frozenset()
    source: Annotated[
        Slug,
        told("The system; `user_id` and `anonymous_id` are those of tracked messages.", "crm"),
    ]
    value: Annotated[
        Annotated[Saying, Field(max_length=500)],
        told("What it calls them.", "4711"),
    ]


Identifiers = Annotated[list[ContactIdentifier], Field(max_length=50)]
_IDENTIFIERS = told(
    "What systems call this person, several of one source too.",
    [{"source": "crm", "value": "4711"}],
)
_ACCOUNT_ID = told("The organisation they belong to.", _ACCOUNT)
_TEST = told("Whether it is staff walking the journey: left out of all figures.", False)
_SOURCE = told(
    "When your system last changed it. What is older than what is stored changes nothing.",
    "2026-05-01T09:30:00Z",
)


class NewContact(Input):
    """A real person, known by the identifiers of other systems."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("archived_at", "restricted_at", "merged_ids")
    }
    often_changed = ("traits",)
    identifiers: Annotated[Identifiers, _IDENTIFIERS] = Field(default_factory=list)
    traits: Annotated[
        Traits,
        told(
            "What is known of them: values of the catalogue's attributes must have their types, all"
            " else is free JSON; at most 64 KiB. Null removes.",
            _TRAITS,
        ),
    ] = Field(default_factory=dict)
    account_id: Annotated[UUID | None, _ACCOUNT_ID] = None
    test: Annotated[Flag, _TEST] = False
    source_updated_at: Annotated[Instant | None, _SOURCE] = None


class ContactUpsert(Input):
    """One contact of a batch, known by any of its identifiers, or its id; else it is new."""

    shown_only: ClassVar[frozenset[str]] = NewContact.shown_only - {"id"}
    id: Annotated[UUID | None, told("Ours, if you keep it.", _CONTACT)] = None
    identifiers: Annotated[
        Identifiers, told("Those that it has, and gets.", [{"source": "crm", "value": "4711"}])
    ] = Field(default_factory=list)
    traits: Annotated[
        Traits, told("Merged with those it has; null removes.", {"plan": "gold", "fax": None})
    ] = Field(default_factory=dict)
    account_id: Annotated[UUID | None, _ACCOUNT_ID] = None
    test: Annotated[Flag, _TEST] = False
    source_updated_at: Annotated[Instant | None, _SOURCE] = None


class Unread(NamedTuple):
    """An item that is none, and what is wrong with it: it stops no other."""

    problems: Sequence[Problem]


def _by_itself(item: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(item)
    except ValidationError as error:
        return Unread(problems_of(error))


class ContactBatch(Input):
    """Contacts to make or change, each with an outcome of its own."""

    shown_only = frozenset()
    item_by_item = True
    items: Annotated[
        list[Annotated[ContactUpsert, WrapValidator(_by_itself)]],
        Field(min_length=1, max_length=MOST_ITEMS),
        told("The contacts, taken in this order; several may be the same person."),
    ]


class ContactReference(Input):
    """A contact by one of its identifiers, or by its id."""

    shown_only = frozenset()
    id: Annotated[UUID | None, told("Ours.", _CONTACT)] = None
    source: Annotated[Slug | None, told("The system of the identifier.", "crm")] = None
    value: Annotated[
        Annotated[str, AfterValidator(storable), Field(min_length=1, max_length=500)] | None,
        told("What it calls them.", "4711"),
    ] = None

    @model_validator(mode="after")
    def _one_name(self) -> "ContactReference":
        if (self.source is None) is not (self.value is None):
            raise PydanticCustomError("required", "needs source and value")
        if (self.id is None) is (self.source is None):
            raise PydanticCustomError("one_of", "needs an id, or a source and a value")
        return self


class ContactReferences(Input):
    """Contacts, each by an identifier or id."""

    shown_only = frozenset()
    items: Annotated[
        list[ContactReference],
        Field(min_length=1, max_length=MOST_ITEMS),
        told("Which.", [{"source": "crm", "value": "4711"}]),
    ]


Archived = Annotated[
    Literal["without", "with", "only"],
    Meaning(
        "Whether a list holds what was archived.",
        {
            "without": "No archived ones.",
            "with": "All, archived or not.",
            "only": "Archived ones alone.",
        },
        "Archived",
    ),
]


RestrictedOnes = Annotated[
    Literal["without", "with", "only"],
    Meaning(
        "Whether a list holds those of whom what is held is only kept.",
        {
            "without": "No restricted ones.",
            "with": "All, restricted or not.",
            "only": "Restricted ones alone.",
        },
        "Restricted",
    ),
]


class ContactList(ListQuery):
    """Contacts by what is known of them; those merged into others are shown as these."""

    account_id: Annotated[UUID | None, told("Those of this organisation.", _ACCOUNT)] = None
    test: Annotated[bool | None, told("Test contacts, or real ones.", False)] = None
    archived: Annotated[Archived, told("Whether archived ones are listed.", "with")] = "without"
    restricted: Annotated[
        RestrictedOnes, told("Whether restricted ones are listed.", "without")
    ] = "without"


class ContactSearch(Input):
    """What contacts are asked for, with a filter of any size."""

    shown_only = frozenset()
    filter: Annotated[
        Condition,
        told(
            "A condition in the filter language; `did` and `consent` ask what they did and agreed"
            " to, `at` where they stand on a map.",
            {"did": "Order Completed", "times": {"at_least": 2}, "within_days": 30},
        ),
    ] = None
    sort: Annotated[
        Slug | None, told("A member to sort by; `-` before it descends.", "-updated_at")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200), WHOLE, told("Rows a page.", 50)] = 50
    after: Annotated[
        Annotated[str, Field(max_length=4000)] | None,
        told("The `next` of the page before, with all else the same.", EXAMPLE),
    ] = None
    q: Annotated[
        Annotated[str, AfterValidator(storable), Field(max_length=2000)] | None,
        told("Words to find in name, mail and company.", "Ann"),
    ] = None
    count: Annotated[Flag, told("Whether to add `total`.", True)] = False
    archived: Annotated[Archived, told("Whether archived ones are listed.", "with")] = "without"
    restricted: Annotated[
        RestrictedOnes, told("Whether restricted ones are listed.", "without")
    ] = "without"
