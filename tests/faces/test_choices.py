"""Members that hold one of a few words: a list asked for another word refuses it, never answers
nothing, whether it is asked by a typed filter or by a condition, in REST or in GraphQL."""

import json
from typing import Any

import pytest

from service.api.graphql.schema import nodes
from service.domain import (
    access,
    alerts,
    audiences,
    contacts,
    events,
    evidence,
    insights,
    journeys,
    measures,
    plans,
    privacy,
)
from service.domain.kinds import choices
from service.domain.resources import Resource
from tests.faces.asking import answered
from tests.make import Client, journey

LISTS: dict[str, Resource] = {
    "/v1/profiles": audiences.PROFILES,
    "/v1/personas": audiences.PERSONAS,
    "/v1/profile-attributes": audiences.PROFILE_ATTRIBUTES,
    "/v1/journeys": journeys.JOURNEYS,
    "/v1/touchpoints": journeys.TOUCHPOINTS,
    "/v1/content": evidence.CONTENT,
    "/v1/templates": journeys.TEMPLATES,
    "/v1/vocabulary": journeys.VOCABULARY,
    "/v1/evidence": evidence.EVIDENCE,
    "/v1/evidence-sources": evidence.EVIDENCE_SOURCES,
    "/v1/actions": plans.ACTIONS,
    "/v1/reviews": plans.REVIEWS,
    "/v1/comments": plans.COMMENTS,
    "/v1/kpis": measures.KPIS,
    "/v1/alerts": alerts.ALERTS,
    "/v1/contacts": contacts.CONTACTS,
    "/v1/accounts": contacts.ACCOUNTS,
    "/v1/journeys/{journey}/stages": journeys.STAGES,
    "/v1/stages/{stage}/steps": journeys.STEPS,
    "/v1/journeys/{journey}/transitions": journeys.TRANSITIONS,
    "/v1/journeys/{journey}/revisions": journeys.REVISIONS,
}
CHOSEN = [
    (path, name, words)
    for path, resource in LISTS.items()
    for name, words in choices(resource.new).items()
]
TYPED = [each for each in CHOSEN if each[1] in LISTS[each[0]].listing.typed]
NAMED = [each for each in CHOSEN if each[1] in LISTS[each[0]].listing.vocabulary.fields]


@pytest.fixture
async def paths(client: Client) -> dict[str, str]:
    """The lists, those of parts in a map of their own."""
    made = await client.made("/v1/journeys", journey(1, 1))
    ids = {"journey": made["id"], "stage": made["stages"][0]["id"]}
    return {path: path.format(**ids) for path in LISTS}


def test_no_list_is_forgotten() -> None:
    others = {access.API_KEYS, access.WORKSPACES, insights.GAPS, events.QUARANTINE}
    others.add(access.TRUSTED_DOCUMENTS)
    others |= {contacts.PURPOSES, contacts.ENROLMENTS, privacy.ERASURES, alerts.ALERT_FIRINGS}
    assert set(nodes.KINDS.values()) - set(LISTS.values()) == others


def test_there_are_some() -> None:
    typed = {(path.rpartition("/")[2], name) for path, name, _ in TYPED}
    assert typed == {
        *(("touchpoints", name) for name in ("party", "phase", "status")),
        *(("personas", "role"), ("profile-attributes", "type"), ("journeys", "perspective")),
        *(("vocabulary", "kind"), ("actions", "kind"), ("actions", "status")),
        *(("evidence", name) for name in ("kind", "severity", "source_kind", "status")),
        *(("evidence-sources", "source_kind"), ("kpis", "direction")),
    }
    named = {(path.rpartition("/")[2], name) for path, name, _ in NAMED}
    assert named == typed | {
        *(("stages", "phase"), ("transitions", "kind"), ("reviews", "cadence")),
        ("kpis", "aggregation"),
    }


@pytest.mark.parametrize(("path", "name", "words"), TYPED)
async def test_a_typed_filter_takes_no_other_word(
    client: Client, paths: dict[str, str], path: str, name: str, words: tuple[str, ...]
) -> None:
    for word in words:
        await client.got(paths[path], params={name: word})
    answer = await client.get(paths[path], params={name: "nonsense"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == f"/query/{name}"
    assert all(word in error["detail"] for word in words)


@pytest.mark.parametrize(("path", "name", "words"), NAMED)
async def test_a_condition_takes_no_other_word(
    client: Client, paths: dict[str, str], path: str, name: str, words: tuple[str, ...]
) -> None:
    async def asked(op: str, value: Any) -> Any:
        condition = json.dumps({"not": {"field": name, "op": op, "value": value}})
        return await client.get(paths[path], params={"filter": condition})

    for op, value in (("eq", words[0]), ("in", list(words)), ("starts_with", "x"), ("lt", "x")):
        assert (await asked(op, value)).status_code == 200
    for op, value, at in (
        ("eq", "nonsense", ""),
        ("ne", "nonsense", ""),
        ("in", [words[0], "nonsense"], "/1"),
    ):
        answer = await asked(op, value)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error == {
            "pointer": f"/query/filter/not/value{at}",
            "code": "unknown_value",
            "detail": f"Must be one of {', '.join(words)}.",
        }


async def test_a_word_of_no_type_is_told_once(client: Client) -> None:
    condition = json.dumps({"field": "party", "op": "eq", "value": 3})
    answer = await client.get("/v1/touchpoints", params={"filter": condition})
    assert [error["code"] for error in answer.json()["errors"]] == ["wrong_type"]


async def test_graphql_takes_no_other_word_either(client: Client) -> None:
    condition = {"field": "party", "op": "eq", "value": "nonsense"}
    query = "query ($f: JSON) { touchpoints(filter: $f) { totalCount } }"
    found = await answered(client, query, f=condition)
    (problem,) = found["errors"][0]["extensions"]["errors"]
    assert (problem["code"], problem["pointer"]) == ("unknown_value", "/filter/value")
    found = await answered(client, "{ touchpoints(party: nonsense) { totalCount } }")
    assert "TouchpointParty" in found["errors"][0]["message"]
    found = await answered(client, "{ touchpoints(party: paid) { totalCount } }")
    assert found == {"data": {"touchpoints": {"totalCount": 0}}}
