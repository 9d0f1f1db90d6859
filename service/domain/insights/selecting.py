"""What many questions about maps take: which state of a map, and which events."""

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from service.domain.inputs import storable

REVISION = (
    "The map as it was, with what is known today: a revision's number, `published` for the last, a"
    " day or instant for the one in force then; or `draft`."
)
LONGEST_FILTER = 20_000


def _condition(given: object) -> object:
    """A condition: as it is, or as JSON in a text; any other text is an event's name."""
    if not isinstance(given, str):
        return given
    if len(given) > LONGEST_FILTER:
        raise PydanticCustomError(
            "string_too_long", f"must have at most {LONGEST_FILTER} characters"
        )
    if not given.startswith(("{", "[", '"')):
        return storable(given)
    try:
        return json.loads(given)
    except (ValueError, RecursionError) as error:
        raise PydanticCustomError("json_invalid", "must be JSON, or an event's name") from error


Condition = Annotated[
    Any,
    Field(json_schema_extra={"type": "string", "minLength": 1, "maxLength": LONGEST_FILTER}),
    BeforeValidator(_condition),
]
