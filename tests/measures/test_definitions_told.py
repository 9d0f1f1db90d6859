"""Every answer says what it was asked, defaults included: over HTTP, of every analysis."""

import pytest

from service.domain import measures
from service.domain.inputs import Input
from tests.faces.asking import asked
from tests.make import Client
from tests.measures.test_asking_without_contacts import ASKED, DECLARED

QUERIES: dict[str, type[Input]] = {
    "sessions": measures.SessionsQuery,
    "funnels": measures.FunnelsQuery,
    "kpis": measures.KpiQuery,
    "transitions": measures.TransitionsQuery,
    "paths": measures.PathsQuery,
    "conformance": measures.ConformanceQuery,
    "retention": measures.RetentionQuery,
    "attribution": measures.AttributionQuery,
    "correlates": measures.CorrelatesQuery,
    "drivers": measures.DriversQuery,
    "surveys": measures.SurveysQuery,
}
ELSEWHERE = {"kpi", "dropped_at"}
"""What stands beside the definition: which KPI it is, and who dropped."""


@pytest.mark.parametrize("path", ASKED)
async def test_a_definition_tells_all_that_was_asked(client: Client, path: str) -> None:
    field, kind, least = ASKED[path]
    body = {**least, "from": "2026-05-01T00:00:00Z", "filter": DECLARED}
    answer = await client.post(f"/v1/{path}/query", json=body)
    told = answer.json()["definition"]
    members = {info.alias or name for name, info in QUERIES[path].model_fields.items()}
    assert members - told.keys() <= ELSEWHERE, members - told.keys()
    assert (told["filter"], told["from"], told["to"]) == (DECLARED, body["from"], None)
    for name in ("goal", "touch"):
        assert told.get(name) == least.get(name)
    if path != "funnels":
        query = f"query ($i: {kind}!) {{ {field}(input: $i) {{ definition {{ filter }} }} }}"
        found = await asked(client, query, i=body)
        assert found[field]["definition"]["filter"] == DECLARED
