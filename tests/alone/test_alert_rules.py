"""Rules as they are written: on gaps, changed, and refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from service.domain import alerts
from service.domain.alerts import asking
from service.domain.alerts.judged import Changing, Condition
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from tests.alerting import BUYS, alert, firings, state, visited
from tests.alone.test_gap_history import changed, two
from tests.faces.asking import answered
from tests.make import Client, pointers
from tests.measures.doing import Json
from tests.watched import Watched


async def test_gaps_are_counted_and_held_against_their_past(
    client: Client, watched: Watched
) -> None:
    made = await client.made("/v1/journeys", two("web", "web"))
    watches = {"gap": {"kind": "channel_handoff"}}
    there = await alert(client, {"above": 0}, watches, journey_id=made["id"])
    more = await alert(client, {"change": {"direction": "up"}}, watches)
    elsewhere = await alert(client, {"above": 0}, {"gap": {"min_severity": 100}})
    await watched.look()
    assert await state(client, there) == ("ok", None)
    assert await state(client, more) == ("not_enough_data", "no_before")
    await changed(client, made, "phone")
    await watched.look(days=7)
    assert await state(client, there) == ("firing", None)
    assert await state(client, more) == ("firing", None)
    assert await state(client, elsewhere) == ("ok", None)
    (fired,) = await firings(client, more)
    assert (fired["figure"]["value"], fired["before"]["value"]) == (1, 0)
    assert fired["figure"]["unit"] == "gaps"
    assert (fired["change"]["relative"], fired["change"]["method"]) == (None, "counted")
    page = await client.got("/v1/gaps/history", params={"kind": "channel_handoff"})
    dismissed = {"status": "dismissed", "reason": "By design"}
    answer = await client.patch(f"/v1/gaps/{page['items'][0]['gap_id']}", json=dismissed)
    assert answer.status_code == 200, answer.text
    await watched.look(hours=1)
    assert await state(client, there) == ("ok", None)


async def test_a_rule_that_is_changed_is_looked_at_anew(client: Client, watched: Watched) -> None:
    await visited(client, 1, 20, 100)
    which = await alert(client, {"below": 0.5})
    await watched.look()
    path = f"/v1/alerts/{which}"
    renamed = await client.patch(path, json={"name": "Other"})
    assert (renamed.json()["state"], renamed.json()["version"]) == ("firing", 2)
    condition = {"below": None, "above": 0.5}
    found = (await client.patch(path, json={"condition": condition})).json()
    assert (found["state"], found["reason"], found["figure"]) == (None, "not_checked", None)
    await watched.look(minutes=1)
    assert await state(client, which) == ("ok", None)
    assert (await firings(client, which))[0]["resolved_at"] == "2026-05-29T12:08:00+00:00"
    await client.patch(path, json={"condition": {"below": 0.5, "above": None}})
    await watched.look(minutes=1)
    assert await state(client, which) == ("firing", None)
    assert len(await firings(client, which, resolved="false")) == 1
    found = (await client.patch(path, json={"enabled": False})).json()
    assert (found["state"], found["reason"]) == (None, "disabled")
    assert await firings(client, which, resolved="false") == []
    await watched.look(hours=2)
    assert await state(client, which) == (None, "disabled")


NONSENSE = {"field": "nonsense", "op": "eq", "value": 1}


@pytest.mark.parametrize(
    ("members", "at"),
    [
        ({"watches": {"kpi": {"kpi": "nonsense"}}}, {"/watches/kpi/kpi"}),
        ({"watches": {"kpi": {**BUYS, "filter": NONSENSE}}}, {"/watches/kpi/filter/field"}),
        (
            {"watches": {"kpi": {"kpi": "orders", "parameters": {"scale": 1}}}},
            {"/watches/kpi/parameters/scale"},
        ),
        ({"watches": {}}, {"/watches"}),
        ({"watches": {"kpi": BUYS, "gap": {}}}, {"/watches"}),
        ({"watches": {"gap": {"kind": "nonsense"}}}, {"/watches/gap/kind"}),
        ({"watches": {"gap": {"min_severity": 101}}}, {"/watches/gap/min_severity"}),
        ({"condition": {}}, {"/condition"}),
        ({"condition": {"above": 1, "below": 0}}, {"/condition"}),
        ({"condition": {"change": {"by": -1}}}, {"/condition/change/by"}),
        ({"condition": {"change": {"over_days": 6}}}, {"/condition/change/over_days"}),
        ({"window_days": 0}, {"/window_days"}),
        ({"least_count": 0}, {"/least_count"}),
        (
            {
                "journey_id": "0198c7f0-0000-7000-8000-000000000040",
                "stage_id": "0198c7f0-0000-7000-8000-000000000050",
            },
            {"/journey_id", "/stage_id"},
        ),
        ({"nonsense": 1}, {"/nonsense"}),
    ],
)
async def test_nonsense_is_refused(client: Client, members: Json, at: set[str]) -> None:
    body = {"name": "Look", "watches": {"kpi": BUYS}, "condition": {"below": 0.5}, "window_days": 7}
    answer = await client.post("/v1/alerts", json={**body, **members})
    assert answer.status_code == 422, answer.text
    assert pointers(answer) == at


async def test_a_stage_is_one_of_the_map(client: Client) -> None:
    one, other = [await client.made("/v1/journeys", two("web", "web")) for _ in range(2)]
    body = {"name": "Look", "watches": {"gap": {}}, "condition": {"above": 0}}
    stage = one["stages"][0]["id"]
    made = await client.made("/v1/alerts", {**body, "stage_id": stage, "journey_id": one["id"]})
    answer = await client.patch(f"/v1/alerts/{made['id']}", json={"journey_id": other["id"]})
    assert (answer.status_code, pointers(answer)) == (422, {"/stage_id"})
    # It goes with its map.
    assert (await client.delete(f"/v1/journeys/{one['id']}")).status_code == 204
    assert (await client.get(f"/v1/alerts/{made['id']}")).status_code == 404


async def test_rules_are_listed_by_how_they_stand_and_what_they_are_about(
    client: Client, watched: Watched
) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    fires = await alert(client, {"above": 0}, {"gap": {}}, journey_id=made["id"])
    calm = await alert(client, {"above": 1000}, {"gap": {}})
    await watched.look()
    firing = '{"field": "state", "op": "eq", "value": "firing"}'
    for query, expected in (
        ({"state": "firing"}, [fires]),
        ({"state": "ok"}, [calm]),
        ({"journey_id": made["id"]}, [fires]),
        ({"enabled": "false"}, []),
        ({"filter": firing}, [fires]),
        ({"q": "look", "sort": "-created_at"}, [calm, fires]),
    ):
        found = await client.got("/v1/alerts", params=query)
        assert [one["id"] for one in found["items"]] == expected, query
    asked_for = "{ alerts(state: firing) { nodes { uuid state figure { value unit } journey { id } "
    told = (await answered(client, asked_for + "watches { gap { minSeverity } } } } }"))["data"]
    (node,) = told["alerts"]["nodes"]
    assert (node["uuid"], node["state"], node["figure"]["unit"]) == (fires, "firing", "gaps")
    firings_of = "query ($id: ID!) { alertFirings(alertId: $id) { nodes { firedAt resolvedAt } } }"
    nodes = (await answered(client, firings_of, id=fires))["data"]["alertFirings"]["nodes"]
    assert nodes == [{"firedAt": "2026-05-29T12:07:00+00:00", "resolvedAt": None}]


async def test_what_was_found_of_a_rule_as_it_was_is_not_kept_of_it_as_it_is(
    client: Client, watched: Watched
) -> None:
    await client.made("/v1/journeys", two("web", "phone"))
    await watched.look()
    which = await alert(client, {"above": 0}, {"gap": {}})
    scopes = frozenset({Scope.MAPS_READ, Scope.ANALYTICS_READ})
    caller = Caller(watched.workspace, None, scopes)
    async with watched.database.analyse(caller) as work:
        due = {one.id: one for one in await alerts.due(work, watched.now)}
        found = await alerts.looked_at(work, list(due.values()))
    condition = {"above": None, "below": 0}
    answer = await client.patch(f"/v1/alerts/{which}", json={"condition": condition})
    assert answer.status_code == 200, answer.text
    async with watched.database.write(caller) as keeping:
        assert await alerts.keep_states(keeping, found, due) == 0
    assert await state(client, which) == (None, "not_checked")
    assert await firings(client, which) == []


def test_what_is_compared_are_whole_days_whatever_clocks_do() -> None:
    vienna, now = ZoneInfo("Europe/Vienna"), datetime(2026, 4, 2, 22, 30, tzinfo=UTC)
    watches = asking.Watch(gap=asking.WatchedGap())
    rule = asking.Rule(
        new_id(), 1, watches, Condition(change=Changing()), None, None, 7, None, fires=False
    )
    # There it is the third of April, and an hour less since the 29th of March.
    now_, before = asking.windows(rule, now, vienna)
    assert now_ == (
        datetime(2026, 3, 26, 23, tzinfo=UTC),
        datetime(2026, 4, 2, 22, tzinfo=UTC),
    )
    assert before == (datetime(2026, 3, 19, 23, tzinfo=UTC), now_.from_)
    (until,) = asking.windows(
        msgspec.structs.replace(rule, condition=Condition(above=1)), now, vienna
    )
    assert until == (datetime(2026, 3, 26, 22, 30, tzinfo=UTC), now)
