"""A resource as GraphQL shows and takes it: what its fields have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import strawberry
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql import given, ids, mirroring
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional
from service.api.graphql.writing import Answer, payload, row_of
from service.domain.known import Expected
from service.domain.resources import Resource

IF_VERSION = optional("if_version", int, "Change it only if this is still its version.")


@dataclass(frozen=True)
class Face:
    """A resource, the type that shows it, and members that its whole input does not take."""

    shown: Any
    resource: Resource
    hidden: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.resource.kind

    @property
    def name(self) -> str:
        return str(self.shown.__name__)

    @property
    def said(self) -> str:
        return self.kind.replace("_", " ").replace("api", "API")

    @property
    def by_id(self) -> Argument:
        return Argument("id", strawberry.ID, f"Of the {self.said}.")

    @property
    def whole(self) -> Argument:
        return Argument(
            "input", mirroring.input_of(self.resource.new, *self.hidden), f"The {self.said}."
        )

    @property
    def patch(self) -> Argument:
        return Argument("patch", mirroring.patch_of(self.resource.new), "What shall change.")

    @cached_property
    def member(self) -> tuple[str, Any, str]:
        """The member of a payload that holds the resource."""
        return self.kind, self.shown, f"The {self.said} as it is now."

    @cached_property
    def changed(self) -> Any:
        """The payload of most mutations."""
        return payload(self.name, self.member)

    @cached_property
    def gone(self) -> Any:
        """The payload of a deletion."""
        said = f"The global id of the {self.said} that is gone."
        return payload(f"Delete{self.name}", ("deleted_id", strawberry.ID, said))

    def id_of(self, text: str, argument: str = "id") -> UUID:
        """The id in an argument. Raises `Invalid`."""
        return ids.plain_id(text, self.name, f"/{argument}")

    def data(self, members: Row) -> Any:
        """The input of a whole. Raises `Invalid`."""
        return given.built(self.resource.new, members)

    def now(self, response: Response) -> Answer:
        """The payload of a change, from the edge's answer."""
        return {self.kind: row_of(response)}

    async def patched(
        self, edge: EdgeOf, which: UUID, members: Row, at: Mapping[str, int | None]
    ) -> Answer:
        """Write a merge patch."""
        data = given.built(self.resource.patch_input, members)
        return self.now(
            await edge.changed(lambda work: self.resource.patch(work, which, data, expected(at)))
        )


def expected(at: Mapping[str, int | None]) -> Expected:
    """The versions that `ifVersion` allows."""
    version = at.get("if_version")
    return None if version is None else [version]
