"""How evidence and its sources are shown and listed."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    null,
    select,
)

from service.domain import external_ids
from service.domain.evidence.inputs import TARGETS, NewEvidence, NewEvidenceSource
from service.domain.evidence.people.reads import about_contact, of_restricted
from service.domain.evidence.tables import evidence, evidence_sources, evidence_targets
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices
from service.domain.paging import Listing, equals, unless_asked
from service.domain.shapes import Shape, columns, json_array, json_object

PARTS = ("stage_id", "step_id", "transition_id")
"""Targets that are parts of a map; their rows name the map too."""
_TAIL = columns("version", "created_at", "updated_at")
_TIMES = {"created_at": Type.INSTANT, "updated_at": Type.INSTANT, "id": Type.UUID}


def _targets(row: FromClause) -> ColumnElement[Any]:
    held = evidence_targets.alias()
    names = ("persona_id", "attribute", *TARGETS[1:])
    shown: dict[str, ColumnElement[Any]] = {name: held.c[name] for name in names}
    is_part = func.num_nonnulls(*(held.c[name] for name in PARTS)) > 0
    shown["journey_id"] = case((is_part, null()), else_=held.c.journey_id)
    mine = (held.c.workspace_id == row.c.workspace_id, held.c.evidence_id == row.c.id)
    listed = json_array(json_object(shown), [held.c.position])
    return select(listed).where(*mine).scalar_subquery()


def _subject(row: FromClause) -> ColumnElement[Any]:
    about = json_object({"profile_id": row.c.profile_id, "contact_id": row.c.contact_id})
    return case((func.num_nonnulls(row.c.profile_id, row.c.contact_id) > 0, about))


EVIDENCE_SOURCE = Shape(
    "EvidenceSource",
    evidence_sources,
    columns("id")
    | {"external_ids": external_ids.member("evidence_source")}
    | columns("source_kind", "title", "description", "url", "author", "department")
    | columns("conducted_on")
    | _TAIL,
)
EVIDENCE_SOURCES = Listing(
    EVIDENCE_SOURCE,
    sorts=("created_at", "updated_at", "title"),
    vocabulary=Vocabulary(
        _TIMES
        | dict.fromkeys(("source_kind", "title", "description", "url"), Type.TEXT)
        | dict.fromkeys(("author", "department"), Type.TEXT)
        | {"conducted_on": Type.DATE},
        choices=choices(NewEvidenceSource),
    ),
    typed=equals("source_kind", "department"),
)
EVIDENCE = Shape(
    "Evidence",
    evidence,
    columns("id")
    | {"external_ids": external_ids.member("evidence")}
    | columns("kind", "source_kind", "source_id")
    | {"targets": _targets, "subject": _subject}
    | columns("department", "author", "observed_on", "status", "severity", "topic", "themes")
    | columns("sentiment", "sentiment_basis", "sentiment_reason", "rating", "weight")
    | columns("text", "language", "figure")
    | _TAIL,
)


def _about(name: str) -> Any:
    """Findings that a target names."""

    def condition(row: FromClause) -> ColumnElement[bool]:
        held = evidence_targets.alias()
        return exists().where(
            held.c.workspace_id == row.c.workspace_id,
            held.c.evidence_id == row.c.id,
            held.c[name] == bindparam(f"typed_{name}", type_=Uuid()),
        )

    return condition


def _restricted(row: FromClause) -> ColumnElement[bool]:
    return unless_asked("restricted", of_restricted(row))


EVIDENCES = Listing(
    EVIDENCE,
    sorts=("created_at", "updated_at", "weight", "status", "kind"),
    vocabulary=Vocabulary(
        _TIMES
        | dict.fromkeys(("kind", "source_kind", "department", "author"), Type.TEXT)
        | dict.fromkeys(("status", "severity", "topic", "text", "language"), Type.TEXT)
        | dict.fromkeys(("sentiment_basis", "sentiment_reason"), Type.TEXT)
        | dict.fromkeys(("sentiment", "weight"), Type.NUMBER)
        | dict.fromkeys(("source_id", "profile_id", "contact_id"), Type.UUID)
        | {"observed_on": Type.DATE, "themes": Type.TEXTS},
        choices=choices(NewEvidence),
    ),
    typed=equals("kind", "source_kind", "source_id", "department", "status", "severity", "topic")
    | equals("profile_id")
    | {"contact_id": about_contact, "restricted": _restricted}
    | {name: _about(name) for name in TARGETS}
    | {
        "theme": lambda row: bindparam("typed_theme") == func.any(row.c.themes),
        "observed_from": lambda row: (
            row.c.observed_on >= bindparam("typed_observed_from", type_=Date())
        ),
        "observed_to": lambda row: row.c.observed_on < bindparam("typed_observed_to", type_=Date()),
    },
)
