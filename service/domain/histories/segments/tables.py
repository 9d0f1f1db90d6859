"""What people did once more, as columns: derived of the events, and made anew when dropped.

A segment holds events of paths sorted by identifier; together the segments hold all that came
before `event_folds.until`. Whose an identifier is, is asked when they are read.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
)

from service.domain.histories.segments.segment import Stored
from service.domain.tables import instant, metadata, uid

LOCK = "segments"
"""What whoever changes them, or what is counted beside them, holds of the workspace."""

event_folds = Table(
    "event_folds",
    metadata,
    uid("workspace_id"),
    # The place in the order of arrival before which all is in segments.
    Column("until", BigInteger, nullable=False),
    # What happened before was deleted, whether or not it still stands in a segment.
    Column("kept_from", instant),
    PrimaryKeyConstraint("workspace_id"),
)

event_segments = Table(
    "event_segments",
    metadata,
    uid("workspace_id"),
    uid("id"),
    # The identifiers in it: those that begin with these bits.
    Column("bits", Integer, nullable=False),
    Column("part", BigInteger, nullable=False),
    # What others of the same part are merged into.
    Column("base", Boolean, nullable=False),
    Column("events", Integer, nullable=False),
    Column("first_at", instant, nullable=False),
    Column("last_at", instant, nullable=False),
    # The first place in the order of arrival.
    Column("arrival", BigInteger, nullable=False),
    *(
        # Apart, so that what nobody asks for is not read.
        Column(name, LargeBinary, nullable=False, info={"personal": True})
        for name in Stored._fields
    ),
    PrimaryKeyConstraint("workspace_id", "id"),
)
