"""Bad input over HTTP: each a clear refusal that names the offender, and nothing is stored."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.faces.full import BODIES, having, pointer_to, refers_to
from tests.make import Client, journey, pointers

NOBODY = "019e0000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("path", BODIES)
async def test_a_full_body_is_accepted(client: Client, path: str) -> None:
    """Else what follows would be refused for another reason."""
    await client.made(path, BODIES[path])


@pytest.mark.parametrize("emotion", ["0.3", "2.5", "-2.5", '"high"', "NaN", "Infinity", "1e999"])
async def test_an_emotion_off_the_scale(empty: Client, emotion: str) -> None:
    body = json.dumps(journey(stages=1, steps=2)).replace('"emotion": -1', f'"emotion": {emotion}')
    answer = await empty.post("/v1/journeys", content=body)
    assert answer.status_code == 422
    assert pointers(answer) == {"/stages/0/steps/1/emotion"}


@pytest.mark.parametrize("emotion", ["true", '"1"', "[1]", "{}"])
async def test_an_emotion_that_is_no_number(empty: Client, emotion: str) -> None:
    body = json.dumps(journey(stages=1, steps=2)).replace('"emotion": -1', f'"emotion": {emotion}')
    answer = await empty.post("/v1/journeys", content=body)
    assert answer.status_code == 422
    assert pointers(answer) == {"/stages/0/steps/1/emotion"}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
async def test_json_ten_thousand_deep(empty: Client, path: str, opening: str, closing: str) -> None:
    deep = opening * 10_000 + "1" + closing * 10_000
    for body in (deep, f'{{"name": "x", "attributes": {deep}, "goal": {deep}}}'):
        answer = await empty.post(path, content=body)
        assert answer.status_code == 400
        assert pointers(answer) == {""}


async def test_a_filter_ten_thousand_deep(empty: Client) -> None:
    deep = '{"not":' * 2_800 + "{}" + "}" * 2_800
    answer = await empty.get("/v1/journeys", params={"filter": deep[:20_000]})
    assert answer.status_code in {400, 422}
    assert pointers(answer) == {"/query/filter"}


MEGABYTE = b" " * 1024 * 1024


@pytest.mark.parametrize("path", ["/v1/journeys", "/v1/journeys/import", "/v1/nothing"])
async def test_fifty_megabytes_in_one_piece(empty: Client, path: str) -> None:
    answer = await empty.post(path, content=MEGABYTE * 50)
    assert answer.status_code == 413 if path != "/v1/nothing" else 404
    assert answer.json()["code"] in {"too_large", "no_such_route"}


async def test_fifty_megabytes_piece_by_piece(empty: Client) -> None:
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield MEGABYTE

    answer = await empty.post("/v1/journeys", content=pieces())
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert taken < 12, "the rest is not read"


async def test_more_values_than_any_map_has(empty: Client) -> None:
    body = '{"title": "x", "tags": [' + ",".join(['""'] * 1_000_000) + "]}"
    for path in ("/v1/journeys", "/v1/journeys/import"):
        answer = await empty.post(path, content=body)
        assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/v1/journeys", "goal"),
        ("/v1/profiles", "criteria"),
        ("/v1/profiles", "exclusions"),
        ("/v1/touchpoints", "binding"),
    ],
)
async def test_a_condition_nine_deep(empty: Client, path: str, member: str) -> None:
    leaf: Any = {"field": "event", "op": "eq", "value": "x"}
    if path == "/v1/profiles":
        leaf = {"field": "traits.age", "op": "ge", "value": 58}
    for _ in range(8):
        leaf = {"not": leaf}
    answer = await empty.post(path, json=BODIES[path] | {member: leaf})
    assert answer.status_code == 422
    assert all(pointer.startswith(f"/{member}") for pointer in pointers(answer))
    query = await empty.get("/v1/journeys", params={"filter": json.dumps({"not": leaf})})
    assert query.status_code == 422


REFERENCES: list[tuple[str, tuple[str | int, ...]]] = [
    ("/v1/journeys", ("persona_ids",)),
    ("/v1/journeys", ("next_journey_ids",)),
    ("/v1/journeys", ("as_is_id",)),
    ("/v1/journeys", ("variant_of",)),
    ("/v1/journeys", ("stages", 0, "steps", 0, "journey_id")),
    ("/v1/journeys", ("stages", 0, "steps", 0, "emotions")),
    ("/v1/journeys", ("stages", 0, "steps", 0, "touchpoints")),
    ("/v1/personas", ("profile_id",)),
    ("/v1/profiles", ("parent_id",)),
    ("/v1/evidence", ("subject",)),
    ("/v1/evidence", ("targets",)),
]


@pytest.mark.parametrize(("path", "at"), REFERENCES)
async def test_another_workspaces_rows_are_no_rows(
    empty: Client, stranger: Client, path: str, at: tuple[str | int, ...]
) -> None:
    persona = (await stranger.made("/v1/personas", {"name": "Theirs"}))["id"]
    theirs = {
        "persona_ids": [persona],
        "next_journey_ids": [(await stranger.made("/v1/journeys", journey()))["id"]],
        "emotions": [{"persona_id": persona, "rating": 1}],
        "touchpoints": [
            {"touchpoint_id": (await stranger.made("/v1/touchpoints", {"name": "Theirs"}))["id"]}
        ],
        "profile_id": (await stranger.made("/v1/profiles", {"name": "Theirs"}))["id"],
    }
    theirs |= dict.fromkeys(("as_is_id", "variant_of", "journey_id"), theirs["next_journey_ids"][0])
    theirs["subject"] = {"profile_id": theirs["profile_id"]}
    theirs["targets"] = [{"persona_id": persona}]
    theirs["parent_id"] = theirs["profile_id"]
    value = theirs[str(at[-1])]
    refusals = [
        await empty.post(path, json=having(BODIES[path], at, which))
        for which in (value, refers_to(value, NOBODY))
    ]
    assert [answer.status_code for answer in refusals] == [422, 422]
    told = [answer.json()["errors"] for answer in refusals]
    assert told[0] == told[1], "theirs and nobody's cannot be told apart"
    assert all(error["pointer"].startswith(pointer_to(at)) for error in told[0])


@pytest.mark.parametrize("written", [0, 1.5, "1767225600", "tomorrow", True])
async def test_a_time_is_written_out(client: Client, written: object) -> None:
    key = {"name": "Reader", "scopes": ["maps:read"], "expires_at": written}
    assert pointers(await client.post("/v1/api-keys", json=key)) == {"/expires_at"}
    activity = {"name": "Evening", "starts_on": written}
    body = {"name": "Branch", "activities": [activity]}
    answer = await client.post("/v1/touchpoints", json=body)
    assert pointers(answer) == {"/activities/0/starts_on"}


@pytest.mark.parametrize("amount", [10**14, f"-{10**14}", 0.00001, "NaN"])
async def test_an_amount_is_within_its_bounds(client: Client, amount: object) -> None:
    worth = {"amount": amount, "currency": "EUR"}
    body = {"title": "A map", "value_per_conversion": worth}
    answer = await client.post("/v1/journeys", json=body)
    assert pointers(answer) == {"/value_per_conversion/amount"}


def _spent(money: dict[str, Any]) -> list[tuple[str, dict[str, Any], str]]:
    """Wherever money is taken: the path, a body with this money, where it stands."""
    activity = {"name": "Fair", "kind": "event", "cost": money}
    return [
        ("actions", {"title": "Call", "cost": money}, "/cost"),
        ("content", {"title": "Fees", "cost": money}, "/cost"),
        ("journeys", journey(1, 1, value_per_conversion=money), "/value_per_conversion"),
        ("touchpoints", {"name": "Fair", "activities": [activity]}, "/activities/0/cost"),
    ]


@pytest.mark.parametrize("currency", ["XXQ", "EUX", "AAA"])
async def test_money_is_of_a_currency_that_there_is(client: Client, currency: str) -> None:
    for path, body, at in _spent({"amount": 1, "currency": currency}):
        answer = await client.post(f"/v1/{path}", json=body)
        assert answer.status_code == 422, answer.text
        told = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
        assert told == {f"{at}/currency": "not_a_currency"}


async def test_a_range_of_money_is_of_a_currency_that_there_is(client: Client) -> None:
    income = {"annual_income": {"min": 1, "currency": "XXQ"}}
    answer = await client.post("/v1/profiles", json={"name": "Ann", "attributes": income})
    (error,) = answer.json()["errors"]
    at = "/attributes/annual_income/currency"
    assert (error["pointer"], error["code"]) == (at, "not_a_currency")


@pytest.mark.parametrize("currency", ["CHF", "XCG", "ZWG", "HRK"])
async def test_money_of_today_and_of_lately_is_taken(client: Client, currency: str) -> None:
    for path, body, _ in _spent({"amount": 1, "currency": currency}):
        await client.made(f"/v1/{path}", body)


@pytest.mark.parametrize("blank", [" \t\n", "\x1c", "\x85", "\u3000", "\ufeff"], ids=ascii)
async def test_a_text_of_blanks_says_nothing(empty: Client, blank: str) -> None:
    for path, body, at in (
        ("/v1/personas", {"name": blank}, "/name"),
        (
            "/v1/contacts",
            {"identifiers": [{"source": "crm", "value": blank}]},
            "/identifiers/0/value",
        ),
        (
            "/v1/journeys",
            journey() | {"external_ids": [{"source": "crm", "id": blank}]},
            "/external_ids/0/id",
        ),
    ):
        answer = await empty.post(path, json=body)
        assert answer.status_code == 422, answer.text
        told = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
        assert told == {at: "empty"}
