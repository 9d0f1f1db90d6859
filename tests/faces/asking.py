"""How tests speak GraphQL."""

from typing import Any

from tests.make import Client, journey


async def answered(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    """The whole answer to an operation."""
    body = {"query": query, "variables": variables}
    answer = await client.post("/graphql", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def asked(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an operation that nothing is wrong with."""
    found = await answered(client, query, **variables)
    assert "errors" not in found, found["errors"]
    data: dict[str, Any] = found["data"]
    return data


async def not_there(client: Client, query: str, **variables: Any) -> set[str]:
    """The fields of an operation that are of nothing that is there, each of them null."""
    found = await answered(client, query, **variables)
    errors = [error for error in found["errors"] if error["extensions"]["code"] == "NOT_FOUND"]
    assert errors == found["errors"]
    fields = {error["path"][0] for error in errors}
    assert all(found["data"][field] is None for field in fields)
    return fields


async def wrote(client: Client, query: str, **variables: Any) -> Any:
    """What the one mutation of an operation answered, nothing being refused."""
    (payload,) = (await asked(client, query, **variables)).values()
    assert payload.pop("userErrors") == []
    return payload


async def refused(client: Client, query: str, **variables: Any) -> list[dict[str, Any]]:
    """Why the one mutation of an operation was refused."""
    (payload,) = (await asked(client, query, **variables)).values()
    errors: list[dict[str, Any]] = payload["userErrors"]
    assert errors
    return errors


async def one_of_everything(client: Client) -> dict[str, Any]:
    """One of everything, the map pointing at all of it."""
    wide = await client.made("/v1/profiles", {"name": "Savers"})
    profile = await client.made(
        "/v1/profiles",
        {"name": "Young savers", "parent_id": wide["id"], "attributes": {"occupation": "nurse"}},
    )
    persona = await client.made(
        "/v1/personas", {"name": "Ann", "profile_id": profile["id"], "pains": ["fees"]}
    )
    touchpoint = await client.made("/v1/touchpoints", {"name": "Branch", "key": "branch"})
    now = await client.made("/v1/journeys", journey(1, 1, title="As it is"))
    body = journey(
        3,
        2,
        persona_ids=[persona["id"]],
        as_is_id=now["id"],
        perspective="to_be",
        value_per_conversion={"amount": "12345678901234.5678", "currency": "EUR"},
        scope={"from": "need", "to": "signed"},
        external_ids=[{"source": "crm", "id": "J 1"}],
        variant_axes={"channel": "branch"},
    )
    body["stages"][0]["steps"][0] |= {
        "touchpoints": [{"key": "branch", "use": "can"}],
        "emotions": [{"persona_id": persona["id"], "rating": 1.5}],
    }
    whole = await client.made("/v1/journeys", body)
    return {
        "Profile": profile,
        "Persona": persona,
        "Touchpoint": touchpoint,
        "Journey": whole,
        "Stage": whole["stages"][0],
        "Step": whole["stages"][0]["steps"][0],
        "Transition": whole["transitions"][0],
    }


CREATE = """mutation ($input: JourneyInput!) { createJourney(input: $input) {
  journey { id uuid version title status tags
    scope { from to } valuePerConversion { amount currency }
    personas { name } stages { uuid key name steps { uuid key action emotion version } }
    transitions { uuid from to kind } }
  userErrors { code pointer message } } }"""
MAP = {
    "title": "Map",
    "stages": [
        {"name": "First", "steps": [{"action": "One", "emotion": 1}, {"action": "Two"}]},
        {"name": "Second", "steps": [{"action": "Three", "emotion": -0.5}]},
    ],
}


async def a_map(client: Client, **members: Any) -> dict[str, Any]:
    """A new map with two stages and three steps."""
    made: dict[str, Any] = (await wrote(client, CREATE, input={**MAP, **members}))["journey"]
    return made


JSON_MEMBERS = {
    *("attributes", "demographics", "criteria", "exclusions", "binding", "goal", "variant_axes"),
}
"""Members that GraphQL takes as any JSON: the names in them are those of REST."""


def camel(value: Any) -> Any:
    """A REST body as GraphQL takes it: a shorthand written out, names in camelCase."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, one in value.items():
        head, *tail = name.split("_")
        spelt = head + "".join(part.capitalize() for part in tail)
        found[spelt] = one if name in JSON_MEMBERS else camel(one)
    return found


def path_of(kind: str) -> str:
    path = f"/v1/{kind.replace('eA', 'e-a').replace('eS', 'e-s').lower()}s"
    uncounted = {"/v1/contents": "/v1/content", "/v1/evidences": "/v1/evidence"}
    return uncounted.get(path, path)


def create(kind: str) -> str:
    return f"""mutation ($input: {kind}Input!) {{ create{kind}(input: $input) {{
      {kind[0].lower() + kind[1:]} {{ id }} userErrors {{ code pointer message }} }} }}"""


def told(problem: dict[str, Any]) -> set[tuple[str, str | None]]:
    """The codes and pointers of a problem document, as user errors have them."""
    return {(e["code"], e["pointer"]) for e in problem.get("errors", [])} or {
        (problem["code"], None)
    }
