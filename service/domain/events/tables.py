"""What people did, once each, in leaves by month.

`event_keys` says which messages have come; it outlives the events, so that nothing returns. Both
are partitioned: readers go through the parent, which is under policies; the ingest copies into the
leaves, which carry none and of which nobody but their owner can read a row.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain.tables import flag, instant, json, maybe, metadata, resource, uid, words

LONGEST_INDEXED = 512
"""Bytes of a text that stands in an index."""


def _personal(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, info={"personal": True})


def quarter(time: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """When the quarter of an hour began in which a time lies."""
    origin: Any = literal_column("'2000-01-01 00:00:00+00'::timestamptz")
    return func.date_bin(literal_column("'00:15:00'::interval"), time, origin)


events = Table(
    "events",
    metadata,
    uid("workspace_id"),
    # Microseconds at which it came, times 1024, counted on for what came with it: the order of
    # arrival. Processes that store at the same moment may give the same place.
    Column("arrival", BigInteger, nullable=False),
    # The identifier that it carries: `contact_identifiers.id`. Whom that is, the contacts know.
    uid("who"),
    Column("timestamp", instant, nullable=False),
    Column("received_at", instant, nullable=False),
    words("type"),
    maybe("event"),
    words("message_id"),
    _personal("user_id", Text()),
    _personal("anonymous_id", Text()),
    maybe("device"),
    maybe("channel"),
    maybe("department"),
    maybe("campaign"),
    _personal("properties", JSONB(none_as_null=True)),
    _personal("context", JSONB(none_as_null=True)),
    postgresql_partition_by="RANGE (timestamp)",
)
Index(None, events.c.workspace_id, events.c.arrival)
Index(None, events.c.workspace_id, events.c.who, events.c.timestamp)
# Few among all: every curve looks for those of its steps.
Index(
    "ix_events_answers",
    events.c.workspace_id,
    events.c.timestamp,
    postgresql_where=events.c.event == literal_column("'Survey Answered'"),
)
# What a range has at its ends, within a quarter of an hour. Most events come as they happen, so
# most are put at its end. No other question is asked by quarters: with the workspace or the time
# in front, the planner would take it for what one person did as well.
Index("ix_events_quarter", quarter(events.c.timestamp), events.c.workspace_id)

event_keys = Table(
    "event_keys",
    metadata,
    uid("workspace_id"),
    # A hash of the message's id, or of the whole message where it has none.
    uid("key"),
    PrimaryKeyConstraint("workspace_id", "key"),
    postgresql_partition_by="RANGE (key)",
)

quarantine: Table = resource(
    "quarantine",
    words("code"),
    words("detail"),
    maybe("pointer"),
    # As it came: it may be no text at all.
    Column("message", LargeBinary, nullable=False, info={"personal": True}),
    # The same as text, where it is text that can be shown.
    _personal("text", Text()),
    # What the path said it is; what its batch said of all; and whether it came by a public key.
    maybe("type"),
    maybe("sent_at"),
    _personal("context", LargeBinary()),
    flag("public"),
    # Whether it is what was not taken of a message that counts.
    flag("rest"),
    uid("key_id", nullable=True),
    Column("replayed_at", instant),
    json("outcome"),
    kind="quarantined_message",
    label="code",
)
Index(None, quarantine.c.workspace_id, quarantine.c.created_at, quarantine.c.id)
