"""Each message counts once for ever, whatever has happened since it was first sent."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from service.domain import privacy
from service.domain.work import Caller
from service.main import create_app
from service.settings import Settings
from tests.make import Client

Json = dict[str, Any]
LOOKED = {"type": "track", "userId": "ann", "event": "Looked"}
MESSAGES = [
    {**LOOKED, "messageId": "id and time", "timestamp": "2026-03-01T09:00:00Z"},
    {**LOOKED, "messageId": "id alone"},
    {**LOOKED, "timestamp": "2026-03-02T09:00:00Z"},
    {**LOOKED, "properties": {"neither": True}},
    {"type": "identify", "userId": "ann", "traits": {"plan": "gold"}, "messageId": "told"},
    {"type": "page", "userId": "ann", "name": "Home"},
]
TWICE = ["duplicate"] * len(MESSAGES)


@dataclass
class Ground:
    """The service, whoever calls it, and a clock that can be set."""

    app: FastAPI
    client: Client
    workspace: Caller
    settings: Settings
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sent(self, client: Client | None = None, **more: Any) -> list[str]:
        """What became of each message, sent now."""
        body = {"batch": MESSAGES, "sentAt": self.now().isoformat(), **more}
        answer = await (client or self.client).post("/v1/batch?outcomes=true", json=body)
        assert answer.status_code == 200, answer.text
        return [one["outcome"] for one in answer.json()["outcomes"]]

    async def stored(self) -> int:
        return len((await self.client.got("/v1/events"))["items"])


@pytest.fixture
def ground(
    app: FastAPI,
    client: Client,
    workspace: Caller,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Ground:
    made = Ground(app, client, workspace, settings)
    monkeypatch.setattr(app.state.database, "clock", made.now)
    return made


Between = Callable[[Ground], Awaitable[None]]


async def nothing(ground: Ground) -> None:
    """A client that heard no answer sends again."""


async def months(ground: Ground) -> None:
    ground.ahead = timedelta(days=250)


async def retention(ground: Ground) -> None:
    """All of it is too old, goes, and may come again, as far as the workspace says."""
    assert (await ground.client.patch("/v1/settings", json={"retention_days": 30})).is_success
    ground.ahead = timedelta(days=250)
    async with ground.app.state.database.write(ground.workspace) as work:
        assert await privacy.expire(work) == len(MESSAGES)
    assert (await ground.client.patch("/v1/settings", json={"retention_days": None})).is_success
    # What a process remembers of a key, the workspace's retention with it, it soon forgets.
    ground.ahead += timedelta(seconds=10)


async def erasure(ground: Ground) -> None:
    (person,) = (await ground.client.got("/v1/contacts"))["items"]
    await ground.client.made(f"/v1/contacts/{person['id']}/erase", {})


async def erasure_and_welcome(ground: Ground) -> None:
    """Who was erased comes back, and what they did before does not."""
    (person,) = (await ground.client.got("/v1/contacts"))["items"]
    erased = await ground.client.made(f"/v1/contacts/{person['id']}/erase", {})
    answer = await ground.client.delete(f"/v1/erasures/{erased['id']}/block")
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("between", "left"),
    [(nothing, 6), (months, 6), (retention, 0), (erasure, 0), (erasure_and_welcome, 0)],
)
async def test_what_has_come_is_a_duplicate_whatever_has_happened_since(
    ground: Ground, between: Between, left: int
) -> None:
    assert await ground.sent() == ["accepted"] * len(MESSAGES)
    await between(ground)
    assert await ground.stored() == left
    assert await ground.sent() == TWICE
    lines = "\n".join(map(_line, MESSAGES))
    assert (await ground.client.post("/v1/events", content=lines)).json() == {
        "accepted": 0,
        "duplicates": len(MESSAGES),
        "quarantined": 0,
    }
    assert await ground.stored() == left


def _line(message: Json) -> str:
    """A message as somebody else writes it: other spaces, another order of members."""
    return json.dumps(dict(reversed(message.items())), separators=(",  ", " : "))


async def test_a_service_that_was_started_anew_knows_what_has_come(ground: Ground) -> None:
    assert await ground.sent() == ["accepted"] * len(MESSAGES)
    made = create_app(ground.settings)
    founded = str(ground.workspace.request_id)
    async with (
        made.router.lifespan_context(made),
        Client.entering(made, founded) as client,
    ):
        assert await ground.sent(client) == TWICE
    assert await ground.stored() == len(MESSAGES)


async def test_another_time_under_a_known_id_is_the_same_message(ground: Ground) -> None:
    assert await ground.sent() == ["accepted"] * len(MESSAGES)
    changed = [
        {**one, "timestamp": "2019-07-07T07:07:07Z"} for one in MESSAGES if "messageId" in one
    ]
    assert await ground.sent(batch=changed) == ["duplicate"] * 3
    assert await ground.stored() == len(MESSAGES)


async def test_what_lay_for_months_with_the_time_it_was_first_sent_is_put_aside(
    ground: Ground,
) -> None:
    """Nobody can tell any more when it happened; and counted it is not, neither now nor twice."""
    sent_at = ground.now().isoformat()
    assert await ground.sent() == ["accepted"] * len(MESSAGES)
    await months(ground)
    outcomes = await ground.sent(sentAt=sent_at)
    assert outcomes == ["quarantined" if "timestamp" in one else "duplicate" for one in MESSAGES]
    assert await ground.stored() == len(MESSAGES)
