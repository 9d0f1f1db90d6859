"""How much of what is sent is held at once, and what is read of a body before anybody is known."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from msgspec import Raw
from starlette.requests import Request

from service.api.inflating import PIECE, inflated
from service.domain.errors import Malformed
from service.domain.events import Sorting, write_key
from service.domain.events.splitting import split
from service.domain.events.user_agents import device

MIB = 1024 * 1024


class Held:
    """Bytes that are held in the end, and that were at most."""

    now = peak = 0


@contextmanager
def held() -> Iterator[Held]:
    found = Held()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield found
        now, peak = tracemalloc.get_traced_memory()
        found.now, found.peak = now - before, peak - before
    finally:
        tracemalloc.stop()


async def test_a_small_piece_of_gzip_that_grows_large_is_never_held_whole() -> None:
    body = gzip.compress(bytes(60 * MIB), 9)
    assert len(body) < 64 * 1024

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    size = 0
    with held() as found:
        async for piece in inflated(Request({"type": "http", "headers": []}, receive), 64 * MIB):
            size += len(piece)
    assert size == 60 * MIB
    assert found.peak < 8 * PIECE


def test_what_a_load_has_brought_is_not_remembered() -> None:
    sorting = Sorting(UUID(int=1), None, datetime(2026, 5, 1, tzinfo=UTC))

    def slice_of(number: int) -> None:
        own = [
            {"userId": f"{number} {n}", "context": {"app": f"{number} {n}" + "x" * 5_000}}
            for n in range(100)
        ]
        lines = [Raw(json.dumps({"type": "page", **one}).encode()) for one in own]
        assert len(sorting.sort(lines).messages) == 100

    slice_of(-1)
    with held() as found:
        for number in range(20):
            slice_of(number)
    assert found.now < 2 * MIB


def test_a_user_agent_is_remembered_by_its_beginning() -> None:
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)".ljust(600)
    assert device(iphone) == "mobile"
    with held() as found:
        assert {device(f"{iphone}{n}" + "x" * 30_000) for n in range(100)} == {"mobile"}
    assert found.now < MIB


def test_a_write_key_is_found_in_what_is_no_json_if_it_is_the_only_one() -> None:
    broken = b'{"batch": [{"a": \xff}], "writeKey" : "wp_abc"}'
    assert write_key(broken) == "wp_abc"
    assert write_key(b'{"batch": [{"writeKey": "wp_abc"}, ?], "writeKey": "wp_abc"}') == "wp_abc"
    assert write_key(b'{"batch": [{"writeKey": "wp_other"}, ?], "writeKey": "wp_abc"}') is None
    assert write_key(b'{"batch": [{"said": "\\"writeKey\\":\\"wp_abc\\""}, ?]}') is None
    assert write_key(b'{"batch": [{"writeKey": "wp_other"}], "writeKey": "wp_abc"}') == "wp_abc"
    for body in (b"", b"[" * 1_000, b'{"writeKey": 7, ?}', b'{"batch": [?]}', b"\xff"):
        assert write_key(body) is None


@pytest.mark.parametrize(
    "message",
    [b"?", b'"[{,"', b'"\\",\\\\" ?', b"[[],{}] ?", b'{"a": [{}, "}"], ?}', b"[]{}[]", b""],
)
def test_a_body_that_is_no_json_is_cut_outside_of_texts_and_brackets(message: bytes) -> None:
    good = b'{"type": "track", "userId": "u, [1"}'
    body = b'{"batch": [%b, %b, %b], "sentAt": "x"}' % (good, message, good)
    found = split(body)
    assert [bytes(one) for one in found.messages] == [good, message, good]
    assert found.sent_at == "x"


@pytest.mark.parametrize("odd", [b"]", b"[", b"}", b"[[]", b'"', b"]["])
def test_a_body_whose_brackets_are_odd_is_none(odd: bytes) -> None:
    with pytest.raises(Malformed):
        split(b'{"batch": [{}, %b]}' % odd)
