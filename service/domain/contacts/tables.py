"""People and organisations, what they are known by, and what they agreed to.

A merge moves nothing. Each contact keeps its own identifiers, traits and consents; `root_id` says
whom it is shown as, itself until it is merged, and the root shows the traits of all. So a merge is
undone by letting go, and whatever came in between went where its identifier is.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.domain.tables import (
    flag,
    instant,
    json,
    maybe,
    metadata,
    points_to,
    resource,
    uid,
    words,
)


def _personal(name: str, **more: Any) -> Column[Any]:
    return Column(name, JSONB(none_as_null=True), info={"personal": True}, **more)


accounts: Table = resource(
    "accounts",
    words("name"),
    maybe("domain"),
    json("traits", "'{}'"),
    json("trait_marks", "'{}'"),
    kind="account",
    label="name",
    searched="name || ' ' || coalesce(domain, '')",
)

_NAMED = "coalesce(traits ->> 'name', traits ->> 'email', 'contact')"

contacts: Table = resource(
    "contacts",
    # Whom it is shown as: itself, or the contact that it was merged into, at the end of the chain.
    uid("root_id"),
    uid("merged_into_id", nullable=True),
    uid("account_id", nullable=True),
    _personal("traits", server_default=text("'{}'"), nullable=False),
    # Its own, where others were merged into it or some are hidden; null: as shown.
    _personal("own_traits"),
    # Of its own, the sensitive ones that it granted and that it does not show: whom it was merged
    # with takes them back.
    Column("hidden_traits", ARRAY(Text)),
    # By trait, also one that was removed: when it was set, and whether by a public key.
    json("trait_marks", "'{}'"),
    # The same of the account.
    json("account_mark"),
    flag("test"),
    Column("source_updated_at", instant),
    Column("archived_at", instant),
    # No analysis, no address: what is held stays as it is.
    Column("restricted_at", instant),
    Column("name", Text, Computed(_NAMED, persisted=True), info={"personal": True}),
    points_to("contacts", "root_id"),
    points_to("contacts", "merged_into_id"),
    points_to("accounts", "account_id"),
    kind="contact",
    label="name",
    searched="coalesce(traits ->> 'name', '') || ' ' || coalesce(traits ->> 'email', '') || ' '"
    " || coalesce(traits ->> 'company', '')",
)
Index(None, contacts.c.workspace_id, contacts.c.root_id)
Index(None, contacts.c.workspace_id, contacts.c.merged_into_id)
# Who is left out of everything: few, and asked for by every analysis.
Index(
    "ix_contacts_restricted",
    contacts.c.workspace_id,
    contacts.c.root_id,
    postgresql_where=contacts.c.restricted_at.is_not(None),
)
Index(
    "ix_contacts_test",
    contacts.c.workspace_id,
    contacts.c.root_id,
    postgresql_where=contacts.c.test,
)
Index(
    "ix_contacts_hidden",
    contacts.c.workspace_id,
    contacts.c.root_id,
    postgresql_where=contacts.c.hidden_traits.is_not(None),
)
Index(None, contacts.c.workspace_id, contacts.c.account_id)

contact_identifiers = Table(
    "contact_identifiers",
    metadata,
    uid("workspace_id"),
    # A hash of workspace, source and value: events carry it, so none of them is ever rewritten.
    uid("id"),
    words("source"),
    Column("value", Text, nullable=False, info={"personal": True}),
    uid("contact_id"),
    Column("created_at", instant, nullable=False),
    # Since when it is nobody's name any more. The row stays, until another takes the name: by it
    # the events that carry it lead to the person, and an erasure to the events.
    Column("removed_at", instant),
    PrimaryKeyConstraint("workspace_id", "id"),
    points_to("contacts", "contact_id", cascade=True),
)
Index(None, contact_identifiers.c.workspace_id, contact_identifiers.c.contact_id)

contact_merges = Table(
    "contact_merges",
    metadata,
    uid("workspace_id"),
    uid("id"),
    uid("winner_id"),
    uid("loser_id"),
    # How: `api`, `identify` or `alias`; and the rule for each trait.
    words("by"),
    json("rules", "'{}'"),
    Column("merged_at", instant, nullable=False),
    Column("undone_at", instant),
    Column("person", Text, info={"personal": True}),
    uid("key_id", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id"),
    points_to("contacts", "winner_id", cascade=True),
    points_to("contacts", "loser_id", cascade=True),
)
Index(None, contact_merges.c.workspace_id, contact_merges.c.winner_id)
Index(None, contact_merges.c.workspace_id, contact_merges.c.loser_id)

contact_moves = Table(
    "contact_moves",
    metadata,
    uid("workspace_id"),
    uid("id"),
    # A contact that is shown as another than before, or is known by more; or an identifier that
    # another contact had before. Whoever counts by people takes these rows away.
    uid("of_id"),
    PrimaryKeyConstraint("workspace_id", "id"),
)

consent_purposes: Table = resource(
    "consent_purposes",
    words("key"),
    words("name"),
    maybe("description"),
    words("legal_basis"),
    maybe("channel"),
    maybe("text"),
    maybe("text_version"),
    Column("expires_after_days", Integer),
    kind="consent_purpose",
    label="name",
)
Index(None, consent_purposes.c.workspace_id, consent_purposes.c.key, unique=True)

consents = Table(
    "consents",
    metadata,
    uid("workspace_id"),
    uid("id"),
    uid("contact_id"),
    words("purpose"),
    Column("granted", Boolean, nullable=False),
    # When it was said; and when it was written down.
    Column("at", instant, nullable=False),
    Column("recorded_at", instant, nullable=False),
    maybe("means"),
    maybe("text_version"),
    Column("until", instant),
    Column("person", Text, info={"personal": True}),
    uid("key_id", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id"),
    points_to("contacts", "contact_id", cascade=True),
)
Index(None, consents.c.workspace_id, consents.c.contact_id, consents.c.purpose, consents.c.at)
Index(None, consents.c.workspace_id, consents.c.purpose, consents.c.at)

enrolments: Table = resource(
    "enrolments",
    uid("contact_id"),
    uid("journey_id"),
    # Where on the map, in the revision that was in force then; null: its draft, being unpublished.
    Column("revision", Integer),
    uid("stage_id"),
    words("stage_key"),
    uid("step_id", nullable=True),
    maybe("step_key"),
    Column("at", instant, nullable=False),
    Column("note", Text, info={"personal": True}),
    # Rows never change: one that was wrong is taken back by another.
    uid("withdraws_id", nullable=True),
    Column("person", Text, info={"personal": True}),
    uid("key_id", nullable=True),
    points_to("contacts", "contact_id", cascade=True),
    points_to("journeys", "journey_id", cascade=True),
    UniqueConstraint("workspace_id", "withdraws_id"),
    kind="enrolment",
    label="stage_key",
)
Index(None, enrolments.c.workspace_id, enrolments.c.contact_id, enrolments.c.at)
Index(None, enrolments.c.workspace_id, enrolments.c.journey_id, enrolments.c.at)

blocked_identifiers = Table(
    "blocked_identifiers",
    metadata,
    uid("workspace_id"),
    # A keyed hash: it recognises an identifier that comes again, and tells none.
    uid("id"),
    uid("erasure_id"),
    Column("blocked_at", instant, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id"),
)
Index(None, blocked_identifiers.c.workspace_id, blocked_identifiers.c.erasure_id)
