"""Messages as COPY takes them in binary: the rows of the leaves, and those of their keys.

A driver that is given rows makes each value by itself, and looks up for each how: that takes twice
as long, and of all that is done with a message it would be the most.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from struct import Struct

from service.domain.events.message import Message

BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
KEY_COLUMNS = ("workspace_id", "key")
COLUMNS = (
    *("workspace_id", "arrival", "who", "timestamp", "received_at"),
    *("message_id", "user_id", "anonymous_id"),
    *("type", "event", "device", "channel", "department", "campaign"),
    *("properties", "context"),
)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A row is the number of its values and then these, each after its length; a null has length −1.
_NULL = b"\xff\xff\xff\xff"
_length = Struct("!i").pack
_of_json = Struct("!iB").pack
_beginning = Struct("!hi16si").pack
_of_event = Struct("!qi16siqiqi").pack


def keys(workspace_id: bytes, of: Iterable[bytes]) -> bytes:
    """Rows of `KEY_COLUMNS`, in the order of the keys."""
    begins = _beginning(len(KEY_COLUMNS), 16, workspace_id, 16)
    return b"".join([begins + key for key in sorted(of)])


class Packing:
    """Rows of `COLUMNS`. What many of them say is made once."""

    def __init__(self) -> None:
        self._texts = _Texts()

    def events(
        self, workspace_id: bytes, received_at: datetime, numbered: Iterable[tuple[int, Message]]
    ) -> bytes:
        """Messages of one workspace that came together, each with its place in the order of
        arrival; JSON as the bytes that came.
        """
        begins, came = _beginning(len(COLUMNS), 16, workspace_id, 8), _microseconds(received_at)
        texts, json = self._texts, _Json()
        row: list[bytes] = []
        for arrival, message in numbered:
            name, happened = message.message_id.encode(), _microseconds(message.timestamp)
            row += (
                begins,
                _of_event(arrival, 16, message.who, 8, happened, 8, came, len(name)),
                name,
                _text(message.user_id),
                _text(message.anonymous_id),
                texts[_around(message)],
                _jsonb(message.properties),
                json[message.context],
            )
        return b"".join(row)


_around = attrgetter("type", "event", "device", "channel", "department", "campaign")


class _Texts(dict[Sequence[str | None], bytes]):
    """What stands side by side in most rows."""

    def __missing__(self, texts: Sequence[str | None]) -> bytes:
        made = self[texts] = b"".join(map(_text, texts))
        return made


class _Json(dict[bytes | None, bytes]):
    """Contexts: of the messages of one body most have the same."""

    def __missing__(self, json: bytes | None) -> bytes:
        made = self[json] = _jsonb(json)
        return made


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def _text(text: str | None) -> bytes:
    if text is None:
        return _NULL
    written = text.encode()
    return _length(len(written)) + written


def _jsonb(json: bytes | None) -> bytes:
    # Its first byte is the version of what follows: 1, which is text.
    return _NULL if json is None else _of_json(len(json) + 1, 1) + json
