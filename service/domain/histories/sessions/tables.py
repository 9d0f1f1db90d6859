"""How many sessions there were and what they came to, by when they began: derived of the events.

Together the rows count the sessions of everybody, cut from the events that came before
`session_folds.until`, by the timeout and by whose identifiers were whose when these were counted.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
)

from service.domain.tables import metadata, uid

session_folds = Table(
    "session_folds",
    metadata,
    uid("workspace_id"),
    # The place in the order of arrival before which all is counted.
    Column("until", BigInteger, nullable=False),
    # By which sessions were cut.
    Column("timeout_seconds", Integer, nullable=False),
    # The minute, counted from 2000, since which rows are right: what began before is kept no more.
    # Null: all are.
    Column("since", BigInteger),
    PrimaryKeyConstraint("workspace_id"),
)

session_people = Table(
    "session_people",
    metadata,
    uid("workspace_id"),
    # An identifier that was counted together with others, and as whose: all of one person have the
    # same. Any other was a person by itself.
    uid("who"),
    uid("person"),
    PrimaryKeyConstraint("workspace_id", "who"),
)
Index(None, session_people.c.workspace_id, session_people.c.person)

session_sums = Table(
    "session_sums",
    metadata,
    uid("workspace_id"),
    # How many minutes are one: 1, 15 or 1440, a day of UTC.
    Column("minutes", SmallInteger, nullable=False),
    # The first minute in which they began, counted from 2000.
    Column("at", BigInteger, nullable=False),
    Column("sessions", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    # With one event.
    Column("single", BigInteger, nullable=False),
    # With a view of a page; and with one alone.
    Column("viewed", BigInteger, nullable=False),
    Column("bounced", BigInteger, nullable=False),
    # From the first event to the last, of all together.
    Column("micros", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "minutes", "at"),
)
SUMS = ("sessions", "events", "single", "viewed", "bounced", "micros")
"""What is told of sessions, in the order in which sums have it."""
