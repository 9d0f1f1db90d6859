"""A trouble planted in a log that is sent over HTTP: it is found, and nothing else."""

import json
from typing import Any

from service.domain.insights.gaps.passage import instant
from tests.make import Client
from tests.measures.followed import felt
from tests.measures.gap_lists import fallen, found
from tests.measures.test_gaps_without_events import passing
from tests.pure.test_falls import STEPS, TROUBLE, log
from tests.watched import Watched

Json = dict[str, Any]


async def sent(client: Client, *, planted: bool) -> Json:
    """A map of four steps, and a log of sixteen weeks on it."""
    walk = log(0, planted=planted)
    told = zip(
        *(column.tolist() for column in (walk.person, walk.at, walk.step)),
        *(
            [walk.columns[name].words[code] for code in walk.columns[name].codes.tolist()]
            for name in ("device", "channel")
        ),
        strict=True,
    )
    lines = [
        {
            **{"type": "track", "userId": f"u{who}", "event": STEPS[step], "messageId": str(n)},
            **{"timestamp": instant(at), "properties": {"device": device, "channel": channel}},
        }
        for n, (who, at, step, device, channel) in enumerate(told)
    ]
    body = "\n".join(json.dumps(one) for one in lines)
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await client.post("/v1/events", content=body, headers=headers)
    assert (answer.status_code, answer.json()["quarantined"]) == (200, 0), answer.text
    made: Json = await client.made("/v1/journeys", felt(STEPS, [None] * len(STEPS)))
    return made


async def test_a_planted_trouble_is_found_over_http(client: Client) -> None:
    made = await sent(client, planted=True)
    asked = {"from": instant(TROUBLE.from_ or 0), "to": instant(TROUBLE.to or 0)}
    (gap,) = fallen(await found(client, made["id"], baseline="before", **asked))
    assert gap["where"] == {"dimension": "device", "value": "mobile"}
    assert gap["period"] == asked
    assert gap["explanation"]["values"]["from_step"] == "b"
    assert gap["continuation"]["value"] < 0.5 < gap["baseline"]["share"]
    assert "mobile" in gap["explanation"]["text"]
    scanned = fallen(await found(client, made["id"], scan="week"))
    mobile = [one for one in scanned if one["where"] == gap["where"]]
    assert {one["transition"]["to_step_id"] for one in mobile} == {gap["step_id"]}
    assert all(asked["from"] <= one["period"]["from"] < asked["to"] for one in mobile)


async def test_where_nothing_was_planted_none_is_found_over_http(client: Client) -> None:
    made = await sent(client, planted=False)
    asked = {"from": instant(TROUBLE.from_ or 0), "to": instant(TROUBLE.to or 0)}
    for question in ({"baseline": "before", **asked}, asked, {"scan": "month"}):
        assert fallen(await found(client, made["id"], **question)) == []


async def test_the_worker_sees_what_fell_of_late(client: Client, watched: Watched) -> None:
    """It looks at the thirty days before the last fourteen, of which all is known."""
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    await passing(client, 50, 40)
    await passing(client, 50, 10, later=50)
    await watched.look()
    path = "/v1/gaps/history"
    asked = {"kind": "drop_off", "journey_id": made["id"]}
    (seen,) = (await client.got(path, params=asked))["items"]
    assert (seen["closed_at"], seen["step_id"]) == (None, made["stages"][0]["steps"][1]["id"])
    await watched.look(days=1)
    (later,) = (await client.got(path, params=asked))["items"]
    assert (later["gap_id"], later["closed_at"]) == (seen["gap_id"], None)
    # Months later it is no news, but long before.
    await watched.look(days=90)
    (gone,) = (await client.got(path, params={**asked, "state": "closed"}))["items"]
    assert gone["gap_id"] == seen["gap_id"]
