"""Whole examples, put together from those of their members, so that no example is written twice."""

from contextlib import suppress
from typing import Any

Json = dict[str, Any]
_NULL = {"type": "null"}


class Examples:
    """The examples of a document's schemas."""

    def __init__(self, schemas: Json) -> None:
        self.schemas = schemas

    def fill(self) -> None:
        """Give every member that has none the example of what it is made of."""
        for schema in self.schemas.values():
            for member in schema.get("properties", {}).values():
                with suppress(LookupError):
                    member["examples"] = member.get("examples") or [self.of(member)]

    def of(self, schema: Json) -> Any:
        """One value that fits a schema. Raises `LookupError` where nothing tells of one."""
        if schema.get("examples"):
            return schema["examples"][0]
        if "$ref" in schema:
            return self.of(self.schemas[schema["$ref"].rpartition("/")[2]])
        for option in schema.get("anyOf", ()):
            if option != _NULL:
                return self.of(option)
        if "properties" in schema:
            return {name: self.of(member) for name, member in schema["properties"].items()}
        if isinstance(schema.get("items"), dict):
            return [self.of(schema["items"])]
        if "enum" in schema:
            return schema["enum"][0]
        raise LookupError(f"nothing tells of an example: {schema}")

    def show(self, content: Json) -> None:
        """Give every body an example, as far as its members tell of one."""
        for body in content.values():
            with suppress(LookupError):
                body["example"] = body.get("example") or self.of(body["schema"])
