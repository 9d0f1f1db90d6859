"""What every resource can do, written once: read, list, create, patch, replace, remove.

A slice declares a `Resource` and overrides what is its own: above all `stored`, which turns an
input into column values and refuses what refers to nothing. A plain resource is one statement a
write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import Table

from service.domain import external_ids, paging, patching, reading, references, writing
from service.domain.errors import (
    InUse,
    NotFound,
    StaleVersion,
)
from service.domain.ids import new_id
from service.domain.inputs import (
    Input,
)
from service.domain.kinds import is_model
from service.domain.known import Expected, Known
from service.domain.outbox import announcement
from service.domain.paging import Listing, ListQuery, PageOf
from service.domain.patches import patch_of
from service.domain.reading import Document
from service.domain.shapes import Projection, Selection, Shape
from service.domain.work import Caller, Scope, Work
from service.domain.writing import Written


@dataclass(frozen=True, eq=False)
class Resource(Known):
    """One kind of resource and how it is read and written."""

    kind: str
    shape: Shape
    listing: Listing
    new: type[Input]
    whole: Table | None = None
    within: str | None = None
    reads: Scope = Scope.MAPS_READ
    writes: Scope = Scope.MAPS_WRITE
    kept_unless_sent: ClassVar[frozenset[str]] = frozenset({"external_ids"})
    """Members that a replacement leaves as they are: names, and a part's place."""
    keeps_values: bool = False
    """Whether the audit trail keeps the values of changed members: for maps alone."""

    @property
    def table(self) -> Table:
        return self.shape.table

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names of what a row holds."""
        return frozenset(self.table.c.keys())

    @cached_property
    def written(self) -> Written:
        """What the write statements are built from."""
        return Written(self.kind, self.shape, self.whole, within=self.within)

    @property
    def patch_input(self) -> type[Input]:
        return patch_of(self.new)

    # -- reading ---------------------------------------------------------------------------

    def shown_to(self, caller: Caller) -> bool:
        """Whether the caller may read it."""
        return self.reads in caller.scopes

    async def documents(
        self, work: Work, ids: Sequence[UUID], selection: Selection | None = None
    ) -> dict[UUID, Document]:
        """The whole of each, or what `selection` names; ids that are nobody's are left out."""
        work.needs(self.reads)
        return await reading.documents(work, self.shape, ids, selection)

    async def projected(
        self, work: Work, resource_id: UUID, shown: Projection, places: Mapping[str, Any]
    ) -> str | None:
        """One as a projection shows it, whose own places `places` fill; None when there is none.

        For resources that are read as their shape says.
        """
        work.needs(self.reads)
        return await reading.projected(work, self.shape, resource_id, shown, places)

    async def many_projected(
        self, work: Work, ids: Sequence[UUID], shown: Projection, places: Mapping[str, Any]
    ) -> dict[UUID, msgspec.Raw]:
        """Those of `ids` that there are, as a projection shows them, as JSON by their ids."""
        work.needs(self.reads)
        return await reading.many_projected(work, self.shape, ids, shown, places)

    async def one(
        self, work: Work, resource_id: UUID, selection: Selection | None = None
    ) -> Document:
        """One: the whole of it, or what `selection` names. Raises `NotFound`."""
        found = await self.documents(work, [resource_id], selection)
        if resource_id not in found:
            raise NotFound(self.kind, resource_id)
        return found[resource_id]

    async def page(self, work: Work, query: ListQuery, **within: UUID) -> PageOf:
        """One page of the list."""
        work.needs(self.reads)
        return await paging.page(work, self.listing, query, **within)

    async def page_of(
        self, work: Work, owners: "Resource", owner_id: UUID, query: ListQuery
    ) -> PageOf:
        """One page of an owner's parts. Raises `NotFound` for the owner."""
        work.needs(self.reads)
        found = await self.page(work, query, **{f"{owners.kind}_id": owner_id})
        if found.is_empty:
            await owners.one(work, owner_id, {"id": None})
        return found

    # -- writing ---------------------------------------------------------------------------

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """A new one. Raises `Invalid` or `AlreadyExists` for what its input refers to."""
        work.needs(self.writes)
        resource_id = resource_id or new_id()
        members = data.model_dump()
        await self.ahead(work, members)
        if names := members.pop("external_ids", None):
            await external_ids.claim(work, self.kind, resource_id, names)
        values = await self.stored(work, resource_id, members)
        return await self.insert(work, resource_id, values)

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """The statement behind `create`."""
        told = announcement(work, self.told(values))
        row = await work.value(
            writing.insertion(self.written), id=resource_id, **writing.new(values), **told
        )
        return Document(*row)

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """A JSON merge patch. Raises `NotFound`, `StaleVersion`, `Invalid`."""
        work.needs(self.writes)
        await self.ahead(work, data.model_dump(exclude_unset=True))
        members = await patching.members(self.new, data, partial(self.current, work, resource_id))
        return await self.apply(work, resource_id, members, expected)

    async def replace(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """All members anew; those not given take their defaults. External ids stay unless given."""
        work.needs(self.writes)
        members = data.model_dump()
        for name in self.kept_unless_sent - data.model_fields_set:
            members.pop(name, None)
        await self.ahead(work, members)
        return await self.apply(work, resource_id, members, expected)

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Write validated members. Nothing to write answers the resource as it is, unless its
        version shall rise all the same (`touch`), more being changed than its row; then the map
        that a part belongs to is told as well.
        """
        members = dict(members)
        names = members.pop("external_ids", None)
        values = await self.stored(work, resource_id, members)
        if names is not None:
            await external_ids.claim(work, self.kind, resource_id, names)
        elif not values and not touch:
            return await self.unchanged(work, resource_id, expected)
        told = self.told({**members, "external_ids": names} if names is not None else members)
        return await self.change(work, resource_id, values, expected, told, tells_whole=touch)

    async def change(
        self,
        work: Work,
        resource_id: UUID,
        values: Mapping[str, Any],
        expected: Expected,
        told: Mapping[str, Any] | None = None,
        *,
        tells_whole: bool = False,
    ) -> Document:
        """The statement behind every update, and the document as it is after it."""
        statement = writing.change(self.written, frozenset(values), tells_whole=tells_whole)
        announced = announcement(work, self.told(values) if told is None else told)
        row = await work.value(
            statement, id=resource_id, expected=expected, **writing.new(values), **announced
        )
        if row is None:
            raise await self.missed(work, resource_id)
        *made, waited = row
        if waited:
            return (await reading.documents(work, self.shape, [resource_id]))[resource_id]
        return Document(*made)

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """Delete it. Raises `InUse` with its users, unless `detach` lets them go first."""
        work.needs(self.writes)
        if detach:
            await self.unchanged(work, resource_id, expected)
            expected = None
            await references.detach(work, self.table, resource_id)
        elif users := await references.users(work, self.table, resource_id):
            raise InUse(f"Others use this {self.kind}.", users=users)
        await self.cascade(work, resource_id)
        told = announcement(work, self.told({}))
        statement = writing.removal(self.written)
        if await work.value(statement, id=resource_id, expected=expected, **told) is None:
            raise await self.missed(work, resource_id)
        await external_ids.release(work, resource_id)

    # -- what a slice makes its own ----------------------------------------------------------

    async def ahead(self, work: Work, members: Mapping[str, Any]) -> None:
        """Wait for others before any row is locked, for what was sent: here for nobody."""
        del work, members

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Column values of validated members. Raises `Invalid` for what refers to nothing."""
        del work, resource_id
        return {name: value for name, value in members.items() if name in self.columns}

    async def cascade(self, work: Work, resource_id: UUID) -> None:
        """Tell what the database will delete with the row: nothing, where it has no parts."""

    # -- steps of the above ------------------------------------------------------------------

    def told(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """What the audit trail keeps of a change: of parts within a map, that they were sent."""
        if self.keeps_values:
            values = {n: v for n, v in members.items() if n not in self.shape.parts}
            return {"members": sorted(members), "values": values}
        return {"members": sorted(members)}

    async def current(
        self, work: Work, resource_id: UUID, names: Sequence[str]
    ) -> Mapping[str, Any]:
        """Some members as stored, with the row locked until the work ends. Raises `NotFound`."""
        rows = await work.rows(reading.locked(self.table, tuple(sorted(names))), ids=[resource_id])
        if not rows:
            raise NotFound(self.kind, resource_id)
        stored = msgspec.json.decode(rows[0]["members"], type=dict[str, msgspec.Raw])
        fields = self.new.model_fields
        # Money is a decimal to the last digit; free JSON is whatever JSON is.
        return {
            name: (_exact if name in fields and is_model(fields[name].annotation) else _loose)(raw)
            for name, raw in stored.items()
        }

    async def unchanged(self, work: Work, resource_id: UUID, expected: Expected) -> Document:
        """The resource as it is. Raises `NotFound` or `StaleVersion`."""
        found = await reading.documents(work, self.shape, [resource_id])
        if resource_id not in found:
            raise NotFound(self.kind, resource_id)
        if expected is not None and found[resource_id].version not in expected:
            raise StaleVersion
        return found[resource_id]

    async def missed(self, work: Work, resource_id: UUID) -> NotFound | StaleVersion:
        """Why a write met no row."""
        found = await reading.documents(work, self.shape, [resource_id], {"id": None})
        return StaleVersion() if found else NotFound(self.kind, resource_id)


async def kinds(
    work: Work, resources: Sequence[Resource], ids: Sequence[UUID]
) -> dict[UUID, Resource]:
    """Which of `resources` each id is one of, as far as the caller may read them."""
    readable = [one for one in resources if one.shown_to(work.caller)]
    found = await reading.places(work, [one.shape for one in readable], ids)
    return {which: readable[place] for which, place in found.items()}


_exact = msgspec.json.Decoder(float_hook=Decimal).decode
_loose = msgspec.json.decode
