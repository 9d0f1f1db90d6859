"""Whether a person may be addressed, or analysed, for a purpose at a time: the one rule.

The same in SQL is `rule.reads`; a test holds the two against each other.

What was said last by its own time decides, in whatever order it was written down; said at the
same instant, a withdrawal outweighs a grant. Where the purpose rests on consent, only a grant
that has not expired lets a person in. Elsewhere nobody need be asked, and a withdrawal, which is
an objection then, keeps them out from its time on. A restricted person is left out of everything,
whatever they have granted.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

CONSENT = "consent"
"""The legal basis for which a grant is needed."""

ORDER = {"at": True, "granted": False, "recorded_at": True, "id": True}
"""What of an entry says which was said last, one member after the other: whether more is later."""

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The beginning of time: excluded since ever."""

State = Literal["granted", "withdrawn", "expired", "none"]
Reason = Literal["granted", "not_needed", "never_granted", "withdrawn", "expired", "restricted"]


class Entry(Struct, frozen=True, gc=False):
    """What a person said of a purpose: `at` its own time, `recorded_at` when it was written."""

    granted: bool
    at: datetime
    recorded_at: datetime
    id: UUID
    until: datetime | None = None


class Terms(Struct, frozen=True, gc=False):
    """What a purpose rests on, and after how many days of 24 hours its grants expire."""

    legal_basis: str
    expires_after_days: int | None = None


class Standing(Struct, frozen=True, gc=False):
    """How a person stands to a purpose.

    `since` is when the last word was said, `until` when a grant expires or did. `excluded_since`
    is from when on the person is left out without a break: None while they may be used.
    """

    state: State
    usable: bool
    reason: Reason
    since: datetime | None = None
    until: datetime | None = None
    excluded_since: datetime | None = None


def standing(
    entries: Sequence[Entry],
    terms: Terms,
    restricted_at: datetime | None,
    now: datetime,
) -> Standing:
    """How a person stands at `now`; what is said for later counts when its time has come."""
    said = sorted((entry for entry in entries if entry.at <= now), key=_order)
    last = said[-1] if said else None
    until = expiry(last, terms) if last is not None and last.granted else None
    state = _state(last, until, now)
    restricted = restricted_at is not None and restricted_at <= now
    reason: Reason = "restricted" if restricted else _reason(state, terms)
    out = ALWAYS if restricted else _out(said, terms, now)
    since = None if last is None else last.at
    return Standing(state, out is None, reason, since, until, out)


def is_granted(entries: Sequence[Entry], terms: Terms, now: datetime) -> bool:
    """Whether the last word at `now` is a grant that holds, whatever the purpose rests on."""
    return standing(entries, terms, None, now).state == "granted"


def expiry(entry: Entry, terms: Terms) -> datetime | None:
    """When a grant ends: as it said, or as its purpose says, whichever comes first."""
    ends = [] if entry.until is None else [entry.until]
    if terms.expires_after_days is not None:
        ends.append(entry.at + timedelta(days=terms.expires_after_days))
    return min(ends, default=None)


def _order(entry: Entry) -> tuple[Any, ...]:
    """By `ORDER`: of its members only the flag is later where it is less."""
    members = ((getattr(entry, name), rises) for name, rises in ORDER.items())
    return tuple(value if rises else not value for value, rises in members)


def _state(last: Entry | None, until: datetime | None, now: datetime) -> State:
    if last is None:
        return "none"
    if not last.granted:
        return "withdrawn"
    return "expired" if until is not None and until <= now else "granted"


def _reason(state: State, terms: Terms) -> Reason:
    if terms.legal_basis == CONSENT:
        return "never_granted" if state == "none" else state
    return state if state in ("granted", "withdrawn") else "not_needed"


def _out(said: Sequence[Entry], terms: Terms, now: datetime) -> datetime | None:
    """From when on the person is out; None: is in."""
    if terms.legal_basis != CONSENT:
        return _objected(said)
    ends = [end for end in map(_end, said, [*said[1:], None], [terms] * len(said)) if end]
    if any(end > now for end in ends):
        return None
    return max(ends, default=ALWAYS)


def _objected(said: Sequence[Entry]) -> datetime | None:
    """The first of the withdrawals behind the last grant."""
    first = None
    for entry in reversed(said):
        if entry.granted:
            break
        first = entry.at
    return first


def _end(entry: Entry, following: Entry | None, terms: Terms) -> datetime | None:
    """Until when a grant let the person in: None for one that never did, and for no grant."""
    ends = [expiry(entry, terms), None if following is None else following.at]
    end = min((one for one in ends if one is not None), default=datetime.max.replace(tzinfo=UTC))
    return end if entry.granted and end > entry.at else None
