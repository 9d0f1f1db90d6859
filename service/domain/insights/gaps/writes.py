"""What people make of gaps: kept by the gap's id, with who and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from service.domain import patching
from service.domain.errors import Invalid, NotFound, Problem, StaleVersion
from service.domain.inputs import Input
from service.domain.insights.gaps import inputs, shape
from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.inputs import GapQuery
from service.domain.insights.gaps.lists import reasons_of
from service.domain.insights.gaps.reads import some_gaps
from service.domain.insights.tables import gap_states
from service.domain.known import Expected
from service.domain.outbox import announced, announcement
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.shapes import Selection
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Work


@dataclass(frozen=True, eq=False)
class Gaps(Resource):
    """Gaps by id: computed when they are read; what is written is what people made of them."""

    async def documents(
        self, work: Work, ids: Sequence[UUID], selection: Selection | None = None
    ) -> dict[UUID, Document]:
        """The gaps there are, whole whatever is selected."""
        del selection
        work.needs(self.reads)
        found = await some_gaps(work, ids)
        return {which: document(gap) for which, gap in found.items()}

    async def found(self, work: Work, gap_id: UUID, asked: GapQuery) -> Document:
        """A gap as it is found where this is asked of events. Raises `NotFound`, and what the lists
        of gaps raise."""
        work.needs(self.reads)
        known = await some_gaps(work, [gap_id], asked.journey_id, asked.compared, known=True)
        gap = known.get(gap_id)
        if gap is None:
            raise NotFound(self.kind, gap_id)
        return document(gap)

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """Judge a gap anew. Raises `NotFound`, `StaleVersion`, `Invalid`: to dismiss one needs a
        reason.
        """
        work.needs(self.writes)
        return await self.judged(work, resource_id, data, expected, GapQuery())

    async def judged(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected, asked: GapQuery
    ) -> Document:
        """The same of a gap that is found where this is asked of events."""
        work.needs(self.writes)
        where = asked.journey_id
        found = await some_gaps(work, [resource_id], where, asked.compared, known=True)
        gap = found.get(resource_id)
        if gap is None:
            raise NotFound(self.kind, resource_id)
        if expected is not None and gap.version not in expected:
            raise StaleVersion
        sent = await patching.members(self.new, data, _nothing)
        if sent.get("status") == "open":
            # The reason was for what is taken back.
            sent.setdefault("reason", None)
        status, reason = sent.get("status", gap.status), sent.get("reason", gap.reason)
        if status == "dismissed" and reason is None:
            raise _reason_needed()
        if (status, reason) == (gap.status, gap.reason):
            return document(gap)
        rows = await work.rows(
            _judging(frozenset(sent)),
            id=resource_id,
            journey_id=UUID(str(gap.journey_id)),
            status=status,
            reason=reason,
            expected=expected,
            **announcement(work, self.told(sent)),
        )
        if not rows:
            # Another has judged it since it was read.
            raise _reason_needed() if expected is None else StaleVersion
        gap.status, gap.reason, gap.version = (rows[0][name] for name in _KEPT[:3])
        gap.judged_by, gap.judged_at = (rows[0][name] for name in _KEPT[3:])
        gap.reasons = reasons_of(gap)
        if gap.action_ids:
            # What they promise depends on whether the gap is dismissed.
            where = UUID(str(gap.journey_id))
            again = await some_gaps(work, [resource_id], where, asked.compared)
            gap = again.get(resource_id, gap)
        return document(gap)


def _reason_needed() -> Invalid:
    return Invalid([Problem("/reason", "required", "is needed to dismiss a gap")])


def document(gap: Gap) -> Document:
    """A gap as callers see it."""
    return Document(UUID(str(gap.id)), gap.version, msgspec.json.encode(gap).decode())


async def _nothing(_: Sequence[str]) -> dict[str, object]:
    """No member of a gap that people write is an object to merge with."""
    return {}


_KEPT = ("status", "reason", "version", "person", "updated_at")


@lru_cache
def _judging(sent: frozenset[str]) -> Statement:
    """Keep the members that were sent; the others stay as they are by then, whoever set them.

    No row where the version is another, or a dismissal would be left without a reason.
    """
    expected = bindparam("expected", type_=ARRAY(BigInteger))
    now = bindparam("now", type_=instant)
    judged = {"status": bindparam("status", type_=Text), "reason": bindparam("reason", type_=Text)}
    told = {
        "person": bindparam("person", type_=Text),
        "key_id": bindparam("key_id", type_=Uuid()),
        "updated_at": now,
    }
    made = insert(gap_states).values(
        workspace_id=WORKSPACE,
        id=bindparam("id", type_=Uuid()),
        journey_id=bindparam("journey_id", type_=Uuid()),
        version=literal_column("1"),
        created_at=now,
        **judged,
        **told,
    )
    then = {n: made.excluded[n] if n in sent else gap_states.c[n] for n in judged}
    changed = made.on_conflict_do_update(
        index_elements=["workspace_id", "id"],
        set_={**then, **told, "version": gap_states.c.version + literal_column("1")},
        where=and_(
            or_(expected.is_(None), gap_states.c.version == func.any(expected)),
            or_(then["status"] != literal_column("'dismissed'"), then["reason"].is_not(None)),
        ),
    )
    row = changed.returning(*gap_states.c).cte("changed")
    rows = announced("gap.updated", row, row.c.journey_id)
    return Statement(select(*(row.c[name] for name in _KEPT)).select_from(row).add_cte(*rows))


GAPS = Gaps("gap", shape.GAP, shape.GAPS, inputs.NewGap)
