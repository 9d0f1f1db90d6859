"""Both faces refuse the same: with the same codes, at the same pointers."""

import json
from typing import Any

import pytest

from service.domain.ids import new_id
from tests.faces.asking import answered, asked, camel, create, path_of, refused, told
from tests.faces.full import BODIES, having, places
from tests.make import Client, journey

NOWHERE = str(new_id())


def step(**members: Any) -> dict[str, Any]:
    """A map with one step."""
    return {"title": "Map", "stages": [{"name": "A", "steps": [{"action": "Go", **members}]}]}


def deep(levels: int) -> dict[str, Any]:
    """A condition as deep as that."""
    leaf: dict[str, Any] = {"field": "traits.age", "op": "gt", "value": 3}
    for _ in range(levels):
        leaf = {"not": leaf}
    return leaf


SHARE = {
    "mode": "share",
    "numerator": {"measure": "count", "events": {"field": "no", "op": "eq", "value": 1}},
    "denominator": {"measure": "count", "events": 7},
}
BAD = [
    ("Journey", {"title": " "}),
    ("Journey", {"title": "x" * 501, "locale": "not a locale", "tags": [""]}),
    ("Journey", {"title": "NUL \x00", "scenario": "\x00"}),
    ("Journey", step(emotion=0.3)),
    ("Journey", step(emotion=2.5, waited_seconds=-1)),
    ("Journey", step(touchpoints=[{"use": "can"}])),
    ("Journey", step(touchpoints=[{"key": "nowhere"}, {"touchpoint_id": NOWHERE}])),
    ("Journey", step(emotions=[{"persona_id": NOWHERE, "rating": 1}])),
    ("Journey", step(emotions=[{"persona_id": "no id", "rating": 7}])),
    ("Journey", step(journey_id=NOWHERE)),
    ("Journey", step(key="two words")),
    ("Journey", step(questions=[{"key": "a", "text": "x"}, {"key": "a", "text": ""}])),
    ("Journey", step(binding={"field": "x", "op": "like", "value": 1})),
    ("Journey", {"title": "M", "persona_ids": [NOWHERE, "nobody"]}),
    ("Journey", {"title": "M", "persona_ids": [NOWHERE], "as_is_id": NOWHERE}),
    ("Journey", {"title": "M", "goal": deep(9)}),
    ("Journey", {"title": "M", "value_per_conversion": {"amount": 1.23456, "currency": "euro"}}),
    ("Journey", {"title": "M", "transitions": [{"from": "a", "to": "b", "probability": 2}]}),
    ("Journey", {"title": "M", "transitions": [{"from": "a", "to": "b"}]}),
    ("Journey", {"title": "M", "external_ids": [{"source": "", "id": "x" * 201}]}),
    ("Profile", {"name": "P", "parent_id": NOWHERE}),
    ("Profile", {"name": "P", "criteria": deep(9), "exclusions": {"all": 3}}),
    ("Profile", {"name": "P", "attributes": {"age_range": {"min": 9, "max": 3}, "family": 4}}),
    ("Persona", {"name": "", "quote": "x" * 20_001}),
    ("Persona", {"name": "A", "profile_id": NOWHERE, "demographics": {"a": [[[[[1]]]]]}}),
    ("Touchpoint", {"name": "T", "key": "a b", "phase": "prospect"}),
    (
        "Touchpoint",
        {
            "name": "T",
            "activities": [
                {"name": "", "starts_on": "2026-05-02", "ends_on": "2026-05-01"},
                {"name": "x", "starts_on": "May", "cost": {"amount": 1, "currency": "EUR"}},
                {"name": "x", "starts_on": "2026-05-02", "ends_on": "2026-05-01"},
            ],
        },
    ),
    ("Content", {"title": "", "url": "ftp://x", "touchpoint_ids": ["no id"]}),
    ("Content", {"title": "x", "answers": [{"journey_id": NOWHERE, "item_key": "x"}]}),
    ("Content", {"title": "x", "audience": {"persona_ids": [NOWHERE]}}),
    ("ProfileAttribute", {"key": "Bad key", "label": "L", "type": "choice"}),
    ("ProfileAttribute", {"key": "religion", "label": "L", "type": "text"}),
    ("Evidence", {"kind": "rumour", "weight": -1, "sentiment": 2.5, "language": "no language"}),
    ("Evidence", {"kind": "anecdotal", "rating": {"value": 9, "scale": [1, 5]}}),
    ("Evidence", {"kind": "anecdotal", "source_id": NOWHERE, "targets": [{"step_id": NOWHERE}]}),
    ("Evidence", {"kind": "analytical", "targets": [{}], "observed_on": "May"}),
    ("EvidenceSource", {"source_kind": "poll", "title": "", "url": "ftp://example.org"}),
    ("Action", {"title": "A", "effort": 0, "metric": {"name": ""}, "targets": [{}]}),
    ("Action", {"title": "A", "targets": [{"step_id": NOWHERE}], "evidence_ids": [NOWHERE]}),
    ("Review", {"journey_id": NOWHERE, "departments": [""], "cadence": "weekly"}),
    ("Review", {"journey_id": NOWHERE}),
    ("Comment", {"target": {"kind": "step", "id": NOWHERE}, "text": ""}),
    ("Comment", {"target": {"kind": "step", "id": NOWHERE}, "text": "?"}),
    ("Comment", {"target": {"kind": "gap", "id": NOWHERE}, "text": "?"}),
    ("Kpi", {"name": "", "places": [{"step_id": "no id"}], "target": {"value": 1e16}}),
    ("Kpi", {"name": "K", "places": [{"step_id": NOWHERE}], "parameters": {"a": 1}}),
    ("Kpi", {"name": "K", "definition": {"mode": "share", "numerator": {"measure": "sum"}}}),
    ("Kpi", {"name": "K", "definition": SHARE, "built_in": "none", "target": {"value": 7}}),
    ("Alert", {"name": "", "watches": {}, "condition": {"above": 1, "below": 0}}),
    ("Alert", {"name": "A", "watches": {"kpi": {"kpi": "no"}}, "condition": {"above": 1}}),
]


@pytest.mark.parametrize(("kind", "body"), BAD)
async def test_a_bad_input_is_refused_with_the_codes_and_pointers_of_rest(
    client: Client, kind: str, body: dict[str, Any]
) -> None:
    answer = await client.post(path_of(kind), json=body)
    assert 400 <= answer.status_code < 500
    errors = await refused(client, create(kind), input=camel(body))
    assert {(e["code"], e["pointer"]) for e in errors} == told(answer.json())
    assert all(e["message"] for e in errors)


WRONG: list[Any] = [None, True, 2.5, "", [[]], {"colour": 1}]
KINDS = {path_of(kind): kind for kind in dict(BAD)} | {
    "/v1/vocabulary": "VocabularyEntry",
    "/v1/consent-purposes": "ConsentPurpose",
    "/v1/contacts": "Contact",
    "/v1/accounts": "Account",
    "/v1/trusted-documents": "TrustedDocument",
}


def is_coerced(before: Any, value: Any) -> bool:
    """Whether GraphQL itself makes a list of one value."""
    return isinstance(before, list) and not isinstance(value, list)


def written_out(body: Any) -> Any:
    """A body without shorthands."""
    for at, value in places(body):
        if {"questions", "pains", "objections"} & {*at[-2:-1]} and isinstance(value, str):
            body = having(body, at, {"text": value})
    return body


@pytest.mark.parametrize("path", BODIES)
async def test_any_value_at_any_place_is_refused_alike(client: Client, path: str) -> None:
    body = written_out(BODIES[path])
    differing = []
    for at, before in places(body):
        for value in WRONG if at and not {1, 2} & {*at} else ():
            if is_coerced(before, value):
                continue
            bad = having(body, at, value)
            rest = await client.post(path, json=bad)
            if rest.status_code == 422:
                found = await answered(client, create(KINDS[path]), input=camel(bad))
                payload = (found.get("data") or {}).get(f"create{KINDS[path]}") or {}
                errors = {(e["code"], e["pointer"]) for e in payload.get("userErrors", [])}
                if errors != told(rest.json()):
                    differing.append((at, value, told(rest.json()), errors or found))
    assert not differing


def patch(kind: str) -> str:
    return f"""mutation ($id: ID!, $patch: {kind}Patch!) {{
      update{kind}(id: $id, patch: $patch) {{ userErrors {{ code pointer message }} }} }}"""


PATCHES = [
    ("Journey", {"title": 5, "perspective": "sideways", "persona_ids": [5.5]}),
    ("Journey", {"title": None}),
    ("Journey", {"value_per_conversion": {"amount": "much", "currency": 5}}),
    ("Journey", {"value_per_conversion": {"colour": 1}, "scope": {"from": 5}}),
    ("Journey", {"stages": [{"name": "A", "steps": [{"action": "Go", "emotion": "high"}]}]}),
    ("Journey", {"tags": [["a"]], "locale": 3, "scope": {"to": {}}}),
    ("Persona", {"role": "nobody", "pains": [{"key": "a"}], "goals": [None]}),
    ("Touchpoint", {"party": True, "activities": [{"name": "A", "cost": {"amount": "x"}}]}),
    ("ProfileAttribute", {"type": "colour", "sensitive": "yes"}),
    ("Action", {"metric": {"name": None, "before": "much"}, "kind": "magic"}),
]


@pytest.mark.parametrize(("kind", "body"), PATCHES)
async def test_a_bad_patch_is_refused_alike(
    client: Client, kind: str, body: dict[str, Any]
) -> None:
    made = await client.made(path_of(kind), BODIES[path_of(kind)])
    rest = await client.patch(f"{path_of(kind)}/{made['id']}", json=body)
    assert rest.status_code == 422
    errors = await refused(client, patch(kind), id=made["id"], patch=camel(body))
    assert {(e["code"], e["pointer"]) for e in errors} == told(rest.json())
    assert (await client.got(f"{path_of(kind)}/{made['id']}"))["version"] == made["version"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "0.3", "2.5"])
async def test_a_number_off_the_scale_is_refused_alike(client: Client, number: str) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (step(emotion=7), {"title": "M", "goal": {"field": "traits.a", "op": "eq"}}):
        if "goal" in body:
            body["goal"]["value"] = 7
        raw = json.dumps(body).replace("7", number)
        rest = await client.post("/v1/journeys", content=raw, headers=headers)
        sent = json.dumps({"query": create("Journey"), "variables": {"input": camel(body)}})
        found = await client.post("/graphql", content=sent.replace("7", number), headers=headers)
        errors = found.json()["data"]["createJourney"]["userErrors"]
        expected = told(rest.json()) if rest.status_code == 422 else set()
        assert {(e["code"], e["pointer"]) for e in errors} == expected


async def test_what_would_be_circular_is_refused_alike(client: Client) -> None:
    wide = (await client.made("/v1/profiles", {"name": "Wide"}))["id"]
    slim = (await client.made("/v1/profiles", {"name": "Slim", "parent_id": wide}))["id"]
    whole = await client.made("/v1/journeys", journey(1, 1))
    inside = whole["stages"][0]["steps"][0]["id"]
    for kind, which, body in (
        ("Profile", wide, {"parent_id": slim}),
        ("Step", inside, {"journey_id": whole["id"]}),
        ("Journey", whole["id"], {"as_is_id": whole["id"], "next_journey_ids": [whole["id"]]}),
    ):
        rest = await client.patch(f"{path_of(kind)}/{which}", json=body)
        assert rest.status_code == 422
        errors = await refused(client, patch(kind), id=which, patch=camel(body))
        assert {(e["code"], e["pointer"]) for e in errors} == told(rest.json())
        assert {e["code"] for e in errors} == {"circular"}


LISTED: list[dict[str, Any]] = [
    {"filter": deep(9)},
    {"filter": {"all": [{"field": "colour", "op": "eq", "value": 1}, {"any": 3}]}},
    {"filter": {"field": "perspective", "op": "eq", "value": "sideways"}},
    {"q": "x" * 2001, "tag": "", "status": " "},
    {"q": "\x00", "campaign": "x" * 101},
    {"persona_id": "nobody"},
]


@pytest.mark.parametrize("parameters", LISTED)
async def test_a_bad_question_is_refused_alike(client: Client, parameters: dict[str, Any]) -> None:
    params = {n: v if isinstance(v, str) else json.dumps(v) for n, v in parameters.items()}
    rest = await client.get("/v1/journeys", params=params)
    assert rest.status_code == 422
    query = """query ($filter: JSON, $q: String, $tag: String, $campaign: String, $status: String,
      $personaId: ID) { journeys(filter: $filter, q: $q, tag: $tag, campaign: $campaign,
      status: $status, personaId: $personaId) { totalCount } }"""
    sent = {"personaId" if n == "persona_id" else n: v for n, v in parameters.items()}
    (error,) = (await answered(client, query, **sent))["errors"]
    found = {(p["code"], p["pointer"]) for p in error["extensions"]["errors"]}
    assert found == {(code, at.removeprefix("/query")) for code, at in told(rest.json()) if at}


SEVERAL = """mutation ($good: ProfileInput!, $bad: ProfileInput!, $name: ExternalIdInput!) {
  first: createProfile(input: $good) { profile { name } userErrors { pointer } }
  wrong: createProfile(input: $bad) { profile { name } userErrors { code pointer } }
  named: upsertProfile(externalId: $name, input: $bad) { userErrors { pointer } }
  last: createProfile(input: $good) { profile { name } userErrors { pointer } } }"""


async def test_one_misfit_leaves_the_other_fields(client: Client) -> None:
    found = await asked(
        client,
        SEVERAL,
        good={"name": "P"},
        bad={"name": 5, "colour": 1},
        name={"source": [], "id": 5.5},
    )
    made = {"profile": {"name": "P"}, "userErrors": []}
    assert (found["first"], found["last"]) == (made, made)
    assert found["wrong"]["profile"] is None
    assert {e["pointer"] for e in found["wrong"]["userErrors"]} == {"/name", "/colour"}
    assert {e["pointer"] for e in found["named"]["userErrors"]} == {
        *("/external_id/source", "/external_id/id", "/name", "/colour"),
    }
    assert (await client.got("/v1/profiles", params={"count": True}))["total"] == 2


SCHEMAS_OWN = [
    (
        "mutation ($n: String!) { createProfile(input: {name: $n}) { userErrors { code } } }",
        {"n": 5},
    ),
    (create("Profile"), {}),
    (create("Profile"), {"input": {"name": "P", "parent_id": None}}),
    (
        """mutation ($s: JourneyScopeInput) {
          createJourney(input: {title: "M", scope: $s}) { userErrors { code } } }""",
        {"s": {"from": 5}},
    ),
    (
        """mutation ($input: ProfileInput!, $v: Int) {
          createProfile(input: $input) { userErrors { code } }
          updateProfile(id: "x", patch: {}, ifVersion: $v) { userErrors { code } } }""",
        {"input": {"name": 5}, "v": "x"},
    ),
    (
        """mutation ($input: ProfileInput!) { ...All }
        fragment All on Mutation { createProfile(input: $input) { userErrors { code } } }""",
        {"input": {"name": 5}},
    ),
    ("query ($first: Int) { profiles(first: $first) { totalCount } }", {"first": "x"}),
    ("mutation { createProfile(input: {name: 5}) { userErrors { code } } }", {}),
]


@pytest.mark.parametrize(("document", "variables"), SCHEMAS_OWN)
async def test_what_only_the_schema_can_judge_it_refuses_as_a_whole(
    client: Client, document: str, variables: dict[str, Any]
) -> None:
    found = await answered(client, document, **variables)
    assert "data" not in found
    assert {error["extensions"]["code"] for error in found["errors"]} == {"BAD_REQUEST"}
    assert (await client.got("/v1/profiles"))["items"] == []
