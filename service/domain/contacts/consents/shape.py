"""How purposes and consents are shown and listed, and which purposes every workspace has."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import (
    ColumnElement,
    FromClause,
    any_,
    case,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    union_all,
    values,
)

from service.domain import external_ids
from service.domain.contacts.consents.inputs import NewConsentPurpose
from service.domain.contacts.tables import consent_purposes, consents, contacts
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns
from service.domain.statements import WORKSPACE

SINCE = datetime(2026, 11, 22, tzinfo=UTC)
"""When the built-in purposes came to be."""

ANALYTICS, EMAIL_MARKETING, SENSITIVE_DATA = "analytics", "email_marketing", "sensitive_data"

_COMMON: Mapping[str, Any] = {
    "channel": None,
    "text": None,
    "text_version": None,
    "expires_after_days": None,
    "version": 1,
    "created_at": SINCE,
    "updated_at": SINCE,
}
_GIVEN: tuple[Mapping[str, Any], ...] = (
    {
        "key": ANALYTICS,
        "name": "Analytics",
        "description": "What the person does counts in figures.",
        "legal_basis": "legitimate_interests",
    },
    {
        "key": EMAIL_MARKETING,
        "name": "Marketing by e-mail",
        "description": "The person is written to about offers.",
        "legal_basis": "consent",
        "channel": "email",
    },
    {
        "key": SENSITIVE_DATA,
        "name": "Sensitive data",
        "description": "Traits such as religion, politics or health are kept of the person.",
        "legal_basis": "consent",
    },
)
BUILT_IN: Mapping[UUID, Mapping[str, Any]] = {
    uuid5(NAMESPACE_URL, f"urn:waypost:consent_purpose:{one['key']}"): {**_COMMON, **one}
    for one in _GIVEN
}
"""The purposes that every workspace has, by id: as they are until somebody changes them there."""


def _is_built_in(row: FromClause) -> ColumnElement[Any]:
    return row.c.id == any_(literal(list(BUILT_IN)))


def _purposes() -> FromClause:
    """A workspace's own purposes, and those built-in ones that it has not changed.

    A changed one is a row of the workspace with the id that the built-in one has.
    """
    given = [c.name for c in consent_purposes.c if c.name != "workspace_id"]
    typed = {c.name: c.type for c in consent_purposes.c}
    table = values(*(column(n, typed[n]) for n in given), name="built").data(
        [
            tuple(literal({**row, "id": which}[n], typed[n]) for n in given)
            for which, row in BUILT_IN.items()
        ]
    )
    held = consent_purposes.alias("held")
    unchanged = ~exists().where(held.c.workspace_id == WORKSPACE, held.c.id == table.c.id)
    own = select(*(consent_purposes.c[n] for n in ("workspace_id", *given)))
    built = select(WORKSPACE.label("workspace_id"), *(table.c[n] for n in given)).where(unchanged)
    return union_all(own, built).subquery("purposes")


purposes = _purposes()
"""What every statement reads purposes from."""

PURPOSE = Shape(
    "ConsentPurpose",
    consent_purposes,
    columns("id")
    | {"external_ids": external_ids.member("consent_purpose")}
    | columns("key", "name", "description", "legal_basis", "channel", "text", "text_version")
    | columns("expires_after_days")
    | {"built_in": _is_built_in}
    | columns("version", "created_at", "updated_at"),
    rows=purposes,
)
PURPOSES = Listing(
    PURPOSE,
    sorts=("created_at", "updated_at", "key", "name"),
    vocabulary=Vocabulary(
        dict.fromkeys(("key", "name", "description", "channel", "text_version"), Type.TEXT)
        | {"legal_basis": Type.TEXT, "id": Type.UUID, "expires_after_days": Type.NUMBER}
        | dict.fromkeys(("created_at", "updated_at"), Type.INSTANT),
        choices=choices(NewConsentPurpose),
    ),
    typed=equals("key", "legal_basis", "channel"),
)


def _said() -> FromClause:
    """What was said by or for any contact that is the same person."""
    same = (contacts.c.workspace_id == consents.c.workspace_id) & (
        contacts.c.id == consents.c.contact_id
    )
    return (
        select(*consents.c, contacts.c.root_id).select_from(consents.join(contacts, same))
    ).subquery("said")


CONSENT = Shape(
    "Consent",
    consents,
    columns("id", "contact_id", "purpose", "granted", "at", "recorded_at", "means")
    | columns("text_version", "until", "person"),
    rows=_said(),
)
CONSENTS = Listing(
    CONSENT,
    sorts=("at", "recorded_at"),
    vocabulary=Vocabulary(
        dict.fromkeys(("purpose", "means", "text_version"), Type.TEXT)
        | dict.fromkeys(("at", "recorded_at", "until"), Type.INSTANT)
        | {"granted": Type.BOOLEAN, "contact_id": Type.UUID},
    ),
    typed=equals("purpose"),
    default_sort="-at",
)


def end_of(entry: FromClause, terms: FromClause) -> ColumnElement[Any]:
    """When a grant ends, `infinity` if never; least() passes nulls by."""
    never: ColumnElement[Any] = literal_column("'infinity'::timestamptz")
    days = func.make_interval(0, 0, 0, 0, terms.c.expires_after_days * 24)
    by_purpose = case((terms.c.expires_after_days.is_not(None), entry.c.at + days))
    return func.least(never, entry.c.until, by_purpose)
