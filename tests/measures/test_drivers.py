"""Drivers over HTTP, by hand."""

from typing import Any

from tests.make import Client, pointers
from tests.measures.test_attribution import happened

PATH = "/v1/drivers/query"
Json = dict[str, Any]
DAY = "2026-01-{:02}T10:00:00Z".format
HERE = {"journey_id": "j", "step_key": "pay"}
WEEK = {"window_seconds": 7 * 86_400}


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def people(client: Client) -> None:
    def said(user: str, day: int, score: int, **more: str) -> tuple[str, str, str, Json]:
        told = {"survey": "csat", "score": score, **HERE, **more}
        return (user, "Survey Answered", DAY(day), told)

    await happened(
        client,
        *((user, "Order Completed", DAY(1), {}) for user in ("glad", "fine", "cross")),
        said("glad", 2, 5),
        said("fine", 2, 3),
        said("cross", 2, 1),
        said("new", 2, 4),
        said("late", 19, 5),
        # Seven days later, to the second: inside.
        ("glad", "Order Completed", DAY(9), {}),
        ("glad", "Invite Sent", DAY(3), {}),
        ("glad", "Survey Answered", DAY(4), {"survey": "nps", "score": 10}),
        ("cross", "Survey Answered", DAY(4), {"survey": "nps", "score": 2}),
        ("cross", "Order Completed", DAY(10), {}),
        ("new", "Page Seen", DAY(20), {}),
    )


async def test_what_follows_is_told_of_the_satisfied_and_the_dissatisfied(client: Client) -> None:
    await people(client)
    found = await asked(client, WEEK)
    (one,) = found["items"]
    assert (one["journey_id"], one["step_key"], one["touchpoint_id"]) == ("j", "pay", None)
    counts = ("contacts", "satisfied", "neutral", "dissatisfied", "undecided")
    assert [one[name] for name in counts] == [5, 3, 1, 1, 1]

    def told(name: str) -> list[tuple[int, int]]:
        sides = (one[name][side] for side in ("satisfied", "dissatisfied"))
        return [(side["numerator"], side["denominator"]) for side in sides]

    assert told("repurchase") == [(1, 1), (0, 1)]
    assert told("referral") == [(1, 2), (0, 1)]
    assert told("churn") == [(1, 2), (0, 1)]
    assert one["referral"]["difference"] == 0.5
    assert one["referral"]["low"] < 0 < one["referral"]["high"]
    assert [one["nps"][side]["value"] for side in ("satisfied", "dissatisfied")] == [100, -100]
    assert one["nps"]["difference"] == 200
    assert found["excluded"] == [{"reason": "names_no_place", "count": 2}]
    assert found["definition"]["window_seconds"] == WEEK["window_seconds"]


async def test_what_counts_as_an_outcome_is_the_callers(client: Client) -> None:
    await people(client)
    body = {**WEEK, "referral": "Nothing", "activity": "Order Completed", "order": "Page Seen"}
    (one,) = (await asked(client, body))["items"]
    assert one["referral"]["satisfied"]["numerator"] == 0
    assert one["repurchase"]["satisfied"]["denominator"] == 0
    assert (one["repurchase"]["difference"], one["churn"]["difference"]) == (None, -0.5)
    assert one["repurchase"]["reason"]


async def test_by_touchpoint_answers_are_told_apart_by_what_they_name(client: Client) -> None:
    await happened(
        client,
        *(
            (f"p{n}", "Survey Answered", DAY(2), {"survey": "csat", "score": 5, **told})
            for n, told in enumerate([{"touchpoint_id": "t"}, {"touchpoint_id": "t"}, HERE])
        ),
    )
    found = await asked(client, {"by": "touchpoint"})
    (one,) = found["items"]
    assert (one["touchpoint_id"], one["contacts"], one["step_key"]) == ("t", 2, None)


async def test_of_nothing_there_are_no_places(client: Client) -> None:
    found = await asked(client, {})
    assert (found["items"], found["more"], found["excluded"]) == ([], 0, [])


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    answer = await client.post(PATH, json={"by": "mood", "window_seconds": 0, "limit": 0})
    assert (answer.status_code, pointers(answer)) == (422, {"/by", "/window_seconds", "/limit"})
    answer = await client.post(PATH, json={"activity": {"field": "no", "op": "eq", "value": 1}})
    assert (answer.status_code, pointers(answer)) == (422, {"/activity/field"})


QUERY = """query($input: DriversQueryInput!) { drivers(input: $input) { items { stepKey contacts
  referral { satisfied { value } difference low high } nps { difference } } } }"""


async def test_graphql_answers_the_same(client: Client) -> None:
    await people(client)
    sent = {"windowSeconds": WEEK["window_seconds"]}
    answer = await client.post("/graphql", json={"query": QUERY, "variables": {"input": sent}})
    (told,) = answer.json()["data"]["drivers"]["items"]
    (found,) = (await asked(client, WEEK))["items"]
    for name in ("difference", "low", "high"):
        assert told["referral"][name] == found["referral"][name]
    assert (told["contacts"], told["nps"]["difference"]) == (5, 200)


async def test_which_events_count_is_what_the_workspace_set(client: Client) -> None:
    told = {"survey": "csat", "score": 5, **HERE}
    await happened(
        client,
        ("u", "Paid", DAY(1), {}),
        ("u", "Asked", DAY(2), told),
        ("u", "Paid", DAY(3), {}),
        ("u", "Told A Friend", DAY(4), {}),
        ("v", "Survey Answered", DAY(2), told),
        ("v", "Page Seen", DAY(20), {}),
    )
    roles = {"survey": "Asked", "order": "Paid", "referral": "Told A Friend"}
    assert (await client.patch("/v1/settings", json={"event_roles": roles})).is_success
    found = await asked(client, WEEK)
    (one,) = found["items"]
    assert one["contacts"] == 1
    assert one["repurchase"]["satisfied"]["numerator"] == 1
    assert one["referral"]["satisfied"]["numerator"] == 1
    names = {"answered": "Asked", "order": "Paid", "referral": "Told A Friend"}
    assert {name: found["definition"][name]["value"] for name in names} == names
    assert found["definition"]["activity"] is None


async def test_answers_that_are_undecided_have_no_score_that_follows(client: Client) -> None:
    said = {"survey": "csat", "score": 5, **HERE}
    await happened(
        client,
        ("early", "Survey Answered", DAY(1), said),
        ("early", "Survey Answered", DAY(2), {"survey": "nps", "score": 0}),
        ("late", "Survey Answered", DAY(10), said),
        ("late", "Survey Answered", DAY(11), {"survey": "nps", "score": 10}),
    )
    (one,) = (await asked(client, WEEK))["items"]
    assert (one["contacts"], one["undecided"]) == (2, 1)
    assert (one["nps"]["satisfied"]["answers"], one["nps"]["satisfied"]["value"]) == (1, -100)
