"""Findings and their sources: what they are about, what they feel like, where they are found."""

from typing import Any

import pytest

from tests.make import Client, journey, pointers

STORY = {"kind": "anecdotal", "source_kind": "interview", "text": "They called back."}
NOBODY = "019e0000-0000-7000-8000-000000000000"


async def a_map(client: Client, **members: Any) -> dict[str, Any]:
    return await client.made("/v1/journeys", journey(2, 2, **members))


def codes(answer: Any) -> set[tuple[str, str]]:
    return {(e["pointer"], e["code"]) for e in answer.json()["errors"]}


async def test_one_interview_yields_many_findings_about_anything(client: Client) -> None:
    source = await client.made(
        "/v1/evidence-sources", {"source_kind": "interview", "title": "With Ann"}
    )
    persona = await client.made("/v1/personas", {"name": "Ann"})
    touchpoint = await client.made("/v1/touchpoints", {"name": "Hotline"})
    made = await a_map(client)
    stage = made["stages"][0]
    named = {
        "persona_id": persona["id"],
        "journey_id": made["id"],
        "stage_id": stage["id"],
        "step_id": stage["steps"][0]["id"],
        "transition_id": made["transitions"][0]["id"],
        "touchpoint_id": touchpoint["id"],
    }
    for name, which in named.items():
        body = {"kind": "anecdotal", "source_id": source["id"], "text": name}
        found = await client.made("/v1/evidence", {**body, "targets": [{name: which}]})
        assert found["source_kind"] == "interview"
        (target,) = found["targets"]
        assert {n: v for n, v in target.items() if v is not None} == {name: which}
        listed = await client.got(f"/v1/evidence?{name}={which}")
        assert found["id"] in [one["id"] for one in listed["items"]]
        same = await client.put(f"/v1/evidence/{found['id']}", json=found)
        assert same.status_code == 200, same.text
        assert same.json()["targets"] == found["targets"]
    of_map = await client.got(f"/v1/evidence?journey_id={made['id']}&count=true&sort=created_at")
    assert [one["text"] for one in of_map["items"]] == [*named][1:5]
    assert (await client.got(f"/v1/evidence?source_id={source['id']}&count=true"))["total"] == 6


async def test_a_target_names_exactly_one_thing_that_there_is(
    client: Client, stranger: Client
) -> None:
    made, theirs = await a_map(client), await a_map(stranger)
    step = made["stages"][0]["steps"][0]["id"]
    of_others = theirs["stages"][0]["steps"][0]["id"]
    for targets, wrong in (
        ([{}], {("/targets/0", "one_of")}),
        ([{"step_id": step, "journey_id": made["id"]}], {("/targets/0", "one_of")}),
        ([{"step_id": step, "attribute": "age"}], {("/targets/0", "one_of")}),
        ([{"step_id": step}, {"step_id": step}], {("/targets/1/step_id", "repeated")}),
        (
            [{"step_id": step}, {"step_id": of_others}, {"persona_id": NOBODY}],
            {
                ("/targets/1/step_id", "unknown_reference"),
                ("/targets/2/persona_id", "unknown_reference"),
            },
        ),
        ([{"colour": "red"}], {("/targets/0/colour", "extra_forbidden")}),
    ):
        answer = await client.post("/v1/evidence", json={**STORY, "targets": targets})
        assert answer.status_code == 422, answer.text
        assert codes(answer) == wrong
    assert (await client.got("/v1/evidence"))["items"] == []


async def test_all_that_is_wrong_is_told_at_once(client: Client) -> None:
    body = {
        "kind": "anecdotal",
        "source_id": NOBODY,
        "subject": {"profile_id": NOBODY},
        "targets": [{"journey_id": NOBODY}],
        "rating": {"value": 9, "scale": [1, 5]},
    }
    answer = await client.post("/v1/evidence", json=body)
    assert codes(answer) == {
        ("/source_id", "unknown_reference"),
        ("/subject/profile_id", "unknown_reference"),
        ("/targets/0/journey_id", "unknown_reference"),
        ("/rating/value", "outside_scale"),
    }
    bare = await client.post("/v1/evidence", json={"kind": "analytical"})
    assert codes(bare) == {("/source_kind", "required"), ("/text", "required")}
    contact = {**STORY, "subject": {"contact_id": NOBODY}}
    answer = await client.post("/v1/evidence", json=contact)
    assert codes(answer) == {("/subject/contact_id", "unknown_reference")}


@pytest.mark.parametrize(
    ("value", "scale", "sentiment"),
    [
        (1, [1, 5], -2),
        (3, [1, 5], 0),
        (4, [1, 5], 1),
        (10, [0, 10], 2),
        (7, [0, 10], 0.8),
        (1, [6, 1], 2),
        (-5, [-10, 0], 0),
    ],
)
async def test_a_rating_is_mapped_onto_the_scale_of_emotions(
    client: Client, value: float, scale: list[float], sentiment: float
) -> None:
    rating = {"value": value, "scale": scale}
    made = await client.made("/v1/evidence", {**STORY, "rating": rating})
    assert made["sentiment"] == pytest.approx(sentiment)
    assert (made["sentiment_basis"], made["sentiment_reason"]) == ("rating", None)
    assert made["rating"] == rating


@pytest.mark.parametrize(
    ("rating", "wrong"),
    [
        ({"value": 0, "scale": [1, 5]}, "/rating/value"),
        ({"value": 3, "scale": [3, 3]}, "/rating/scale"),
        ({"value": 3, "scale": [3]}, "/rating/scale"),
        ({"value": 3, "scale": [1, 5, 9]}, "/rating/scale"),
        ({"value": "high", "scale": [1, 5]}, "/rating/value"),
        ({"value": 1e300, "scale": [1, 1e301]}, "/rating/value"),
    ],
)
async def test_a_rating_outside_its_scale_is_refused(
    client: Client, rating: dict[str, Any], wrong: str
) -> None:
    answer = await client.post("/v1/evidence", json={**STORY, "rating": rating})
    assert answer.status_code == 422
    assert wrong in pointers(answer)
    made = await client.made("/v1/evidence", STORY)
    patch = await client.patch(f"/v1/evidence/{made['id']}", json={"rating": rating})
    assert patch.status_code == 422
    assert wrong in pointers(patch)


@pytest.mark.parametrize(
    ("text", "language", "basis", "reason"),
    [
        ("The wait was terrible.", None, "scored", None),
        ("Great advice!", "en", "scored", None),
        ("Great advice!", "en-GB", "scored", None),
        ("Great advice!", None, None, "language_unknown"),
        ("Die Beratung war gut.", None, None, "language_unknown"),
        ("Die Beratung war gut.", "de", None, "not_english"),
        ("客户很不满意", None, None, "language_unknown"),
        ("The form has twelve fields.", "en", None, "no_known_words"),
        ("The wait was terrible. " * 500, "en", None, "too_long"),
    ],
)
async def test_english_alone_is_scored_and_says_so(
    client: Client, text: str, language: str | None, basis: str | None, reason: str | None
) -> None:
    made = await client.made("/v1/evidence", {**STORY, "text": text, "language": language})
    assert (made["sentiment_basis"], made["sentiment_reason"]) == (basis, reason)
    assert (made["sentiment"] is None) is (basis is None)
    if basis:
        assert (made["sentiment"] < 0) is ("terrible" in text)


async def test_a_sentiment_that_was_sent_is_never_overruled(client: Client) -> None:
    sent = {**STORY, "text": "The wait was terrible.", "sentiment": 1.25}
    made = await client.made("/v1/evidence", {**sent, "rating": {"value": 1}})
    at = f"/v1/evidence/{made['id']}"
    assert (made["sentiment"], made["sentiment_basis"]) == (1.25, "sent")
    for patch in ({"text": "The wait was awful."}, {"rating": {"value": 2}}, {"rating": None}):
        changed = (await client.patch(at, json=patch)).json()
        assert (changed["sentiment"], changed["sentiment_basis"]) == (1.25, "sent")
    given_up = (await client.patch(at, json={"sentiment": None})).json()
    assert given_up["sentiment_basis"] == "scored"
    assert given_up["sentiment"] < -0.5


async def test_what_was_judged_is_judged_anew_with_what_it_rests_on(client: Client) -> None:
    made = await client.made("/v1/evidence", {**STORY, "text": "It was a great help, thank you."})
    at = f"/v1/evidence/{made['id']}"
    assert made["sentiment_basis"] == "scored"
    assert made["sentiment"] > 0.5
    same = (await client.put(at, json=made)).json()
    assert (same["sentiment"], same["sentiment_basis"]) == (made["sentiment"], "scored")
    worse = (await client.patch(at, json={"text": "It was the worst of all."})).json()
    assert worse["sentiment"] < -0.5
    rated = (await client.patch(at, json={"rating": {"value": 5}})).json()
    assert (rated["sentiment"], rated["sentiment_basis"]) == (2, "rating")
    spoken = (await client.patch(at, json={"rating": None, "language": "nl"})).json()
    assert (spoken["sentiment"], spoken["sentiment_reason"]) == (None, "not_english")
    mute = await client.patch(at, json={"text": None})
    assert (mute.status_code, codes(mute)) == (422, {("/text", "required")})
    assert (await client.got(at))["text"] == "It was the worst of all."


async def test_a_figure_is_a_finding_and_words_are_found_in_any_script(client: Client) -> None:
    figure = {"name": "Forms given up", "value": 38.5, "unit": "%"}
    body = {"kind": "analytical", "source_kind": "analytics", "figure": figure}
    made = await client.made("/v1/evidence", body)
    assert (made["figure"], made["weight"], made["sentiment"]) == (figure, 1, None)
    assert (made["status"], made["sentiment_reason"]) == ("observed", "no_text")
    patched = await client.patch(f"/v1/evidence/{made['id']}", json={"figure": {"value": 40}})
    assert patched.json()["figure"] == {**figure, "value": 40}
    chinese = await client.made("/v1/evidence", {**STORY, "text": "等待时间太长", "language": "zh"})
    found = await client.got("/v1/evidence", params={"q": "时间"})
    assert [one["id"] for one in found["items"]] == [chinese["id"]]


async def test_findings_are_listed_by_what_they_are(client: Client) -> None:
    profile = await client.made("/v1/profiles", {"name": "Savers"})
    mine = await client.made(
        "/v1/evidence",
        {
            **STORY,
            "subject": {"profile_id": profile["id"]},
            "department": "service",
            "observed_on": "2026-05-04",
            "status": "validated",
            "severity": "high",
            "topic": "speed",
            "themes": ["waiting", "hotline"],
        },
    )
    await client.made("/v1/evidence", {**STORY, "kind": "analytical", "source_kind": "survey"})
    for query in (
        *("kind=anecdotal", "source_kind=interview", "department=service", "status=validated"),
        *("severity=high", "topic=speed", "theme=waiting", f"profile_id={profile['id']}"),
        *("observed_from=2026-05-04", "observed_to=2026-05-05"),
        "observed_from=2026-05-04&observed_to=2026-05-05&theme=hotline",
        'filter={"field":"themes","op":"contains","value":"hotline"}',
    ):
        listed = await client.got(f"/v1/evidence?{query}")
        assert [one["id"] for one in listed["items"]] == [mine["id"]], query
    for query in ("observed_to=2026-05-04", "observed_from=2026-05-05", "theme=wait"):
        assert (await client.got(f"/v1/evidence?{query}"))["items"] == [], query
    wrong = await client.get("/v1/evidence?kind=rumour&observed_from=May")
    assert pointers(wrong) == {"/query/kind", "/query/observed_from"}


async def test_who_is_used_by_a_finding_goes_only_when_let_go(client: Client) -> None:
    source = await client.made("/v1/evidence-sources", {"source_kind": "poll", "title": "Fair"})
    persona = await client.made("/v1/personas", {"name": "Ann"})
    targets = [{"persona_id": persona["id"], "attribute": "pains"}]
    made = await client.made(
        "/v1/evidence", {**STORY, "source_id": source["id"], "targets": targets}
    )
    for at in (f"/v1/evidence-sources/{source['id']}", f"/v1/personas/{persona['id']}"):
        refused = await client.delete(at)
        (user,) = refused.json()["users"]
        assert (refused.status_code, user["kind"]) == (409, "evidence")
        assert (user["id"], user["name"]) == (made["id"], "They called back.")
        assert (await client.delete(f"{at}?dependents=detach")).status_code == 204
    left = await client.got(f"/v1/evidence/{made['id']}")
    assert (left["source_id"], left["targets"], left["source_kind"]) == (None, [], "interview")
    assert left["version"] == 3


async def test_evidence_outlives_a_replaced_map_and_goes_with_a_step_only_as_a_target(
    client: Client,
) -> None:
    made = await a_map(client, external_ids=[{"source": "crm", "id": "7"}])
    step, other = made["stages"][0]["steps"]
    targets = [{"step_id": step["id"]}, {"step_id": other["id"]}, {"journey_id": made["id"]}]
    found = await client.made("/v1/evidence", {**STORY, "targets": targets})
    at = f"/v1/journeys/{made['id']}"
    body = journey(2, 2)
    for n, stage in enumerate(body["stages"]):
        stage["key"] = made["stages"][n]["key"]
        for m, one in enumerate(stage["steps"]):
            one |= {"key": made["stages"][n]["steps"][m]["key"], "action": f"Other {n} {m}"}
    assert (await client.put(at, json=body)).status_code == 200
    assert (await client.got(f"/v1/evidence/{found['id']}"))["targets"] == found["targets"]
    again = await client.post("/v1/journeys/import", json={**body, "external_ids": []})
    assert again.status_code in (200, 201), again.text
    assert (await client.got(f"/v1/evidence/{found['id']}"))["targets"] == found["targets"]
    assert (await client.delete(f"/v1/steps/{step['id']}")).status_code == 204
    left = await client.got(f"/v1/evidence/{found['id']}")
    assert left["targets"] == found["targets"][1:]
    assert (await client.delete(at)).status_code == 204
    assert (await client.got(f"/v1/evidence/{found['id']}"))["targets"] == []


async def test_a_finding_is_written_by_as_many_statements_whatever_it_is_about(
    client: Client,
) -> None:
    made = await client.made("/v1/journeys", journey(5, 5))
    steps = [step["id"] for stage in made["stages"] for step in stage["steps"]]
    counts = []
    for size in (1, 25):
        before = await client.statements()
        targets = [{"step_id": which} for which in steps[:size]]
        await client.made("/v1/evidence", {**STORY, "targets": targets})
        counts.append(await client.statements() - before)
    assert counts[0] == counts[1]
