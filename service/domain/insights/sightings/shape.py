"""How a gap's time is shown and listed."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, bindparam, case, literal_column

from service.domain.filters import Type, Vocabulary
from service.domain.insights.sightings.inputs import GapSighting
from service.domain.insights.tables import gap_sightings
from service.domain.kinds import choices
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns
from service.domain.tables import instant


def _state(row: FromClause) -> ColumnElement[Any]:
    gone, there = (literal_column(f"'{word}'", Text) for word in ("closed", "open"))
    return case((row.c.closed_at.is_not(None), gone), else_=there)


SIGHTING = Shape(
    "GapSighting",
    gap_sightings,
    columns("id", "gap_id", "journey_id", "stage_id", "step_id", "kind")
    | columns("first_severity", "severity", "opened_at", "last_seen_at", "closed_at"),
)
SIGHTINGS = Listing(
    SIGHTING,
    sorts=("opened_at", "severity"),
    vocabulary=Vocabulary(
        dict.fromkeys(("opened_at", "last_seen_at", "closed_at"), Type.INSTANT)
        | dict.fromkeys(("gap_id", "journey_id", "stage_id", "step_id"), Type.UUID)
        | dict.fromkeys(("first_severity", "severity"), Type.NUMBER)
        | {"kind": Type.TEXT},
        choices=choices(GapSighting),
    ),
    typed=equals("journey_id", "stage_id", "gap_id", "kind")
    | {
        "state": lambda row: _state(row) == bindparam("typed_state", type_=Text),
        "opened_since": lambda row: (
            row.c.opened_at >= bindparam("typed_opened_since", type_=instant)
        ),
        "closed_since": lambda row: (
            row.c.closed_at >= bindparam("typed_closed_since", type_=instant)
        ),
    },
    default_sort="-opened_at",
)
