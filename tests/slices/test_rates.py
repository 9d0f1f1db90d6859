"""How many events a key may send, what answers say of it, and when one may go on."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
from fastapi import FastAPI

from service.api.rates import LONGEST_WAIT, Rates
from service.domain.errors import RateLimited
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client

BROAD = {"type": "page", "userId": "u", "properties": {"text": "x" * 30_000}}
"""A message of which some dozens are a slice of a load."""

KEY = Caller(UUID(int=1), UUID(int=2), frozenset())


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def said(rates: Rates, caller: Caller = KEY) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in rates.headers(caller)}


def test_a_key_saves_up_some_seconds_of_its_rate_and_no_more() -> None:
    clock = Clock()
    rates = Rates(Settings(event_rate=5, public_event_rate=1), clock)
    rates.admit(KEY)
    rates.spend(KEY, 20)
    assert said(rates) == {
        "ratelimit-policy": '"events";q=50;w=10',
        "ratelimit": '"events";r=30;t=4',
    }
    clock.now += 1_000
    assert said(rates)["ratelimit"] == '"events";r=50;t=0'


def test_whoever_owes_waits_until_it_is_paid() -> None:
    clock = Clock()
    rates = Rates(Settings(event_rate=5), clock)
    rates.admit(KEY)
    rates.spend(KEY, 100)
    with pytest.raises(RateLimited) as refused:
        rates.admit(KEY)
    assert refused.value.seconds == 11
    clock.now += refused.value.seconds
    rates.admit(KEY)
    rates.spend(KEY, 1_000_000)
    with pytest.raises(RateLimited) as refused:
        rates.admit(KEY)
    assert refused.value.seconds == LONGEST_WAIT


def test_each_key_has_its_own_and_a_public_one_less() -> None:
    rates = Rates(Settings(event_rate=5, public_event_rate=2), Clock())
    rates.spend(KEY, 60)
    rates.admit(replace(KEY, key_id=UUID(int=3)))
    page = replace(KEY, key_id=UUID(int=4), public=True)
    assert said(rates, page)["ratelimit-policy"] == '"events";q=20;w=10'


async def test_too_much_is_told_with_the_time_to_wait(client: Client, app: FastAPI) -> None:
    usual = app.state.rates
    app.state.rates = Rates(Settings(event_rate=1))
    try:
        batch = [{"type": "page", "userId": "u"}] * 30
        first = await client.post("/v1/batch", json={"batch": batch})
        assert first.headers["ratelimit"].startswith('"events";r=0;t=')
        second = await client.post("/v1/batch", json={"batch": batch})
        lines = await client.post("/v1/events", content=b"{}")
    finally:
        app.state.rates = usual
    for refused in (second, lines):
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 300
        assert refused.headers["ratelimit-policy"] == '"events";q=10;w=10'
    assert second.headers["access-control-allow-origin"] == "*"


@pytest.fixture
async def nearly_spent(client: Client, app: FastAPI) -> AsyncIterator[Caller]:
    """A key with a small rate, of which one token is left."""
    usual = app.state.rates, app.state.settings
    app.state.rates = Rates(Settings(event_rate=100))
    key = client.headers["authorization"].removeprefix("Bearer ")
    caller = await app.state.keys.holder(key, None, "test")
    app.state.rates.spend(caller, 999)
    yield caller
    app.state.rates, app.state.settings = usual


def lines(number: int) -> bytes:
    return b"".join(
        json.dumps({**BROAD, "messageId": str(n)}).encode() + b"\n" for n in range(number)
    )


async def test_a_file_larger_than_the_rate_is_loaded_no_faster_than_it(
    client: Client, app: FastAPI, nearly_spent: Caller
) -> None:
    answer = await client.post("/v1/events", content=lines(90))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 90), answer.text
    assert answer.headers.get_list("ratelimit-policy") == ['"events";q=1000;w=10']
    # What came last is still owed, what came before it is paid for.
    assert app.state.rates.wait(nearly_spent) < 0.9


async def test_a_file_that_could_not_be_in_time_is_refused_and_what_came_is_stored(
    client: Client, app: FastAPI, nearly_spent: Caller
) -> None:
    app.state.settings = replace(app.state.settings, bulk_deadline=1.0)
    app.state.rates = slow = Rates(Settings(event_rate=2))
    answer = await client.post("/v1/events", content=lines(90))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["retry-after"]) <= 300
    assert slow.wait(nearly_spent) > 1
    stored = (await client.got("/v1/events", params={"limit": 200}))["items"]
    assert 0 < len(stored) < 90
