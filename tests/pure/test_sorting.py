"""A body of the tracking protocol sorted out: what counts, when it happened, what is put aside."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from service.domain.errors import Malformed
from service.domain.events import LARGEST, Message, Sorted, sorted_out
from service.domain.identities import ANONYMOUS, USER, identity

HERE, ELSEWHERE = UUID(int=7), UUID(int=8)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=40)
TRACK = {"type": "track", "userId": "u1", "event": "Looked", "messageId": "m1"}


def taken(body: Any, kind: str | None = None, **options: Any) -> Sorted:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return sorted_out(raw, HERE, kind, **{"received_at": NOW, **options})


def one(message: Any, **options: Any) -> Message:
    found = taken({"batch": [message]}, **options)
    assert not found.refused, found.refused
    return found.messages[0]


def code(message: Any, **options: Any) -> tuple[str, str | None]:
    found = taken({"batch": [TRACK, message, TRACK]}, **options)
    assert len(found.messages) == 2
    (refused,) = found.refused
    assert found.order == [0, 2, 1]
    return refused.code, refused.pointer


def test_a_message_has_its_members() -> None:
    message = one({**TRACK, "anonymousId": "a1", "properties": {"x": 1}, "unknown": [1]})
    assert (message.type, message.event, message.message_id) == ("track", "Looked", "m1")
    assert (message.user_id, message.anonymous_id) == ("u1", "a1")
    assert UUID(bytes=message.who) == identity(HERE, USER, "u1")
    assert bytes(message.properties or b"") == b'{"x": 1}'
    assert message.timestamp == NOW
    assert UUID(bytes=message.key).version == 8


@pytest.mark.parametrize(
    ("said", "path", "type_"),
    [
        ("track", "page", "track"),
        (None, "p", "page"),
        (None, "i", "identify"),
        ("g", None, "group"),
        ("SCREEN", None, "screen"),
        (None, "alias", "alias"),
    ],
)
def test_the_type_is_the_messages_else_the_paths(said: Any, path: Any, type_: str) -> None:
    (message,) = taken({**TRACK, "type": said}, path).messages
    assert message.type == type_


@pytest.mark.parametrize(
    ("ids", "who"),
    [
        ({"userId": None, "anonymousId": "a"}, (ANONYMOUS, "a")),
        ({"userId": "", "anonymousId": "a"}, (ANONYMOUS, "a")),
        ({"userId": 17}, (USER, "17")),
        ({"userId": 17.0}, (USER, "17")),
        ({"userId": 1.5}, (USER, "1.5")),
        ({"userId": None, "type": "alias", "previousId": "p"}, (USER, "p")),
        ({"userId": "new", "type": "alias", "previousId": "p"}, (USER, "new")),
    ],
)
def test_somebody_is_known_by_one_of_the_ids(ids: Any, who: tuple[str, str]) -> None:
    assert UUID(bytes=one({**TRACK, **ids}).who) == identity(HERE, *who)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"userId": None}, ("id_missing", "/userId")),
        ({"userId": None, "previousId": "p"}, ("id_missing", "/userId")),
        ({"userId": True}, ("wrong_type", "/userId")),
        ({"userId": {"a": 1}}, ("wrong_type", "/userId")),
        ({"userId": "x" * 513}, ("too_long", "/userId")),
        ({"anonymousId": "é" * 257}, ("too_long", "/anonymousId")),
        ({"event": None}, ("event_missing", "/event")),
        ({"event": ""}, ("event_missing", "/event")),
        ({"event": 7}, ("wrong_type", "/event")),
        ({"event": "x" * 513}, ("too_long", "/event")),
        ({"type": None}, ("type_missing", "/type")),
        ({"type": "buy"}, ("type_unknown", "/type")),
        ({"type": 1}, ("wrong_type", "/type")),
        ({"messageId": "x" * 101}, ("too_long", "/messageId")),
        ({"properties": [1]}, ("wrong_type", "/properties")),
        ({"properties": "x"}, ("wrong_type", "/properties")),
        ({"context": 1}, ("wrong_type", "/context")),
        ({"type": "identify", "traits": []}, ("wrong_type", "/traits")),
        ({"properties": {"device": "x" * 513}}, ("too_long", "/properties/device")),
        ({"properties": {"x": "\x00"}}, ("text_not_storable", "/properties/x")),
        ({"properties": {"\x00": 1}}, ("text_not_storable", "/properties")),
        ({"properties": {"x": "\ud800"}}, ("text_not_storable", "/properties/x")),
        ({"userId": "\udc00"}, ("text_not_storable", "/userId")),
        ({"properties": {"x": "y" * LARGEST}}, ("too_large", None)),
        ({"timestamp": "0000-01-01T00:00:00Z"}, ("invalid_time", "/timestamp")),
        ({"timestamp": "0007-01-01T00:00:00Z"}, ("invalid_time", "/timestamp")),
        ({"timestamp": "9999-12-31T23:59:59Z"}, ("in_the_future", "/timestamp")),
        ({"timestamp": "9999-12-31T23:59:59-12:00"}, ("invalid_time", "/timestamp")),
        ({"timestamp": "yesterday"}, ("invalid_time", "/timestamp")),
        ({"timestamp": 1777629600}, ("invalid_time", "/timestamp")),
        ({"originalTimestamp": "x"}, ("invalid_time", "/originalTimestamp")),
        ({"timestamp": "2026-05-04T00:00:00Z"}, ("in_the_future", "/timestamp")),
    ],
)
def test_a_bad_message_is_put_aside_with_its_reason(change: Any, expected: Any) -> None:
    assert code({**TRACK, **change}) == expected


@pytest.mark.parametrize("value", [7, "x", None, [1], True, []])
def test_what_is_no_object_is_no_message(value: Any) -> None:
    assert code(value) == ("wrong_type", None)


def nested(deep: int) -> bytes:
    inner = b"[" * (deep - 2) + b"]" * (deep - 2)
    return json.dumps(TRACK).encode()[:-1] + b', "properties": {"x": ' + inner + b"}}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"x": 1e400}', "number_out_of_range"),
        (b'{"x": "\xff"}', "json_invalid"),
        (b'{"x": "\\x"}', "json_invalid"),
        (b'{"x": 01}', "json_invalid"),
        (b'{"x" 1}', "json_invalid"),
        (nested(33), "too_deep"),
        (nested(5_000), "too_deep"),
    ],
)
def test_one_that_is_no_json_spoils_no_other(raw: bytes, expected: str) -> None:
    good = json.dumps(TRACK).encode()
    found = taken(b'{"sentAt": "2026-05-01T12:00:00Z", "batch": [' + good + b"," + raw + b"]}")
    assert ([one.code for one in found.refused], found.refused[0].raw) == ([expected], raw)
    assert [one.message_id for one in found.messages] == ["m1"]


def test_as_deep_as_may_be_is_taken() -> None:
    assert len(taken(b'{"batch": [' + nested(32) + b"]}").messages) == 1
    brackets = {**TRACK, "properties": {"x": "[" * 100}}
    assert one(brackets).event == "Looked"


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"null", b'{"batch": [', b"{", b"\x00", b"{}}"])
def test_a_body_that_is_no_object_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(Malformed):
        taken(body)


@pytest.mark.parametrize(
    ("members", "batch", "expected"),
    [
        ({}, {}, NOW),
        ({"timestamp": "2026-05-01T11:00:00Z"}, {}, NOW - timedelta(hours=1)),
        ({"timestamp": "2026-05-01T11:00:00"}, {}, NOW - timedelta(hours=1)),
        ({"timestamp": "2026-05-01 13:00:00+02:00"}, {}, NOW - timedelta(hours=1)),
        ({"timestamp": "2026-05-01"}, {}, NOW - timedelta(hours=12)),
        ({"originalTimestamp": "2026-05-01T11:00:00Z"}, {}, NOW - timedelta(hours=1)),
        # A clock that is two hours behind.
        (
            {"timestamp": "2026-05-01T09:00:00Z", "sentAt": "2026-05-01T10:00:00Z"},
            {"sentAt": "2026-05-01T07:00:00Z"},
            NOW - timedelta(hours=1),
        ),
        (
            {"timestamp": "2026-05-01T09:00:00Z"},
            {"sentAt": "2026-05-01T10:00:00Z"},
            NOW - timedelta(hours=1),
        ),
        ({"timestamp": "2026-05-01T11:00:00Z", "sentAt": "x"}, {}, NOW - timedelta(hours=1)),
        ({"timestamp": "1987-06-05T04:03:02Z"}, {}, datetime(1987, 6, 5, 4, 3, 2, tzinfo=UTC)),
    ],
)
def test_the_time_is_corrected_by_the_senders_clock(
    members: Any, batch: Any, expected: datetime
) -> None:
    found = taken({"batch": [{**TRACK, **members}], **batch})
    assert [one.timestamp for one in found.messages] == [expected]


def test_a_clock_may_be_off_by_a_day_and_no_more() -> None:
    sent = {**TRACK, "timestamp": "2026-04-30T11:00:00Z", "sentAt": "2026-04-30T12:00:00Z"}
    assert one(sent).timestamp == NOW - timedelta(hours=1)
    assert code({**sent, "sentAt": "2026-04-30T11:59:59Z"}) == ("clock_skew", "/sentAt")


def test_what_is_older_than_is_kept_is_put_aside() -> None:
    past = {**TRACK, "timestamp": "2026-04-01T00:00:00Z"}
    assert code(past, oldest=datetime(2026, 4, 2, tzinfo=UTC)) == (
        "older_than_retention",
        "/timestamp",
    )
    assert one(past, oldest=datetime(2026, 4, 1, tzinfo=UTC)).event == "Looked"


def test_the_message_id_alone_decides_what_counts_once() -> None:
    first = one({**TRACK, "timestamp": "2026-04-01T00:00:00Z"})
    assert one({**TRACK, "timestamp": "2020-01-01T00:00:00Z", "event": "x"}).key == first.key
    assert one({**TRACK, "messageId": "m2"}).key != first.key
    there = sorted_out(json.dumps(TRACK).encode(), ELSEWHERE, None, NOW).messages[0]
    assert there.key != first.key


def test_without_an_id_the_message_itself_is_what_counts() -> None:
    plain = {"type": "track", "userId": "u1", "event": "Looked", "properties": {"a": 1, "b": 2}}
    first = one(plain)
    assert first.message_id == str(UUID(bytes=first.key))
    again = {**dict(reversed(plain.items())), "properties": {"b": 2, "a": 1}, "messageId": None}
    assert one({**again, "sentAt": "2026-05-01T11:00:00Z"}, received_at=LATER).key == first.key
    for change in ({"event": "Left"}, {"timestamp": "2026-04-01T00:00:00Z"}, {"type": "page"}):
        assert one({**plain, **change}).key != first.key


def test_a_views_name_is_among_its_properties() -> None:
    view = one({"type": "page", "userId": "u", "name": "Home", "category": "Shop"})
    assert view.event == "page"
    assert msgspec.json.decode(view.properties or b"") == {"name": "Home", "category": "Shop"}
    own = one({"type": "screen", "userId": "u", "name": "x", "properties": {"name": "y"}})
    assert (own.event, msgspec.json.decode(own.properties or b"")) == ("screen", {"name": "y"})


@pytest.mark.parametrize(
    ("context", "tells"),
    [({"locale": "en"}, False), ({"traits": None}, False), ({"traits": {}}, True), (None, False)],
)
def test_a_context_that_tells_no_traits_is_known_to(context: Any, tells: bool) -> None:
    assert one({**TRACK, "context": context}).tells_traits is tells
    of_batch = taken({"batch": [TRACK, TRACK], "context": context}).messages
    assert [message.tells_traits for message in of_batch] == [tells, tells]
    assert of_batch[0].context is of_batch[1].context


def test_traits_are_the_messages_else_the_contexts() -> None:
    known = {"type": "identify", "userId": "u"}
    assert one({**known, "traits": {"a": 1}, "context": {"traits": {"b": 2}}}).traits == {"a": 1}
    assert one({**known, "context": {"traits": {"b": 2}}}).traits == {"b": 2}
    # As PHP writes an object without members.
    assert one({**known, "context": {"traits": []}}).traits is None
    assert one({**TRACK, "traits": {"a": 1}}).traits is None


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"properties": {"device": "kiosk"}, "context": {"userAgent": PHONE}}, ("kiosk", None)),
        ({"context": {"userAgent": PHONE}}, ("mobile", None)),
        ({"context": {"device": {"type": "android"}}}, ("mobile", None)),
        ({"context": {"os": {"name": "iOS"}}}, ("mobile", None)),
        ({"properties": {"device": 7}, "context": {"userAgent": "curl/8"}}, (None, None)),
        ({"properties": {"device": 7, "channel": "till"}}, (None, "till")),
        ({"context": {"channel": "web"}, "properties": {"channel": "shop"}}, (None, "shop")),
        ({"context": {"campaign": {"medium": "email"}}}, (None, "email")),
        ({"channel": "server"}, (None, "server")),
    ],
)
def test_device_and_channel_are_the_events_own_else_the_contexts(
    members: Any, expected: Any
) -> None:
    found = one({**TRACK, **members})
    assert (found.device, found.channel) == expected


def test_the_batch_speaks_for_messages_without_a_context() -> None:
    found = taken({"batch": [TRACK, {**TRACK, "context": {}}], "context": {"campaign": "spring"}})
    assert [message.campaign for message in found.messages] == ["spring", None]
