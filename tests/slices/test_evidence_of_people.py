"""Findings about people: who may not be analysed counts nowhere, and is not listed unasked."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client, journey

Json = dict[str, Any]
CONTACTS, EVIDENCE = "/v1/contacts", "/v1/evidence"


async def contact(client: Client, name: str, **members: Any) -> str:
    return (await client.made(CONTACTS, {"traits": {"name": name}, **members}))["id"]


async def finding(client: Client, text: str, who: str | None = None, **members: Any) -> Json:
    subject = {"subject": {"contact_id": who}} if who else {}
    plain = {"kind": "anecdotal", "source_kind": "review", "text": text, "sentiment": -2}
    return await client.made(EVIDENCE, {**plain, **subject, **members})


@pytest.fixture
async def people(client: Client) -> dict[str, str]:
    """One of whom nothing is known that speaks against it, and three who are not analysed, each
    as whom another contact was merged into."""
    ids = {}
    for name in ("plain", "restricted", "objecting", "test"):
        ids[name] = await contact(client, name, test=name == "test")
        merged = await contact(client, f"{name} at work")
        if name == "restricted":
            assert (await client.post(f"{CONTACTS}/{merged}/restrict")).status_code == 200
        if name == "objecting":
            said = {"purpose": "analytics", "granted": False}
            await client.made(f"{CONTACTS}/{merged}/consents", said)
        await client.made(f"{CONTACTS}/merge", {"winner_id": ids[name], "loser_id": merged})
    return ids


async def found_on_a_map(client: Client, people: dict[str, str], **members: Any) -> Json:
    """A map with a finding about each of them, and one about nobody, at its first step."""
    made = await client.made("/v1/journeys", journey(1, 2))
    step = {"targets": [{"step_id": made["stages"][0]["steps"][0]["id"]}]}
    for name, who in people.items():
        await finding(client, f"words of {name}", who, **step, **members)
    await finding(client, "words of nobody", **step, **members)
    return made


def reasons(answer: Json) -> dict[str, int]:
    return {one["reason"]: one["count"] for one in answer["excluded"]}


async def test_a_curve_counts_findings_of_those_alone_who_may_be_analysed(
    client: Client, people: dict[str, str]
) -> None:
    made = await found_on_a_map(client, people)
    curve = await client.got(f"/v1/journeys/{made['id']}/emotion-curve")
    point = curve["points"][0]
    assert (point["observed"]["count"], point["evidence"]) == (2, 2)
    left = {"test_contact": 1, "not_permitted": 2}
    assert left.items() <= reasons(curve).items()
    merged = (await client.got(f"{CONTACTS}/{people['restricted']}"))["merged_ids"][0]
    assert (await client.delete(f"{CONTACTS}/{merged}/restrict")).status_code < 300
    curve = await client.got(f"/v1/journeys/{made['id']}/emotion-curve")
    assert (curve["points"][0]["observed"]["count"], reasons(curve)["not_permitted"]) == (3, 1)


async def test_where_analysis_rests_on_consent_findings_count_of_those_who_granted_it(
    client: Client, people: dict[str, str]
) -> None:
    made = await found_on_a_map(client, people)
    (purpose,) = [
        one
        for one in (await client.got("/v1/consent-purposes"))["items"]
        if one["key"] == "analytics"
    ]
    answer = await client.patch(
        f"/v1/consent-purposes/{purpose['id']}", json={"legal_basis": "consent"}
    )
    assert answer.status_code == 200, answer.text
    curve = await client.got(f"/v1/journeys/{made['id']}/emotion-curve")
    assert (curve["points"][0]["evidence"], reasons(curve)["not_permitted"]) == (1, 3)
    said = {"purpose": "analytics", "granted": True}
    await client.made(f"{CONTACTS}/{people['plain']}/consents", said)
    curve = await client.got(f"/v1/journeys/{made['id']}/emotion-curve")
    assert (curve["points"][0]["evidence"], reasons(curve)["not_permitted"]) == (2, 2)


async def test_gaps_and_coverage_rest_on_findings_that_count(
    client: Client, people: dict[str, str]
) -> None:
    del people["plain"]
    made = await client.made("/v1/journeys", journey(1, 1))
    step = made["stages"][0]["steps"][0]["id"]
    for name, who in people.items():
        await finding(client, f"words of {name}", who, targets=[{"step_id": step}])
    coverage = await client.got(f"/v1/journeys/{made['id']}/coverage")
    assert len(coverage["evidence"]["steps_without"]) == 1
    left = {"test_contact": 1, "not_permitted": 2}
    assert left.items() <= reasons(coverage).items()
    for at in (f"/v1/journeys/{made['id']}/gaps", "/v1/gaps"):
        answer = await client.got(at)
        gaps = [one for one in answer["items"] if one["kind"] == "evidence"]
        assert gaps
        assert {one["explanation"]["values"]["findings"] for one in gaps} == {0}
        assert {f"findings: {why}": n for why, n in left.items()}.items() <= reasons(answer).items()


async def test_themes_are_of_findings_that_count(client: Client, people: dict[str, str]) -> None:
    for _ in range(2):
        await found_on_a_map(client, people, themes=["waiting"])
    answer = await client.got("/v1/themes")
    assert [(one["theme"], one["findings"]) for one in answer["items"]] == [("waiting", 4)]
    assert {"test_contact": 2, "not_permitted": 4}.items() <= reasons(answer).items()
    told = str(answer)
    assert not any(f"words of {name}" in told for name in ("restricted", "objecting", "test"))


async def test_a_persona_is_supported_by_findings_that_count(
    client: Client, people: dict[str, str]
) -> None:
    persona = (await client.made("/v1/personas", {"name": "Ann"}))["id"]
    for name, who in people.items():
        await finding(client, name, who, targets=[{"persona_id": persona, "attribute": "goals"}])
    answer = await client.got(f"/v1/personas/{persona}/quality")
    (goals,) = [one for one in answer["support"] if one["attribute"] == "goals"]
    assert goals["anecdotal"] == 1
    assert {"test_contact": 1, "not_permitted": 2}.items() <= reasons(answer).items()


async def test_a_map_tells_how_many_findings_count(client: Client, people: dict[str, str]) -> None:
    made = await found_on_a_map(client, people)
    page = await client.got(f"/v1/journeys/{made['id']}/map")
    counted = [one["count"] for one in page["picture"]["evidence"]]
    assert counted == [2]


async def listed(client: Client, **query: Any) -> set[str]:
    found = await client.got(EVIDENCE, params={"count": "true", **query})
    assert found["total"] == len(found["items"])
    return {one["text"].removeprefix("words of ") for one in found["items"]}


async def test_findings_about_restricted_people_are_listed_when_asked_for(
    client: Client, people: dict[str, str]
) -> None:
    made = await found_on_a_map(client, people)
    others = {"plain", "objecting", "test", "nobody"}
    assert await listed(client) == others
    assert await listed(client, restricted="with") == {*others, "restricted"}
    assert await listed(client, restricted="only") == {"restricted"}
    assert await listed(client, q="words", journey_id=made["id"]) == others
    told = await asked(
        client,
        "query($id: ID!) { journey(id: $id) { evidence(first: 9) "
        "{ totalCount edges { node { text } } } } }",
        id=made["id"],
    )
    page = told["journey"]["evidence"]
    words = {one["node"]["text"].removeprefix("words of ") for one in page["edges"]}
    assert (page["totalCount"], words) == (4, others)


async def test_findings_of_a_contact_are_of_all_who_are_shown_as_it(client: Client) -> None:
    ann, work = await contact(client, "ann"), await contact(client, "ann at work")
    await finding(client, "home", ann)
    await finding(client, "work", work)
    await finding(client, "other", await contact(client, "ben"))
    assert await listed(client, contact_id=work) == {"work"}
    merged = await client.made(f"{CONTACTS}/merge", {"winner_id": ann, "loser_id": work})
    assert merged
    for who in (ann, work):
        assert await listed(client, contact_id=who) == {"home", "work"}
    assert await listed(client, contact_id="0198c7f0-0000-7000-8000-0000000000d0") == set()
