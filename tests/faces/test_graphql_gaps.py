"""Gaps and settings in GraphQL: what REST answers, for many maps at once."""

from typing import Any

import pytest

from service.api.graphql.ids import global_id
from service.domain.ids import new_id
from tests.faces.asking import answered, asked, refused, wrote
from tests.make import Client, journey

Json = dict[str, Any]
FIGURES = """id uuid journeyId kind position severity confidence status reason version dimensions
  departments managed unknown judgedBy judgedAt actionIds transition { fromStepId toStepId }
  signals { name value weight count } explanation { code values text } contactsLost"""
LIST = f"""totalCount byKind byAbout pageInfo {{ hasNextPage endCursor }} nodes {{ {FIGURES} }}
  edges {{ cursor }} byDepartment {{ department gaps handoffs worst }} excluded {{ reason count }}
  definition {{ leastCount handoffWeights from against }} reasons"""
ONE = f"""query ($id: ID!, $first: Int, $after: String, $filter: JourneyGapsQueryInput) {{
  journey(id: $id) {{ gaps(first: $first, after: $after, filter: $filter) {{ {LIST}
    opportunities {{ uuid }} }} strengths {{ kind stepId explanation {{ text }} }} }} }}"""
ALL = f"""query ($first: Int, $filter: AllGapsQueryInput) {{
  gaps(first: $first, filter: $filter) {{ {LIST} }} }}"""
JUDGE = """mutation ($id: ID!, $patch: GapPatch!, $version: Int) {
  updateGap(id: $id, patch: $patch, ifVersion: $version) {
    gap { uuid status reason version judgedBy judgedAt } userErrors { code pointer } } }"""


@pytest.fixture
async def made(client: Client) -> Json:
    """A map with handoffs, one of them managed, and a private step."""
    body = journey(2, 2)
    steps = [step for stage in body["stages"] for step in stage["steps"]]
    for step, department in zip(steps, ("sales", "service", "desk", None), strict=True):
        step["department"] = department
    steps[3]["private"] = True
    made = await client.made("/v1/journeys", body)
    second = next(t for t in made["transitions"] if t["from"] == steps_of(made)[1]["key"])
    managed = {"hands_over": "the file", "received_by": "desk"}
    answer = await client.patch(f"/v1/transitions/{second['id']}", json=managed)
    assert answer.status_code == 200, answer.text
    return made


def steps_of(made: Json) -> list[Json]:
    return [step for stage in made["stages"] for step in stage["steps"]]


def spelt(gap: Json) -> Json:
    """A gap of REST as GraphQL spells what is asked for above."""
    ends = gap["transition"]
    plain = ("kind", "position", "severity", "confidence", "status", "reason", "version")
    more = ("dimensions", "departments", "managed", "unknown", "signals", "explanation")
    return {
        **{name: gap[name] for name in (*plain, *more)},
        "id": global_id("Gap", gap["id"]),
        "uuid": gap["id"],
        "journeyId": gap["journey_id"],
        "actionIds": gap["action_ids"],
        "judgedBy": gap["judged_by"],
        "judgedAt": gap["judged_at"],
        "contactsLost": gap["contacts_lost"],
        "transition": ends and {"fromStepId": ends["from_step_id"], "toStepId": ends["to_step_id"]},
    }


async def test_the_gaps_of_a_map_are_those_of_rest(client: Client, made: Json) -> None:
    path = f"/v1/journeys/{made['id']}/gaps"
    rest = await client.got(path)
    shown = (await asked(client, ONE, id=made["id"]))["journey"]
    found = shown["gaps"]
    assert found["nodes"] == [spelt(gap) for gap in rest["items"]]
    assert (found["totalCount"], found["byKind"]) == (rest["total"], rest["by_kind"])
    assert (found["byDepartment"], found["excluded"]) == (rest["by_department"], rest["excluded"])
    assert found["definition"]["handoffWeights"] == rest["definition"]["handoff_weights"]
    assert found["reasons"] == rest["reasons"]
    assert [one["uuid"] for one in found["opportunities"]] == [
        g["id"] for g in rest["opportunities"]
    ]
    assert [(one["kind"], one["stepId"]) for one in shown["strengths"]] == [
        (one["kind"], one["step_id"]) for one in rest["strengths"]
    ]
    assert shown["strengths"]


async def test_pages_and_filters_are_those_of_rest(client: Client, made: Json) -> None:
    path = f"/v1/journeys/{made['id']}/gaps"
    some = {"kind": "department_handoff,evidence", "min_severity": 10}
    rest = await client.got(path, params={**some, "limit": 2})
    chosen = {"kind": ["department_handoff", "evidence"], "minSeverity": 10}
    first = (await asked(client, ONE, id=made["id"], first=2, filter=chosen))["journey"]["gaps"]
    assert [gap["uuid"] for gap in first["nodes"]] == [gap["id"] for gap in rest["items"]]
    assert first["pageInfo"] == {"hasNextPage": True, "endCursor": rest["next"]}
    after = {"first": 2, "after": rest["next"], "filter": chosen}
    second = (await asked(client, ONE, id=made["id"], **after))["journey"]["gaps"]
    page = await client.got(path, params={**some, "limit": 2, "after": rest["next"]})
    assert [gap["uuid"] for gap in second["nodes"]] == [gap["id"] for gap in page["items"]]
    changed = await client.got(path, params={"dimension": "department"})
    which = {"dimension": "department", "about": "client"}
    same = (await asked(client, ONE, id=made["id"], filter=which))["journey"]["gaps"]
    assert [gap["uuid"] for gap in same["nodes"]] == [gap["id"] for gap in changed["items"]] != []


async def test_the_gaps_of_all_maps_are_those_of_rest(client: Client, made: Json) -> None:
    await client.made("/v1/journeys", journey(1, 2, title="Another"))
    rest = await client.got("/v1/gaps", params={"kind": "department_handoff"})
    found = (await asked(client, ALL, filter={"kind": ["department_handoff"]}))["gaps"]
    assert found["nodes"] == [spelt(gap) for gap in rest["items"]] != []
    assert found["byDepartment"] == rest["by_department"]
    assert found["nodes"][0]["journeyId"] == made["id"]


async def test_a_gap_is_found_by_its_id_and_as_a_node(client: Client, made: Json) -> None:
    (worst, *_) = (await client.got(f"/v1/journeys/{made['id']}/gaps"))["items"]
    for which in (worst["id"], global_id("Gap", worst["id"])):
        found = await asked(
            client, f"query ($id: ID!) {{ gap(id: $id) {{ {FIGURES} }} }}", id=which
        )
        assert found["gap"] == spelt(worst)
    query = "query ($id: ID!) { node(id: $id) { id ... on Gap { severity } } }"
    node = (await asked(client, query, id=global_id("Gap", worst["id"])))["node"]
    assert node["severity"] == worst["severity"]
    assert (await asked(client, "query ($id: ID!) { gap(id: $id) { id } }", id=str(new_id()))) == {
        "gap": None
    }


async def test_a_gap_is_judged_as_in_rest(client: Client, made: Json) -> None:
    (worst, *_) = (await client.got(f"/v1/journeys/{made['id']}/gaps"))["items"]
    which = worst["id"]
    (error,) = await refused(client, JUDGE, id=which, patch={"status": "dismissed"})
    assert error == {"code": "required", "pointer": "/reason"}
    said = {"status": "dismissed", "reason": "By design"}
    done = await wrote(client, JUDGE, id=which, patch=said, version=0)
    rest = await client.got(f"/v1/gaps/{which}")
    kept = {"version": 1, "judgedBy": None, "judgedAt": rest["judged_at"]}
    assert done["gap"] == {"uuid": which, **said, **kept}
    assert (rest["reason"], bool(rest["judged_at"])) == ("By design", True)
    (error,) = await refused(client, JUDGE, id=which, patch={"status": "open"}, version=0)
    assert error["code"] == "stale_version"
    (error,) = await refused(client, JUDGE, id=str(new_id()), patch={})
    assert error["code"] == "not_found"


@pytest.mark.parametrize(
    ("arguments", "query", "at"),
    [
        ({"filter": {"kind": []}}, {"kind": ""}, "/filter/kind"),
        ({"first": 0}, {"limit": 0}, "/first"),
        ({"filter": {"minSeverity": 200}}, {"min_severity": 200}, "/filter/min_severity"),
        (
            {"filter": {"against": "019e0000-0000-7000-8000-000000000000"}},
            {"against": "019e0000-0000-7000-8000-000000000000"},
            "/filter/against",
        ),
    ],
)
async def test_what_rest_refuses_is_refused(
    client: Client, made: Json, arguments: Json, query: Json, at: str
) -> None:
    rest = await client.get(f"/v1/journeys/{made['id']}/gaps", params=query)
    (told,) = rest.json()["errors"]
    found = await answered(client, ONE, id=made["id"], **arguments)
    (error,) = found["errors"]
    (problem,) = error["extensions"]["errors"]
    assert (problem["code"], problem["detail"]) == (told["code"], told["detail"])
    assert problem["pointer"] == at
    assert found["data"]["journey"]["gaps"] is None


@pytest.mark.usefixtures("made")
async def test_figures_of_many_maps_take_as_many_statements_as_of_one(client: Client) -> None:
    query = """{ journeys(first: 20) { nodes { gaps(first: 5) { nodes { severity } totalCount }
      strengths { kind } emotionCurve { mean points { rating } } } } }"""

    async def statements() -> int:
        before = await client.statements()
        await asked(client, query)
        return await client.statements() - before

    await statements()
    few = await statements()
    for n in range(12):
        await client.made("/v1/journeys", journey(2, 2, title=f"Map {n}"))
    assert await statements() == few == 5


async def test_settings_are_those_of_rest(client: Client) -> None:
    members = "timeZone handoffWeights { crossing emotionLow } formFields version"
    rest = await client.got("/v1/settings")
    found = (await asked(client, f"{{ settings {{ {members} }} }}"))["settings"]
    assert (found["timeZone"], found["formFields"]) == (rest["time_zone"], rest["form_fields"])
    update = f"""mutation ($patch: SettingsPatch!, $version: Int) {{
      updateSettings(patch: $patch, ifVersion: $version) {{
        settings {{ {members} }} userErrors {{ code pointer }} }} }}"""
    patch = {"handoffWeights": {"crossing": 1}, "formFields": 4}
    done = (await wrote(client, update, patch=patch, version=rest["version"]))["settings"]
    assert done["handoffWeights"] == {"crossing": 1, "emotionLow": 0.15}
    assert (await client.got("/v1/settings"))["form_fields"] == 4
    (error,) = await refused(client, update, patch=patch, version=rest["version"])
    assert error["code"] == "stale_version"
    (error,) = await refused(client, update, patch={"leastCount": 0})
    assert error["pointer"] == "/least_count"
    replace = f"""mutation ($input: SettingsInput!) {{ replaceSettings(input: $input) {{
      settings {{ {members} }} userErrors {{ code pointer }} }} }}"""
    done = (await wrote(client, replace, input={"timeZone": "Europe/Vienna"}))["settings"]
    assert (done["timeZone"], done["formFields"]) == ("Europe/Vienna", 10)
