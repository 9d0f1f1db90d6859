"""Resources by names of the callers' own, so that a CRM syncs without keeping our ids."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from service.domain import external_ids
from service.domain.errors import AlreadyExists, StaleVersion
from service.domain.ids import new_id
from service.domain.inputs import ExternalId, Input
from service.domain.reading import Document
from service.domain.shapes import Projection
from service.domain.work import Scope, Work

Expected = Sequence[int] | None
"""Versions of which the row must have one; None when the caller does not mind."""


class ById(Protocol):
    """What a resource does by id; the same by name is made of it."""

    @property
    def kind(self) -> str:
        """What its names are of."""

    @property
    def reads(self) -> Scope:
        """Who may read."""

    @property
    def writes(self) -> Scope:
        """Who may write."""

    async def one(self, work: Work, resource_id: UUID) -> Document:
        """Read."""

    async def projected(
        self, work: Work, resource_id: UUID, shown: Projection, places: Mapping[str, Any]
    ) -> str | None:
        """Read as a projection shows it."""

    async def create(self, work: Work, data: Any, resource_id: UUID | None = None) -> Document:
        """Create."""

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """Change some members."""

    async def replace(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """Change all members."""

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """Delete."""


class Known:
    """The same by a name of the caller's."""

    async def one_known_as(self: ById, work: Work, source: str, external_id: str) -> Document:
        """The one a caller knows by this name. Raises `NotFound`."""
        work.needs(self.reads)
        known = await external_ids.resolved(work, self.kind, source, external_id)
        return await self.one(work, known)

    async def projected_as(
        self: ById,
        work: Work,
        source: str,
        external_id: str,
        shown: Projection,
        places: Mapping[str, Any],
    ) -> str | None:
        """The same as a projection shows it, whose own places `places` fill; None without one."""
        work.needs(self.reads)
        known = await external_ids.found(work, self.kind, source, external_id)
        return None if known is None else await self.projected(work, known, shown, places)

    async def put_as(
        self: ById,
        work: Work,
        source: str,
        external_id: str,
        data: Input,
        expected: Expected = None,
        *,
        there: bool | None = None,
    ) -> tuple[Document, bool]:
        """Create or replace the one a caller knows by this name; True when it is new.

        `there`: whether it must, or must not, be there already.
        """
        work.needs(self.writes)
        resource_id = await external_ids.found(work, self.kind, source, external_id)
        if there is not None and there is (resource_id is None):
            raise StaleVersion
        if resource_id is None and expected is not None:
            raise StaleVersion
        if resource_id is None:
            fresh = new_id()
            try:
                return await self.create(work, named(data, source, external_id), fresh), True
            except AlreadyExists as error:
                # Somebody took the name after we looked: it is theirs that we replace.
                await external_ids.release(work, fresh)
                resource_id = await external_ids.found(work, self.kind, source, external_id)
                if resource_id is None:
                    raise
                if there is False:
                    raise StaleVersion from error
        if "external_ids" in data.model_fields_set:
            data = named(data, source, external_id)
        return await self.replace(work, resource_id, data, expected), False

    async def patch_as(
        self: ById,
        work: Work,
        source: str,
        external_id: str,
        data: Input,
        expected: Expected = None,
    ) -> Document:
        """`patch` by a name of the caller's."""
        work.needs(self.writes)
        known = await external_ids.resolved(work, self.kind, source, external_id)
        return await self.patch(work, known, data, expected)

    async def remove_as(
        self: ById,
        work: Work,
        source: str,
        external_id: str,
        expected: Expected = None,
        *,
        detach: bool = False,
    ) -> None:
        """`remove` by a name of the caller's."""
        work.needs(self.writes)
        known = await external_ids.resolved(work, self.kind, source, external_id)
        await self.remove(work, known, expected, detach=detach)


def named(data: Input, source: str, external_id: str) -> Input:
    """The input with the name it was addressed by among its external ids."""
    name = ExternalId(source=source, id=external_id)
    names: list[ExternalId] = getattr(data, "external_ids", None) or []
    return data.model_copy(update={"external_ids": [name, *(n for n in names if n != name)]})
