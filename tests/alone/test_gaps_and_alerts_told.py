"""What the worker finds is told to those who subscribe to it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.domain.work import Scope
from service.settings import Settings
from tests.alerting import alert, visited
from tests.alone.test_gap_history import changed, two
from tests.listening import entered
from tests.make import Client
from tests.served import Served, serving
from tests.watched import Watched

GAPS = """subscription ($id: ID) { gapsChanged(journeyId: $id) {
  cursor opened { gapId kind closedAt } closed { gapId kind closedAt } changes { kind uuid } } }"""
ALERTS = """subscription { alertsChanged {
  cursor firings { uuid resolvedAt alert { name state } } } }"""


@pytest.fixture(scope="module")
def quick(settings: Settings) -> Iterator[Served]:
    """The service, looking for changes often."""
    with serving(replace(settings, stream_poll=0.05)) as found:
        yield found


async def test_new_and_closed_gaps_are_told(
    client: Client, watched: Watched, quick: Served, key: str
) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    other = await client.made("/v1/journeys", two("web", "web"))
    async with entered(quick, key) as listener:
        for which, variables in (("one", {"id": made["id"]}), ("all", {})):
            await listener.subscribe(which, GAPS, **variables)
            first = await listener.next(which)
            assert first["opened"] == first["closed"] == first["changes"] == []
        await listener.say("complete", id="all")
        await watched.look()
        told = await listener.next("one")
        new = {one["kind"]: one for one in told["opened"]}
        gap = new["channel_handoff"]["gapId"]
        assert gap in {one["uuid"] for one in told["changes"]}
        assert told["closed"] == []
        # That people judge it makes it neither new nor closed.
        judged = {"status": "dismissed", "reason": "As meant."}
        assert (await client.patch(f"/v1/gaps/{gap}", json=judged)).status_code == 200
        await changed(client, made, "web")
        await changed(client, other, "phone")
        await watched.look(minutes=1)
        told = await listener.next("one")
        (gone,) = [one for one in told["closed"] if one["kind"] == "channel_handoff"]
        assert (gone["gapId"], gone["closedAt"] is None) == (gap, False)
        assert told["opened"] == []


async def test_what_fires_and_is_back_is_told(
    client: Client, watched: Watched, quick: Served, key: str
) -> None:
    which = await alert(client, {"below": 0.5})
    await visited(client, 1, 20, 100)
    maps = await client.made("/v1/api-keys", {"name": "Maps", "scopes": [Scope.MAPS_READ]})
    async with entered(quick, key) as listener, entered(quick, maps["key"]) as narrow:
        await listener.subscribe("a", ALERTS)
        assert (await listener.next("a"))["firings"] == []
        await narrow.subscribe("a", ALERTS)
        assert (await narrow.error("a"))["extensions"]["problem"] == "scope_missing"
        await watched.look()
        (fired,) = (await listener.next("a"))["firings"]
        assert (fired["resolvedAt"], fired["alert"]["state"]) == (None, "firing")
        await visited(client, 1, 100, 100, "more")
        await watched.look(hours=1)
        (back,) = (await listener.next("a"))["firings"]
        assert (back["uuid"], back["alert"]["state"]) == (fired["uuid"], "ok")
        assert back["resolvedAt"] is not None
    assert which
