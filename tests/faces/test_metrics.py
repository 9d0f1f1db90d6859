"""Metrics, as whoever watches the service asks for them."""

import asyncio
from threading import Event

from tests.make import Client


async def test_metrics_tell_single_series_alone_to_who_asks_for_them(client: Client) -> None:
    asked = "/metrics?name[]=waypost_statements_total&name[]=waypost_streams"
    lines = (await client.get(asked)).text.splitlines()
    assert {line.split(" ")[0] for line in lines if not line.startswith("#")} == {
        "waypost_statements_total",
        "waypost_streams",
    }


async def test_metrics_wait_for_nothing_that_is_computed(client: Client) -> None:
    done = Event()
    # More than there are threads for.
    busy = [asyncio.ensure_future(asyncio.to_thread(done.wait, 30)) for _ in range(64)]
    try:
        async with asyncio.timeout(15):
            answer = await client.get("/metrics")
    finally:
        done.set()
        await asyncio.gather(*busy)
    assert answer.status_code == 200
    assert "waypost_statements_total " in answer.text
