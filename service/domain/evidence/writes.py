"""Evidence and its sources as resources."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, func, insert, select
from sqlalchemy import text as sql_text

from service.domain import reading, references
from service.domain.audiences import profiles
from service.domain.belonging import Belonging
from service.domain.errors import Invalid, Problem
from service.domain.evidence import inputs, shape
from service.domain.evidence.feeling import completed, felt
from service.domain.evidence.people.reads import shown_unasked
from service.domain.evidence.reads import settle_targets
from service.domain.evidence.tables import evidence_sources, evidence_targets
from service.domain.journeys import UsesWords
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import SCHEMA, metadata
from service.domain.work import Work

_FELT = ("sentiment", "rating", "text", "language", "figure")
"""Members that a sentiment may rest on, or by which a finding says anything."""
_SOURCE = ("source_kind", "source_id")
_SUBJECT = ("profile_id", "contact_id")
_EVIDENCE_ID = bindparam("evidence_id", type_=Uuid())
_UNTIED = Statement(
    delete(evidence_targets)
    .where(
        evidence_targets.c.workspace_id == WORKSPACE,
        evidence_targets.c.evidence_id == _EVIDENCE_ID,
    )
    .returning(*(evidence_targets.c[name] for name in (*inputs.TARGETS, "copied")))
)


def _tying() -> Statement:
    call = func.jsonb_populate_recordset(
        sql_text(f"NULL::{SCHEMA}.{evidence_targets.name}"), rows_of("targets")
    )
    given = call.table_valued(*(c for c in evidence_targets.c)).alias("given")
    fixed = {"workspace_id": WORKSPACE, "evidence_id": _EVIDENCE_ID}
    values = {c.name: fixed.get(c.name, given.c[c.name]) for c in evidence_targets.c}
    rows = select(*values.values()).select_from(given)
    return Statement(insert(evidence_targets).from_select(list(values), rows))


_TIED = _tying()
_KIND_OF_SOURCE = Statement(
    select(evidence_sources.c.source_kind).where(
        evidence_sources.c.workspace_id == WORKSPACE,
        evidence_sources.c.id == bindparam("id", type_=Uuid()),
    )
)


class EvidenceSources(UsesWords):
    """Interviews, surveys, review pages and the like."""


class Evidence(UsesWords):
    """Findings."""

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """The row, then what it is about."""
        own = {name: value for name, value in values.items() if name != "targets"}
        made = await super().insert(work, resource_id, own)
        return await self._tied(work, resource_id, values["targets"]) if values["targets"] else made

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
        """The row, then what it is about, if that was sent."""
        own = {name: value for name, value in values.items() if name != "targets"}
        changed = await super().change(
            work, resource_id, own, expected, told, tells_whole=tells_whole
        )
        if "targets" not in values:
            return changed
        before = await work.rows(_UNTIED, evidence_id=resource_id)
        carried = {_named(row) for row in before if row["copied"]}
        targets = [{**one, "copied": _named(one) in carried} for one in values["targets"]]
        return await self._tied(work, resource_id, targets)

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Write validated members; what others rest on is taken as it is stored, if not sent."""
        names = [n for group in (_FELT, _SOURCE) if {*group} & {*members} for n in group]
        if names:
            current = await self.current(work, resource_id, [*names, "sentiment_basis"])
            members = completed({n: current[n] for n in names}, members, current["sentiment_basis"])
        return await super().apply(work, resource_id, members, expected, touch=touch)

    async def current(
        self, work: Work, resource_id: UUID, names: Sequence[str]
    ) -> Mapping[str, Any]:
        """Some members as stored; a subject is a column of the row."""
        columns = [name for name in names if name != "subject"]
        columns += _SUBJECT if "subject" in names else []
        found = dict(await super().current(work, resource_id, columns))
        if "subject" in names:
            found["subject"] = {name: found.pop(name) for name in _SUBJECT}
        return found

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses references to nothing, what says nothing, and a rating outside its scale."""
        values = await super().stored(work, resource_id, members)
        problems: list[Problem] = []
        if "subject" in members:
            values |= {name: (members["subject"] or {}).get(name) for name in _SUBJECT}
            contacts = metadata.tables[f"{SCHEMA}.contacts"]
            for name, table in (("profile_id", profiles), ("contact_id", contacts)):
                at = [(f"/subject/{name}", values[name])]
                problems += await references.unknown(work, table, at)
        if "source_kind" in members:
            values["source_kind"] = await _source_kind(work, members, problems)
        if "sentiment" in members:
            values |= felt(members, problems)
        if "targets" in members:
            values["targets"] = await settle_targets(
                work, resource_id, members["targets"], problems
            )
        if problems:
            raise Invalid(problems)
        return values

    async def _tied(
        self, work: Work, resource_id: UUID, targets: Sequence[Mapping[str, Any]]
    ) -> Document:
        """Write the targets, and answer the finding with them."""
        if targets:
            await work.rows(_TIED, evidence_id=resource_id, targets=targets)
        return (await reading.documents(work, self.shape, [resource_id]))[resource_id]


def _named(target: Mapping[str, Any]) -> tuple[str, UUID]:
    """What a target names. Of a part, its map stands beside it."""
    names = [name for name in inputs.TARGETS if target[name] is not None]
    name = next((one for one in names if one != "journey_id"), "journey_id")
    return name, target[name]


async def _source_kind(
    work: Work, members: Mapping[str, Any], problems: list[Problem]
) -> str | None:
    """The kind that was sent, else that of the source."""
    kind: str | None = members["source_kind"]
    source_id = members["source_id"]
    of_source = None if source_id is None else await work.value(_KIND_OF_SOURCE, id=source_id)
    if source_id is not None and of_source is None:
        detail = "there is no such source of evidence"
        problems.append(Problem("/source_id", "unknown_reference", detail))
    elif kind is None and of_source is None:
        problems.append(Problem("/source_kind", "required", "is needed without a source_id"))
    return kind or of_source


EVIDENCE_SOURCES = EvidenceSources(
    "evidence_source", shape.EVIDENCE_SOURCE, shape.EVIDENCE_SOURCES, inputs.NewEvidenceSource
)
EVIDENCE = Evidence("evidence", shape.EVIDENCE, shape.EVIDENCES, inputs.NewEvidence)
EVIDENCE_ABOUT: Mapping[str, Belonging] = {
    name: Belonging(EVIDENCE, name, evidence_targets, "evidence_id", shown_unasked)
    for name in inputs.TARGETS
}
"""The findings about a persona, a map, a part of it or a touchpoint, by the member of a target."""
