"""KPIs of maps from segments, and from the few events that tell more: as from the events alone."""

import random
from typing import Any

import pytest

from service import folding
from service.database import Database
from service.domain.work import Caller
from tests.make import Client
from tests.measures.followed import told
from tests.slices.bound import by_id, sent

Json = dict[str, Any]
STAGES = (("Look", "Compare"), ("Order Completed",), ("Survey Answered",))
RANGE = {"from_": "2026-05-03T00:00:00Z", "to": "2026-05-20T00:00:00Z"}


def mapped() -> Json:
    stages = [
        {"name": names[0], "steps": [{"action": one, "binding": one} for one in names]}
        for names in STAGES
    ]
    return {"title": "Buying", "goal": "Order Completed", "stages": stages}


def made_up(pick: random.Random, journey_id: str) -> list[Json]:
    rows = []
    for n in range(300):
        event = pick.choice(("Look", "Compare", "Other", "Order Completed", "Survey Answered"))
        told = {
            "revenue": pick.choice((5, "7.5", None, [1])),
            "currency": pick.choice(("EUR", "X")),
        }
        if event == "Survey Answered":
            told = {"survey": pick.choice(("csat", "nps", "ces")), "score": pick.randrange(6)}
            told |= {
                "scale": [1, pick.choice((5, 7))],
                "journey_id": pick.choice((journey_id, "x")),
            }
        at = f"2026-05-{pick.randrange(1, 28):02}T{pick.randrange(24):02}:{n % 60:02}:00Z"
        who = {"userId": f"u{pick.randrange(30)}"} if n % 9 else {"anonymousId": f"a{n % 4}"}
        rows.append({"type": "track", "messageId": str(n), "event": event, "timestamp": at, **who})
        rows[-1]["properties"] = told
    return rows


@pytest.mark.parametrize("seed", range(3))
async def test_folding_changes_no_kpi_of_a_map(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    pick = random.Random(seed)
    map_ = await client.made("/v1/journeys", mapped())
    rows = made_up(pick, map_["id"])
    await sent(client, *rows[:250])
    await client.post("/v1/contacts/merge", json=await pair(client, "u1", "u2"))
    await client.patch(f"/v1/contacts/{await by_id(client, 'u3')}", json={"test": True})
    listed = await client.got("/v1/kpis", params={"own": "false", "limit": "200"})
    every = [one["key"] for one in listed["items"]]
    # Half of them with each query: so many may be asked for at once.
    queries = [
        {**one, "keys": ",".join(some)}
        for one in ({}, RANGE, RANGE | {"filter": "Order Completed"})
        for some in (every[:40], every[40:])
        if some
    ]
    for some in ([], rows[250:]):
        if some:
            # What came since is not in segments yet.
            await sent(client, *some)
        before: list[Json] = [await told(client, map_["id"], "kpis", **one) for one in queries]
        await folding.folded(database, workspace.workspace_id)
        after = [await told(client, map_["id"], "kpis", **one) for one in queries]
        assert before == after
        told_of = [one["kpi"] for one in before[0]["items"] if one["value"] is not None]
        assert {"csat", "orders", "revenue", "scroll_rate"} <= {*told_of}


async def pair(client: Client, winner: str, loser: str) -> Json:
    return {"winner_id": await by_id(client, winner), "loser_id": await by_id(client, loser)}
