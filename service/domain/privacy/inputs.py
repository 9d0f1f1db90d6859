"""What is asked for, and answered, in matters of privacy."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from service.domain.inputs import Input
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import told

_CONTACT = "0198c7f0-0000-7000-8000-0000000000d0"


def _place(value: str) -> str:
    if int(value) >= 2**63:
        raise PydanticCustomError("cursor", "is no cursor of this list")
    return value


class NewErasure(Input):
    """The receipt of an erasure: how much was erased, and of nobody's name."""

    shown_only = Input.shown_only | {"counts", "identifiers", "lifted_at"}


class ErasureList(ListQuery):
    """Receipts of erasures."""


class Restriction(Input):
    """Whether what is held of a person is kept and not used."""

    shown_only = frozenset()
    contact_id: Annotated[UUID, told("The contact that was named.", _CONTACT)]
    restricted_at: Annotated[
        Instant, told("Since when nothing of it is used.", "2026-05-01T09:30:00Z")
    ]


class ExportQuery(Input):
    """Which part of what is held of a person."""

    shown_only = frozenset()
    limit: Annotated[Annotated[int, Field(ge=1, le=1000)], told("Events a page.", 1000)] = 1000
    after: Annotated[
        Annotated[str, Field(pattern=r"^[0-9]{1,19}$"), AfterValidator(_place)] | None,
        told("The `next` of the page before.", "1798761600000000512"),
    ] = None


class PersonExport(Input):
    """Everything that is held of a person: all tables, and a page of the events."""

    shown_only = frozenset()
    contact_id: Annotated[UUID, told("The contact that was named.", _CONTACT)]
    exported_at: Annotated[Instant, told("When this was read.", "2026-05-01T09:30:00Z")]
    held: Annotated[
        dict[str, list[dict[str, Any]]],
        told(
            "The rows by table, as they are stored, on the first page alone.",
            {"contacts": [{"id": _CONTACT, "traits": {"name": "Ann"}}]},
        ),
    ]
    cut: Annotated[
        list[str],
        told("Tables of which only the first 10000 rows are here; none as a rule.", ["audit"]),
    ]
    events: Annotated[
        list[dict[str, Any]],
        told("A page of the events, in order of arrival.", [{"event": "Order Completed"}]),
    ]
    next: Annotated[
        str | None,
        told("Goes into `after` for more events; null at the end.", "1798761600000000512"),
    ]
