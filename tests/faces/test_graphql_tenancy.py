"""Every root field of the schema, called with another workspace's ids: it sees and changes nothing.

Calls are generated from the schema, so that a field added later is called too.
"""

import json
from typing import Any

import pytest

from tests.faces.asking import answered
from tests.faces.calling import CORE, KINDS, ROOTS, Calling, operation
from tests.faces.marked import KNOWN, MARK, one_of_everything
from tests.make import Client


@pytest.mark.parametrize(("root", "name"), ROOTS)
async def test_another_workspaces_ids_are_nobodys(
    client: Client, stranger: Client, root: str, name: str
) -> None:
    theirs = await one_of_everything(stranger)
    before = await seen(stranger)
    calling = Calling(name, theirs)
    variables = calling.variables(CORE.get_type(root).fields[name].args)
    answer = await client.post(
        "/graphql", json={"query": operation(root, name, variables), "variables": variables}
    )
    found = answer.json()
    assert "data" in found, found
    shown = json.dumps(silent(found["data"]))
    assert MARK not in shown.replace(json.dumps(KNOWN), "")
    assert not any(resource["id"] in shown for resource in theirs.values())
    codes = {error["extensions"]["code"] for error in found.get("errors", [])}
    assert codes <= {"NOT_FOUND", "FORBIDDEN", "INVALID"}, found["errors"]
    assert await seen(stranger) == before
    if root == "Mutation" and "id" in variables:
        payload = found["data"][name]
        assert payload is None or payload["userErrors"]


def silent(value: Any) -> Any:
    """An answer without its sentences: they may repeat an id that was sent."""
    if isinstance(value, list):
        return [silent(one) for one in value]
    if isinstance(value, dict):
        return {name: silent(one) for name, one in value.items() if name != "message"}
    return value


async def seen(client: Client) -> Any:
    """All that a workspace holds."""
    query = """{
      profiles { nodes { uuid version name } } personas { nodes { uuid version name avatarUrl } }
      touchpoints { nodes { uuid version name } }
      journeys { nodes { uuid version title stages { version steps { version action } }
        transitions { version } } }
      evidences { nodes { uuid version text targets { stepId } } }
      evidenceSources { nodes { uuid version title } }
      templates { nodes { uuid version name } }
      actions { nodes { uuid version title } } reviews { nodes { uuid version status } }
      comments { nodes { uuid version text } } kpis { nodes { uuid version name } }
      vocabulary { nodes { uuid version slug aliasOf useCount } }
      apiKeys { nodes { uuid version revokedAt } } workspace { version name } }"""
    return await answered(client, query)


def test_nearly_every_field_was_called_with_foreign_ids() -> None:
    theirs: dict[str, Any] = {
        kind: {"id": "01a201ea-0000-7000-8000-000000000000"} for kind in KINDS
    }
    called = []
    for root, name in ROOTS:
        calling = Calling(name, theirs)
        calling.variables(CORE.get_type(root).fields[name].args)
        called += [name] if calling.foreign else []
    without = {name for _, name in ROOTS} - {*called}
    assert without == {
        "accounts",
        "apiKeys",
        "attribution",
        "captureContact",
        "changes",
        "conformance",
        "consentPurposes",
        "correlates",
        "createApiKey",
        "createTrustedDocument",
        "createWorkspace",
        "drivers",
        "erasures",
        "evidenceSources",
        "funnel",
        "kpiValue",
        "kpiValues",
        "loadTouchpointCatalogue",
        "observedTransitions",
        "overviewTotals",
        "paths",
        "profileAttributes",
        "quarantinedMessages",
        "replaceSettings",
        "replayQuarantinedMessages",
        "retention",
        "sessions",
        "settings",
        "surveys",
        "templates",
        "themes",
        "touchpointCatalogue",
        "touchpoints",
        "trustedDocuments",
        "updateSettings",
        "workspace",
        "workspaces",
    }
