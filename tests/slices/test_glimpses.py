"""The first page of people who did something: by a glance at each, where that tells enough."""

from typing import Any

import pytest
from fastapi import FastAPI

from service.domain.contacts.finding.reads import SEEN
from service.domain.events import Sorted
from service.domain.pages import NEAR
from service.domain.work import Caller
from tests.make import Client
from tests.slices.test_contact_search import Past
from tests.slices.test_contacts import PATH

MANY = NEAR + 20
"""More than are looked at one by one."""
BUSY = (3, MANY - 2)
"""Who did more than is seen of them."""


@pytest.fixture
async def crowd(client: Client, app: FastAPI, workspace: Caller) -> None:
    """Many people who did something; a few who did more, and one of them much."""
    names = [[{"source": "user_id", "value": f"u{n}"}] for n in range(MANY)]
    names[7].append({"source": "user_id", "value": "again"})
    plans = ["free" if n in BUSY else "gold" for n in range(MANY)]
    both = zip(names, plans, strict=True)
    body = {"items": [{"identifiers": one, "traits": {"plan": plan}} for one, plan in both]}
    answer = await client.post(f"{PATH}/batch/upsert", json=body)
    assert {one["outcome"] for one in answer.json()["items"]} == {"created"}
    past = Past(app, workspace)
    done = [past.message(f"u{n}", "Common") for n in range(MANY)]
    done += [past.message(f"u{n}", "Seldom", days_ago=n) for n in range(0, MANY, 50)]
    done += [past.message(name, "Twice") for name in ("u7", "again", "u9")]
    for busy in (f"u{n}" for n in BUSY):
        done += [past.message(busy, "Other", days_ago=1) for _ in range(SEEN)]
        done += [past.message(busy, "Once", days_ago=2)]
        done += [past.message(busy, "Common", days_ago=3)]
    done += [past.message("u5", "Other", type="identify") for _ in range(3)]
    (last,) = (await client.got(PATH, params={"limit": 1, "sort": "created_at"}))["items"]
    done += [past.message(last["identifiers"][0]["value"], "Last")]
    await app.state.intake.take(workspace, Sorted(done, []))
    for pair in (("u11", "u50"), ("u100", "u12")):
        ids = [(await client.got(f"{PATH}/by-external-id/user_id/{one}"))["id"] for one in pair]
        await client.made("/v1/contacts/merge", {"winner_id": ids[0], "loser_id": ids[1]})


def did(event: str, **more: Any) -> dict[str, Any]:
    return {"did": event, **more}


GOLD = {"field": "traits.plan", "op": "eq", "value": "gold"}
ASKED: list[Any] = [
    did("Common"),
    did("Seldom"),
    did("Once"),
    did("Other"),
    did("Last"),
    {"all": [did("Last"), GOLD]},
    did("Nothing"),
    did("Twice", times={"at_least": 2}),
    did("Common", times={"at_least": 2}),
    did("Common", within_days=2),
    did("Seldom", within_days=60),
    did("Common", times={"at_most": 1}),
    {"not": did("Common")},
    {"not": did("Seldom")},
    {"all": [did("Common"), did("Seldom")]},
    {"any": [did("Once"), did("Seldom"), GOLD]},
    {"all": [GOLD, {"any": [did("Once"), did("Twice")]}]},
    {"all": [did("Common"), {"not": GOLD}]},
    {"all": [did("Common"), {"consent": "analytics"}]},
    did({"all": [{"field": "event", "op": "eq", "value": "Common"}, GOLD]}),  # type: ignore[arg-type]
]


@pytest.mark.usefixtures("crowd")
async def test_a_glance_tells_the_pages_that_a_whole_look_tells(client: Client) -> None:
    """Whoever asks for the total has all of them gone through."""
    for asked in ASKED:
        for limit in (3, 100):
            pages = [await pages_of(client, asked, limit, count=count) for count in (False, True)]
            assert pages[0] == pages[1], (asked, limit)


async def pages_of(client: Client, asked: Any, limit: int, *, count: bool) -> list[Any]:
    """The first pages, by the ids on them."""
    found: list[Any] = []
    after: dict[str, Any] = {}
    for _ in range(3):
        body = {"filter": asked, "limit": limit, "count": count, **after}
        answer = await client.post(f"{PATH}/search", json=body)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found.append(([one["id"] for one in page["items"]], page["next"]))
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    return found
