"""Survey answers over HTTP, by hand."""

from typing import Any

from tests.make import Client, pointers
from tests.measures.test_attribution import happened

PATH = "/v1/surveys/query"
Json = dict[str, Any]


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def answered(client: Client, *told: Json, day: str = "2026-01-01") -> None:
    """Survey answers, each by somebody else."""
    await happened(
        client,
        *((f"p{n}", "Survey Answered", f"{day}T10:00:{n:02}Z", one) for n, one in enumerate(told)),
    )


async def test_answers_come_to_promoters_satisfaction_and_effort(client: Client) -> None:
    await answered(
        client,
        *({"survey": "nps", "score": n} for n in (10, 9, 8, 6, 0)),
        *({"survey": "csat", "score": n, "scale": [1, 5]} for n in (5, 4, 3)),
        *({"survey": "ces", "score": n, "scale": "1-7"} for n in (2, 3)),
        {"survey": "rating", "score": "4", "comment": "Quick."},
        {"survey": "nps", "score": "a lot"},
        {"survey": "nps", "score": 4, "scale": [1, 5]},
        {"survey": "weather", "score": 4},
    )
    found = await asked(client, {})
    assert (found["answers"], found["contacts"]) == (12, 12)
    assert (found["nps"]["value"], found["nps"]["answers"]) == (0, 5)
    assert found["nps"]["low"] < 0 < found["nps"]["high"]
    assert found["nps"]["promoters"]["numerator"] == found["nps"]["detractors"]["numerator"] == 2
    assert (found["csat"]["numerator"], found["csat"]["denominator"]) == (2, 3)
    assert found["csat"]["low"] is not None
    effort = {"value": 2.5, "answers": 2, "first": 1, "last": 7}
    assert found["ces"] == effort
    scales = {(one["survey"], one["first"], one["last"]): one for one in found["scales"]}
    csat = scales["csat", 1, 5]
    assert (csat["mean"], csat["emotion"]) == (4, 1)
    assert csat["scores"] == [{"score": n, "count": 1} for n in (3, 4, 5)]
    assert found["excluded"] == [
        {"reason": "no_score", "count": 1},
        {"reason": "nps_not_out_of_ten", "count": 1},
        {"reason": "unknown_survey", "count": 1},
    ]
    assert found["definition"]["nps_interval"] == "Bonett and Price 2012"


async def test_ranges_and_filters_select_answers(client: Client) -> None:
    await answered(client, {"survey": "csat", "score": 5, "step_key": "pay"})
    await answered(client, {"survey": "csat", "score": 1, "step_key": "wait"}, day="2026-01-02")
    found = await asked(client, {"from": "2026-01-02T00:00:00Z"})
    assert (found["csat"]["numerator"], found["csat"]["denominator"]) == (0, 1)
    step = {"field": "properties.step_key", "op": "eq", "value": "pay"}
    found = await asked(client, {"filter": step})
    assert (found["csat"]["numerator"], found["csat"]["denominator"]) == (1, 1)


async def test_effort_on_several_scales_has_no_mean(client: Client) -> None:
    await answered(client, {"survey": "ces", "score": 2}, {"survey": "ces", "score": 2, "scale": 5})
    found = (await asked(client, {}))["ces"]
    assert (found["value"], found["first"], found["answers"]) == (None, None, 2)
    assert "several scales" in found["reason_text"]


async def test_of_no_answers_there_are_no_figures_and_reasons(client: Client) -> None:
    found = await asked(client, {})
    assert found["answers"] == 0
    for name in ("nps", "csat", "ces"):
        assert found[name]["value"] is None
        assert found[name]["reason"] == "nothing_to_count"


async def test_what_cannot_be_asked_is_refused(client: Client) -> None:
    answer = await client.post(PATH, json={"survey": "nps", "from": 5})
    assert (answer.status_code, pointers(answer)) == (422, {"/survey", "/from"})


QUERY = """query($input: SurveysQueryInput!) { surveys(input: $input) { answers
  nps { value low high promoters { value } } csat { value low high }
  ces { value answers first last } scales { survey first last mean scores { score count } } } }"""


async def test_graphql_answers_the_same(client: Client) -> None:
    await answered(client, {"survey": "nps", "score": 9}, {"survey": "csat", "score": 2})
    answer = await client.post("/graphql", json={"query": QUERY, "variables": {"input": {}}})
    told = answer.json()["data"]["surveys"]
    found = await asked(client, {})
    assert told["answers"] == found["answers"] == 2
    for name in ("value", "low", "high"):
        assert told["nps"][name] == found["nps"][name]
        assert told["csat"][name] == found["csat"][name]
    assert [float(one["mean"]) for one in told["scales"]] == [2, 9]
