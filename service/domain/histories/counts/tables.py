"""How many events there were, by when they were and what is told of them: derived of the events.

Together the rows count all events that came before `event_countings.until` and happened from
`event_countings.since` on, whoever did them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
)

from service.domain.tables import instant, metadata, uid

event_countings = Table(
    "event_countings",
    metadata,
    uid("workspace_id"),
    # The place in the order of arrival before which all is counted. Another than that of
    # `event_folds` says that a release which counts nothing folded too: all is made anew.
    Column("until", BigInteger, nullable=False),
    # What happened before is in no row: it is kept no more, or read from the events.
    Column("since", instant),
    # A bit for each cube that is not kept: its kinds are too many.
    Column("given_up", Integer, nullable=False),
    PrimaryKeyConstraint("workspace_id"),
)

event_counts = Table(
    "event_counts",
    metadata,
    uid("workspace_id"),
    # By what events are told apart: the place in `CUBES`.
    Column("cube", SmallInteger, nullable=False),
    # Of a month, or of a day by its quarters of an hour; both of UTC.
    Column("month", Boolean, nullable=False),
    # Its first day, counted from 2000.
    Column("day", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False, info={"personal": True}),
    PrimaryKeyConstraint("workspace_id", "cube", "month", "day"),
)
