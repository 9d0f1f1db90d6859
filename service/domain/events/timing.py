"""When a message's event happened, by our clock and not its sender's."""

from datetime import UTC, datetime, timedelta

from service.domain.events.wire import Wire, Wrong, instant

DAY = timedelta(days=1)
"""By which a sender's clock may be off, and a time lie ahead."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def happened(
    wire: Wire, received_at: datetime, batch_sent_at: datetime | None, oldest: datetime
) -> datetime:
    """The message's own time, put right by what its sender's clock was off when it sent this.

    That is its time + (received − sent), sent being the message's own `sentAt`, else the batch's.
    A message without a time happened when it came. Raises `Wrong`.
    """
    own = wire.timestamp or wire.original_timestamp
    if own is None:
        return received_at
    try:
        time = own = _in_utc(own)
        sent_at = batch_sent_at
        if wire.sent_at is not None:
            sent_at = instant(wire.sent_at) or batch_sent_at
        if sent_at is not None:
            time = own + (received_at - _in_utc(sent_at))
            if abs(time - own) > DAY:
                detail = "The sender's clock is off by more than a day, or the message lay so long."
                raise Wrong("clock_skew", detail, "/sentAt")
    except OverflowError as error:
        detail = "The time lies outside the years 1 to 9999."
        raise Wrong("invalid_time", detail, _told_in(wire)) from error
    if time > received_at + DAY:
        raise Wrong("in_the_future", "The time is more than a day ahead.", _told_in(wire))
    if time < EARLIEST:
        raise Wrong("invalid_time", "The time lies before the year 1900.", _told_in(wire))
    if time < oldest:
        detail = "The message is older than what this workspace keeps."
        raise Wrong("older_than_retention", detail, _told_in(wire))
    return time


def _told_in(wire: Wire) -> str:
    return "/timestamp" if wire.timestamp is not None else "/originalTimestamp"


def _in_utc(time: datetime) -> datetime:
    if time.tzinfo is UTC:
        return time
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
