"""What members and their values mean, written once: REST and GraphQL both tell it.

A member is `name: Annotated[Line, told("How people call it.", "Near retirement")]`. Its examples
are JSON as callers send and see it; whole examples are put together from those of the members.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

VALUES = "x-enumDescriptions"
"""Under which a JSON schema tells what each value of an enumeration means."""


def told(description: str, *examples: Any) -> Any:
    """What a member means, and what it may look like; the first example stands for it."""
    return Field(description=description, examples=list(examples) or None)


@dataclass(frozen=True, eq=False)
class Meaning:
    """What an enumeration is about and what each of its values means.

    `name` is what GraphQL calls it where several members share it.
    """

    about: str
    values: Mapping[str, str]
    name: str | None = None

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The schema, with the meanings beside the values."""
        return {**handler(schema), VALUES: dict(self.values)}


@dataclass(frozen=True, slots=True)
class Several:
    """That a text holds several of these, with commas between; GraphQL takes a list of them."""

    each: Any
