"""Evidence in GraphQL: written as in REST, and read beside what it is about, however deep."""

from typing import Any

import pytest

from tests.faces.asking import asked, refused, wrote
from tests.make import Client, journey

CREATE = """mutation ($input: EvidenceInput!) { createEvidence(input: $input) {
  evidence { uuid sentiment sentimentBasis sourceKind source { title }
    subject { profile { name } }
    targets { stepId step { action } persona { name } attribute } }
  userErrors { code pointer } } }"""
PAGE = """query ($id: ID!, $first: Int) { journey(id: $id) {
  evidence(first: 1) { totalCount nodes { text } pageInfo { hasNextPage endCursor } }
  emotionCurve { divergence points { evidence observed { mean count low high } } }
  stages { evidence { totalCount } steps {
    evidence(first: $first) { edges { cursor node { text kind } } pageInfo { hasNextPage } }
  } } } }"""


async def told(client: Client, text: str, **targets: str) -> dict[str, Any]:
    body = {"kind": "anecdotal", "source_kind": "review", "text": text}
    about = [{name: which} for name, which in targets.items()]
    return await client.made("/v1/evidence", {**body, "targets": about})


async def test_a_finding_is_written_and_shows_what_it_is_about(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    step = made["stages"][0]["steps"][0]
    ann = await client.made("/v1/personas", {"name": "Ann"})
    profile = await client.made("/v1/profiles", {"name": "Savers"})
    source = await wrote(
        client,
        'mutation { createEvidenceSource(input: {sourceKind: interview, title: "With Ann"})'
        " { evidenceSource { id } userErrors { code } } }",
    )
    body = {
        "kind": "anecdotal",
        "sourceId": source["evidenceSource"]["id"],
        "targets": [{"stepId": step["id"]}, {"personaId": ann["id"], "attribute": "pains"}],
        "subject": {"profileId": profile["id"]},
        "rating": {"value": 2, "scale": [1, 5]},
    }
    found = (await wrote(client, CREATE, input=body))["evidence"]
    assert (found["sentiment"], found["sentimentBasis"]) == (-1, "rating")
    assert (found["sourceKind"], found["source"]) == ("interview", {"title": "With Ann"})
    assert found["subject"] == {"profile": {"name": "Savers"}}
    first, second = found["targets"]
    assert first["step"] == {"action": step["action"]}
    assert second | {"persona": {"name": "Ann"}, "attribute": "pains"} == second
    at = f"/v1/evidence/{found['uuid']}"
    assert (await client.got(at))["targets"][0]["step_id"] == step["id"]
    wrong = {"kind": "analytical", "targets": [{}], "rating": {"value": 9}}
    assert {(e["code"], e["pointer"]) for e in await refused(client, CREATE, input=wrong)} == {
        ("one_of", "/targets/0")
    }
    listed = await asked(
        client,
        "query ($id: ID!) { evidences(stepId: $id, sourceKind: interview) { nodes { uuid } } }",
        id=step["id"],
    )
    assert listed["evidences"]["nodes"] == [{"uuid": found["uuid"]}]


async def test_evidence_stands_beside_what_it_is_about(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    steps = [step for stage in made["stages"] for step in stage["steps"]]
    for n in range(3):
        await told(client, f"step {n}", step_id=steps[0]["id"])
    await told(client, "stage", stage_id=made["stages"][1]["id"])
    await told(client, "both", step_id=steps[0]["id"], journey_id=made["id"])
    found = (await asked(client, PAGE, id=made["id"], first=2))["journey"]
    assert found["evidence"]["totalCount"] == 5
    assert found["evidence"]["nodes"] == [{"text": "both"}]
    assert found["evidence"]["pageInfo"]["hasNextPage"] is True
    page = found["stages"][0]["steps"][0]["evidence"]
    assert [edge["node"]["text"] for edge in page["edges"]] == ["both", "step 2"]
    assert page["pageInfo"]["hasNextPage"] is True
    assert [stage["evidence"]["totalCount"] for stage in found["stages"]] == [0, 1]
    assert found["emotionCurve"]["points"][0]["evidence"] == 4
    rest = """query ($id: ID!, $after: String) { step(id: $id) {
      evidence(after: $after) { nodes { text } pageInfo { hasNextPage } } } }"""
    after = page["edges"][-1]["cursor"]
    later = (await asked(client, rest, id=steps[0]["id"], after=after))["step"]["evidence"]
    assert [one["text"] for one in later["nodes"]] == ["step 1", "step 0"]
    assert later["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("size", [0, 3])
async def test_evidence_is_read_by_as_many_statements_however_many_steps(
    client: Client, size: int
) -> None:
    counts = []
    for stages in (1, 6):
        made = await client.made("/v1/journeys", journey(stages, 4))
        for stage in made["stages"]:
            for n in range(size):
                await told(client, f"{n}", step_id=stage["steps"][0]["id"])
        before = await client.statements()
        await asked(client, PAGE, id=made["id"], first=5)
        counts.append(await client.statements() - before)
    assert counts[0] == counts[1]


async def test_themes_and_quality_are_those_of_rest(client: Client) -> None:
    ann = await client.made("/v1/personas", {"name": "Ann", "pains": ["Fees"]})
    await told(client, "Fees again", persona_id=ann["id"])
    for n in "12":
        made = await client.made("/v1/journeys", journey(1, 1, title=f"Map {n}"))
        body = {"kind": "anecdotal", "source_kind": "poll", "sentiment": -1, "themes": ["fees"]}
        await client.made("/v1/evidence", {**body, "targets": [{"journey_id": made["id"]}]})
    query = """query ($id: ID!) {
      themes { total items { theme findings sentiment journeys { title } } suggestions { text } }
      persona(id: $id) { evidence { totalCount } quality {
        completeness { value missing } support { attribute filled } whole { anecdotal }
        drift { contacts }
      } } }"""
    found = await asked(client, query, id=ann["id"])
    (theme,) = found["themes"]["items"]
    assert (theme["theme"], theme["findings"], theme["sentiment"]) == ("fees", 2, -1)
    rest = await client.got(f"/v1/personas/{ann['id']}/quality")
    quality = found["persona"]["quality"]
    assert quality["completeness"]["missing"] == rest["completeness"]["missing"]
    assert quality["completeness"]["value"] == rest["completeness"]["value"]
    assert (quality["whole"], quality["drift"]) == ({"anecdotal": 1}, None)
    assert found["persona"]["evidence"]["totalCount"] == 1
