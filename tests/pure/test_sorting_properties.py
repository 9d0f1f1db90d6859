"""Whatever is sent, each message is taken or put aside, and spoils no other."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Malformed
from tests.pure.test_sorting import taken

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("userId", "anonymousId", "previousId", "groupId", "messageId"), VALUES),
        **dict.fromkeys(("event", "name", "properties", "context", "traits", "channel"), VALUES),
        "type": st.sampled_from(["track", "page", "identify", "group", "alias", "x", None, 1]),
        **dict.fromkeys(
            ("timestamp", "originalTimestamp", "sentAt"),
            VALUES | st.datetimes().map(datetime.isoformat),
        ),
    },
)


@given(st.lists(MESSAGES | VALUES, max_size=5))
def test_whatever_comes_is_taken_or_put_aside(messages: list[Any]) -> None:
    found = taken({"batch": messages})
    assert sorted(found.order) == list(range(len(messages)))
    assert len(found.messages) + len(found.refused) == len(messages)
    for message in found.messages:
        assert message.timestamp.tzinfo is UTC
        assert (message.event is None) == (message.type in ("identify", "group", "alias"))
        for raw in (message.properties, message.context):
            assert raw is None or isinstance(msgspec.json.decode(raw), dict)


@given(st.lists(MESSAGES, max_size=4), st.integers(0, 4))
def test_one_more_that_is_broken_changes_nothing_of_the_others(
    messages: list[Any], place: int
) -> None:
    plain = [json.dumps(message).encode() for message in messages]
    alone = taken(b'{"batch": [' + b",".join(plain) + b"]}")
    mixed = [*plain[:place], b'{"x": "\xff\\u00"}', *plain[place:]]
    found = taken(b'{"batch": [' + b",".join(mixed) + b"]}")
    assert [one.key for one in found.messages] == [one.key for one in alone.messages]
    assert len(found.refused) == len(alone.refused) + 1


@given(st.binary(max_size=40))
def test_any_bytes_are_sorted_out_or_refused_as_a_whole(body: bytes) -> None:
    try:
        found = taken(body)
    except Malformed:
        return
    assert len(found.messages) + len(found.refused) == len(found.order)
