"""How many events a key may send, what answers say of it, and when one may go on."""

from dataclasses import replace
from uuid import UUID

import pytest
from fastapi import FastAPI

from service.api.rates import LONGEST_WAIT, Rates
from service.domain.errors import RateLimited
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client

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
