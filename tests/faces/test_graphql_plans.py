"""Plans, staleness and the overview over GraphQL, beside maps and by themselves."""

from typing import Any

from tests.faces.asking import answered
from tests.make import BY_ANN, Client, journey

BESIDE = """{ journeys { nodes { title staleness(limitDays: 10) { days stale newest }
  actions(first: 5) { nodes { title effect { verdict reason } targets { journey { title } } } }
  reviews(first: 5) { nodes { status missing questions { newGaps } } }
  comments(first: 5) { nodes { text target { kind id } parent { text } } } } } }"""
ANN = BY_ANN["Waypost-Actor"]
SIGN = """mutation ($id: ID!, $input: SignOffInput!) { signOffReview(id: $id, input: $input) {
  review { status missing signOffs { department note person } }
  userErrors { code pointer } } }"""


async def planned(client: Client, number: int) -> list[dict[str, Any]]:
    """Maps, each with an action, a review and two comments."""
    made = []
    for n in range(number):
        whole = await client.made("/v1/journeys", journey(1, 1, title=f"Map {n}"))
        target = {"title": f"Act {n}", "targets": [{"journey_id": whole["id"]}]}
        await client.made("/v1/actions", target)
        body = {"journey_id": whole["id"], "departments": ["service"], "cadence": "monthly"}
        review = await client.made("/v1/reviews", body)
        about = {"target": {"kind": "journey", "id": whole["id"]}, "text": f"First {n}"}
        first = await client.made("/v1/comments", about)
        await client.made("/v1/comments", {**about, "text": "Second", "parent_id": first["id"]})
        made.append({**whole, "review": review})
    return made


async def test_beside_each_map_stands_what_is_planned_for_it(client: Client) -> None:
    made = await planned(client, 2)
    found = await answered(client, BESIDE)
    assert "errors" not in found, found
    newest, oldest = found["data"]["journeys"]["nodes"]
    assert (newest["title"], oldest["title"]) == ("Map 1", "Map 0")
    assert newest["staleness"] == {"days": 0, "stale": False, "newest": "change"}
    (action,) = newest["actions"]["nodes"]
    assert action["effect"] == {"verdict": "not_enough_data", "reason": "no_metric"}
    assert action["targets"] == [{"journey": {"title": "Map 1"}}]
    assert [one["missing"] for one in newest["reviews"]["nodes"]] == [["service"]]
    second, first = newest["comments"]["nodes"]
    assert (second["parent"], first["parent"]) == ({"text": "First 1"}, None)
    assert first["target"] == {"kind": "journey", "id": made[1]["id"]}


async def test_no_number_of_maps_takes_more_statements(client: Client) -> None:
    counts = []
    for number in (2, 6):
        await planned(client, number)
        before = await client.statements()
        found = await answered(client, BESIDE)
        assert "errors" not in found, found
        counts.append(await client.statements() - before)
    assert counts[0] == counts[1]


async def test_a_review_is_signed_and_the_next_one_follows(client: Client) -> None:
    (made,) = await planned(client, 1)
    which = made["review"]["id"]
    nobody = await answered(client, SIGN, id=which, input={"department": "sales"})
    assert [one["code"] for one in nobody["data"]["signOffReview"]["userErrors"]] == [
        "person_required",
        "not_asked",
    ]
    client.headers.update(BY_ANN)
    wrong = await answered(client, SIGN, id=which, input={"department": "sales"})
    (error,) = wrong["data"]["signOffReview"]["userErrors"]
    assert (error["code"], error["pointer"]) == ("not_asked", "/department")
    found = await answered(client, SIGN, id=which, input={"department": "service", "note": "Fine"})
    signed = found["data"]["signOffReview"]["review"]
    assert (signed["status"], signed["missing"]) == ("completed", [])
    assert signed["signOffs"] == [{"department": "service", "note": "Fine", "person": ANN}]
    listed = await answered(client, "{ reviews(status: open) { nodes { uuid } totalCount } }")
    (following,) = listed["data"]["reviews"]["nodes"]
    end = """mutation ($id: ID!) { completeReview(id: $id, input: {answers: {changed: "All"}}) {
      review { status answers { changed newGaps } } userErrors { code } } }"""
    found = await answered(client, end, id=following["uuid"])
    assert found["data"]["completeReview"]["review"] == {
        "status": "completed",
        "answers": {"changed": "All", "newGaps": None},
    }


async def test_the_overview_is_a_connection(client: Client) -> None:
    await planned(client, 3)
    query = """{ overview(first: 2, sort: "title") { totalCount pageInfo { hasNextPage endCursor }
      nodes { journeyId title perspective emotion { mean rated } worstGaps { kind severity text }
        gapsByKind reviews { overdue nextDueOn } actions { idea overdue }
        staleness { days definition { limitDays } } journey { title } } }
      overviewTotals { journeys stale reviews { overdue } actions { idea } } }"""
    found = await answered(client, query)
    assert "errors" not in found, found
    page, totals = found["data"]["overview"], found["data"]["overviewTotals"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert [one["journey"]["title"] for one in page["nodes"]] == ["Map 0", "Map 1"]
    rest = (await client.got("/v1/overview", params={"sort": "title", "limit": 1}))["items"][0]
    shown = page["nodes"][0]
    assert (shown["journeyId"], shown["gapsByKind"]) == (rest["journey_id"], rest["gaps_by_kind"])
    assert shown["emotion"]["mean"] == rest["emotion"]["mean"]
    assert totals == {
        "journeys": 3,
        "stale": 0,
        "reviews": {"overdue": 0},
        "actions": {"idea": 3},
    }
    after = page["pageInfo"]["endCursor"]
    more = f'{{ overview(first: 2, sort: "title", after: "{after}") {{ nodes {{ title }} }} }}'
    assert (await answered(client, more))["data"]["overview"]["nodes"] == [{"title": "Map 2"}]


async def test_a_limit_that_is_none_is_refused(client: Client) -> None:
    (made,) = await planned(client, 1)
    query = "query ($id: ID!) { journey(id: $id) { staleness(limitDays: 0) { days } } }"
    found = await answered(client, query, id=made["id"])
    assert found["data"]["journey"]["staleness"] is None
    (error,) = found["errors"]
    assert error["extensions"]["code"] == "INVALID"
