"""How well a persona is known: what is filled, what findings support, and what nobody knows."""

from typing import Any

import pytest

from tests.faces.full import BODIES
from tests.make import Client

STORY = {"kind": "anecdotal", "source_kind": "interview", "text": "…"}


async def quality(client: Client, persona: dict[str, Any]) -> dict[str, Any]:
    return await client.got(f"/v1/personas/{persona['id']}/quality")


async def test_an_empty_persona_misses_all_and_a_full_one_little(client: Client) -> None:
    empty = await quality(client, await client.made("/v1/personas", {"name": "Ann"}))
    whole = empty["completeness"]
    catalogue = {one["attribute"]: one["weight"] for one in empty["definition"]["catalogue"]}
    assert whole["missing"] == [*catalogue]
    assert (whole["value"], whole["numerator"]) == (0, 0)
    assert whole["denominator"] == sum(catalogue.values()) == 24
    assert {"age", "gender", "channels", "competitors", "integration_concerns"} <= {*catalogue}
    assert (empty["drift"], "contacts" in empty["reasons"]["drift"]) == (None, True)
    full = await quality(client, await client.made("/v1/personas", BODIES["/v1/personas"]))
    missing = {"household_income", "marital_status", "location", "gender"}
    assert {*full["completeness"]["missing"]} == missing
    assert full["completeness"]["value"] == pytest.approx(19 / 24)


async def test_what_the_profile_says_of_them_is_known(client: Client) -> None:
    attributes = {"age_range": {"min": 55, "max": 65}, "gender": "female", "hobbies": ["walks"]}
    profile = await client.made("/v1/profiles", {"name": "Savers", "attributes": attributes})
    body = {"name": "Ann", "profile_id": profile["id"], "attributes": {"annual_income": 0}}
    found = await quality(client, await client.made("/v1/personas", body))
    filled = {one["attribute"] for one in found["support"] if one["filled"]}
    assert filled == {"age", "gender", "household_income"}
    assert found["completeness"]["numerator"] == 4


async def test_an_attribute_has_the_findings_of_each_kind_and_the_newest_day(
    client: Client,
) -> None:
    attributes = {"shoe_size": 40}
    body = {"name": "Ann", "pains": ["Fees"], "attributes": attributes}
    ann = await client.made("/v1/personas", body)
    for kind, attribute, day in (
        ("anecdotal", "pains", "2026-05-04"),
        ("anecdotal", "pains", "2026-06-01"),
        ("analytical", "pains", None),
        ("analytical", "demographics.age", "2026-01-01"),
        ("anecdotal", "shoe_size", None),
        ("anecdotal", None, "2026-02-02"),
    ):
        target = {"persona_id": ann["id"], "attribute": attribute}
        body = {**STORY, "kind": kind, "observed_on": day, "targets": [target]}
        await client.made("/v1/evidence", body)
    found = await quality(client, ann)
    support = {one["attribute"]: one for one in found["support"]}
    counts = {n: (s["analytical"], s["anecdotal"], s["newest_on"]) for n, s in support.items()}
    assert counts["pains"] == (1, 2, "2026-06-01")
    assert counts["age"] == (1, 0, "2026-01-01")
    assert counts["shoe_size"] == (0, 1, None)
    assert counts["tone"] == (0, 0, None)
    assert (support["pains"]["filled"], support["shoe_size"]["weight"]) == (True, 0)
    assert (found["whole"]["anecdotal"], found["whole"]["newest_on"]) == (1, "2026-02-02")


async def test_nobodys_persona_has_no_quality(client: Client, stranger: Client) -> None:
    theirs = await stranger.made("/v1/personas", {"name": "Ann"})
    answer = await client.get(f"/v1/personas/{theirs['id']}/quality")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_what_supports_nothing_is_counted_apart(client: Client) -> None:
    ann = await client.made("/v1/personas", {"name": "Ann", "pains": ["Fees"]})
    for attribute, more in (
        ("pains", {"status": "assumption"}),
        ("pains", {"status": "assumption", "observed_on": "2026-06-01"}),
        ("pains", {"weight": 0}),
        (None, {"status": "assumption"}),
        ("pains", {"status": "validated", "observed_on": "2026-05-04"}),
    ):
        target = {"persona_id": ann["id"], "attribute": attribute}
        await client.made("/v1/evidence", {**STORY, "targets": [target], **more})
    found = await quality(client, ann)
    pains = next(one for one in found["support"] if one["attribute"] == "pains")
    assert (pains["anecdotal"], pains["newest_on"]) == (1, "2026-05-04")
    assert found["whole"] == {"analytical": 0, "anecdotal": 0, "newest_on": None}
    assert found["excluded"] == [
        {"reason": "assumption", "count": 3},
        {"reason": "no_weight", "count": 1},
    ]
