"""Membership, assignment and drift in GraphQL: the same as in REST."""

from typing import Any

from tests.faces.asking import answered
from tests.make import Client

AGE = {"field": "traits.age", "op": "ge", "value": 55}


async def asked(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    answer = await answered(client, query, **variables)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]
    return found


async def test_both_faces_say_who_belongs(client: Client) -> None:
    which = (await client.made("/v1/profiles", {"name": "Old", "criteria": AGE}))["id"]
    body = {"name": "Ann", "profile_id": which, "demographics": {"age": 60}}
    persona = await client.made("/v1/personas", body)
    ids = [
        (await client.made("/v1/contacts", {"traits": traits}))["id"]
        for traits in ({"age": 60}, {"age": 20}, {})
    ]
    found = await asked(
        client,
        """query ($p: ID!, $c: ID!, $criteria: JSON) {
          some: profileContacts(profileId: $p, first: 1) { nodes { uuid } totalCount }
          none: profileContacts(profileId: $p, membership: unknown) { nodes { uuid } }
          profilePreview(profileId: $p) {
            contacts yes { value numerator } missing { field unknown } excluded { reason }
          }
          previewConditions(input: {criteria: $criteria}) { no { numerator } }
          contactProfiles(contactId: $c, first: 5) {
            items { name membership reasons { pointer outcome reason } } next
          }
          contactPersona(contactId: $c) { status personaId candidates { name score } reason }
          personas { nodes { quality { drift { contacts items { attribute median } } reasons } } }
        }""",
        p=which,
        c=ids[0],
        criteria=AGE,
    )
    rest = await client.got(f"/v1/profiles/{which}/preview")
    assert found["some"] == {"nodes": [{"uuid": ids[0]}], "totalCount": 1}
    assert found["none"]["nodes"] == [{"uuid": ids[2]}]
    told = found["profilePreview"]
    assert (told["contacts"], told["missing"]) == (rest["contacts"], rest["missing"])
    assert told["yes"]["value"] == rest["yes"]["value"]
    assert found["previewConditions"]["no"]["numerator"] == rest["no"]["numerator"] == 1
    (one,) = found["contactProfiles"]["items"]
    assert (one["membership"], one["reasons"][0]["pointer"]) == ("yes", "/criteria")
    assert one["reasons"][0]["reason"] is None
    assert found["contactPersona"]["personaId"] == persona["id"]
    (node,) = found["personas"]["nodes"]
    assert node["quality"]["drift"] == {
        "contacts": 1,
        "items": [{"attribute": "age", "median": 60}],
    }


async def test_both_faces_refuse_the_same(client: Client) -> None:
    query = "query ($i: ConditionsInput!) { previewConditions(input: $i) { contacts } }"
    query = query.replace("ConditionsInput", "PreviewInput")
    leaf = {"field": "persona", "op": "exists", "value": True}
    answer = await answered(client, query, i={"criteria": leaf})
    (problem,) = answer["errors"][0]["extensions"]["errors"]
    assert problem["code"] == "not_a_filter_field"
    assert problem["pointer"].endswith("/criteria/field")
