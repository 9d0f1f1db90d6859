"""What every input shares: bounded texts, keys, items, and how a patch is made of a whole.

An input is one pydantic model in its slice's `inputs.py`. REST reads it from the body, GraphQL
builds it from the fields given; so bounds are written once and "absent" stays apart from "null".
"""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from service.domain.characters import BLANKS, SAYING, blank
from service.domain.errors import Invalid, Problem, TooLarge, pointer
from service.domain.words import Meaning, told

LONGEST_LINE = 500
LONGEST_TEXT = 20_000
LONGEST_LIST = 200
MOST_VALUES = 250_000
"""Values in one body: the largest map has a tenth of them, and each may be a problem to name."""
MOST_PROBLEMS = 5_000
"""Problems found one by one; naming millions would hold up everybody else."""


def storable(value: str) -> str:
    """A text Postgres can hold. Of half a surrogate pair `without_halves` makes a NUL."""
    if "\x00" in value:
        detail = "must hold neither a NUL nor half a surrogate pair"
        raise PydanticCustomError("text_not_storable", detail)
    return value


def _filled(value: str) -> str:
    if blank(value):
        raise PydanticCustomError("empty", "must not be empty")
    return value


_Str = Annotated[str, AfterValidator(storable)]
# What a validator asks for in code stands in the schema as well.
Saying = Annotated[
    _Str, Field(min_length=1, json_schema_extra={"pattern": SAYING}), AfterValidator(_filled)
]
"""A text that is not blank, whose length is bounded where it is used."""
Line = Annotated[Saying, Field(max_length=LONGEST_LINE)]
"""A short text that says something: a name, a title."""
Prose = Annotated[_Str, Field(max_length=LONGEST_TEXT)]
"""A text of any length a person would write."""
Slug = Annotated[Saying, Field(max_length=100)]
"""A name from a vocabulary: a channel, a department, a status."""
_KEY = rf"^[^{BLANKS}/]+$"
Key = Annotated[
    _Str,
    Field(min_length=1, max_length=100, pattern=_KEY, json_schema_extra={"pattern": _KEY}),
]
"""A name that stays when labels change; unique among its kind in its journey."""
# Blanks too, among others.
Url = Annotated[str, Field(max_length=2000, pattern=r'^https?://[^\s\x00-\x1f\x7f\x85\ufeff<>"]+$')]
"""An address that a browser opens; the service fetches none."""


def _number(value: object) -> object:
    # Not strict: JSON has one kind of number, and 5.0 is as whole as 5.
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "must be a whole number")
    return value


WHOLE = BeforeValidator(_number)
"""Of a whole number that it is sent as a number; its bounds stand before it."""
Flag = Annotated[bool, Strict()]
"""True or false; not 0, 1 or "yes"."""
Lines = Annotated[list[Prose], Field(max_length=LONGEST_LIST)]
Slugs = Annotated[list[Slug], Field(max_length=LONGEST_LIST)]

_TOPICS = {
    "ux": "How a page, form or device is to use.",
    "information": "What is missing, contradictory or hard to find.",
    "price": "What it costs, and what for.",
    "speed": "How long it takes.",
    "effort": "How much has to be done for it.",
    "trust": "Whether people, firm and promises can be relied on.",
    "product": "What the product does or lacks.",
    "integration": "How it fits what is there already.",
    "open": "Anything else.",
}
_PHASES = {
    "prospect": "Before there is a customer: noticing, looking, comparing.",
    "engagement": "Where a customer deals with us and buys.",
    "after_sale": "Everything after the purchase: use, help, renewal, referral.",
}
Topic = Annotated[
    Literal[
        "ux", "information", "price", "speed", "effort", "trust", "product", "integration", "open"
    ],
    Meaning("What a question, pain or objection is about.", _TOPICS, "Topic"),
]
Phase = Annotated[
    Literal["prospect", "engagement", "after_sale"],
    Meaning("The part of a relation that a stage or touchpoint belongs to.", _PHASES, "Phase"),
]


class Input(BaseModel):
    """A body. Unknown members are refused; those a read shows but nobody writes are ignored."""

    model_config = ConfigDict(
        # A worker takes in some kinds of bodies, seldom all: the first of a kind makes its checks.
        defer_build=True,
        extra="forbid",
        allow_inf_nan=False,
        populate_by_name=True,
        serialize_by_alias=True,
    )
    shown_only: ClassVar[frozenset[str]] = frozenset({"id", "created_at", "updated_at", "version"})
    item_by_item: ClassVar[bool] = False
    """Whether what is wrong with an item stops no other."""
    often_changed: ClassVar[tuple[str, ...]] = ()
    """The members that an example of a patch changes; all of them if none is named."""

    @model_validator(mode="before")
    @classmethod
    def _without_shown_only(cls, data: Any) -> Any:
        if isinstance(data, dict) and not cls.shown_only.isdisjoint(data):
            return {name: value for name, value in data.items() if name not in cls.shown_only}
        return data


class ExternalId(Input):
    """The caller's own name for a resource, unique per kind and source."""

    shown_only = frozenset()
    source: Annotated[Slug, told("The system that gave the name.", "crm")]
    id: Annotated[
        Annotated[Saying, Field(max_length=200)],
        told("What that system calls the resource.", "4711"),
    ]


ExternalIds = Annotated[list[ExternalId], Field(max_length=50)]


class Item(Input):
    """A question, pain or objection: text with a key others point at. A string is shorthand."""

    shown_only = frozenset()
    key: Annotated[
        Key | None,
        told("By which content and evidence point at it; made from the text if absent.", "fees"),
    ] = None
    text: Annotated[
        Annotated[Prose, Field(min_length=1)],
        told("The words themselves, as the client would say them.", "What does advice cost?"),
    ]
    topic: Annotated[
        Topic | None, told("What it is about, if one of the topics fits.", "price")
    ] = None


def _item(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Judged here, so that a problem points at the text sent and not into an object made of it.
    if not 0 < len(value) <= LONGEST_TEXT:
        raise PydanticCustomError("wrong_length", f"must have 1 to {LONGEST_TEXT} characters")
    return {"text": storable(value)}


_Shorthand = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Items = Annotated[
    list[Annotated[Item, BeforeValidator(_item, json_schema_input_type=Item | _Shorthand)]],
    Field(max_length=LONGEST_LIST),
]


Condition = Annotated[
    Any,
    Field(
        description="A condition in the filter language; a bare text is the name of an event.",
        json_schema_extra={
            "anyOf": [
                {"type": "object"},
                {"type": "string", "minLength": 1, "maxLength": 200},
                {"type": "null"},
            ]
        },
    ),
]
"""A filter is one value: a patch replaces it whole. The slice parses it."""


def problems_of(error: ValidationError, prefix: str = "") -> list[Problem]:
    """Every offending member of a refused input, by JSON pointer."""
    if error.error_count() > MOST_PROBLEMS:
        detail = f"{error.error_count()} members are not acceptable, too many to name"
        return [Problem(prefix, "too_many_problems", detail)]
    return [
        Problem(
            prefix + pointer(*_named(detail["loc"])),
            str(detail["type"]),
            _IN_JSON.get(detail["type"]) or _said(detail["msg"]),
        )
        for detail in error.errors(include_url=False, include_input=False, include_context=False)
    ]


_IN_JSON = {
    "model_type": "Input should be an object",
    "dict_type": "Input should be an object",
    "list_type": "Input should be a valid array",
}
"""Said of what came as JSON, whether it is validated as such or decoded before."""


def _said(message: str) -> str:
    plain = message.removeprefix("Value error, ").replace(" after validation", "")
    return re.sub(r"<\w+\.\w+: ('[^']*')>", r"\1", plain)  # members of an enumeration


def _named(loc: tuple[int | str, ...]) -> list[int | str]:
    """The location without the names pydantic gives to the branches of a union."""
    return [part for part in loc if isinstance(part, int) or not _branch(part)]


def _branch(part: str) -> bool:
    return "[" in part or part in {"str", "Item", "float", "int", "bool"}


def bounded(raw: bytes) -> bytes:
    """A body that is small enough to be read as JSON. Raises `TooLarge`."""
    if raw.count(b",") > MOST_VALUES:
        raise TooLarge(f"A body holds at most {MOST_VALUES} values.")
    return raw


_ESCAPED = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def without_halves(raw: bytes) -> bytes:
    """A body with a NUL in the place of each half of a surrogate pair: those no parser reads, of a
    NUL every text says where it stands, and refuses it.
    """
    return _ESCAPED.sub(lambda one: b"\\u0000" if one["half"] else one[0], raw)


def checked(model: type[Input], data: Any) -> Input:
    """`data` as an input. Raises `Invalid` with every offending member."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Invalid(problems_of(error)) from error
