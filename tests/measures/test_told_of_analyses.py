"""What every analysis tells of how it was computed, and of whom it left out."""

from typing import Any

import pytest

from tests.make import Client
from tests.measures.doing import did

Json = dict[str, Any]
FROM, TO = "2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z"
FILTER: Json = {"field": "event", "op": "ne", "value": "Left"}
STEPS: Json = {"steps": [{"any_of": ["Seen"]}, {"any_of": ["Paid"]}]}
RATED: Json = {"survey": "nps", "score": 9, "journey_id": "j", "step_key": "s"}
ASKED: list[tuple[str, Json]] = [
    ("sessions", {"timeout_seconds": 900, "page_view_events": ["Seen"], "switches": ["channel"]}),
    ("transitions", {"scope": "session"}),
    ("transitions", {"scope": "contact", "collapse_repeats": True, "limit": 7}),
    ("paths", {"scope": "session", "start": "Seen", "end": "Paid", "steps": 3}),
    ("paths", {"scope": "contact", "limit": 7}),
    ("conformance", {"planned": ["Seen", "Paid"], "unit": "session", "only_with": "Seen"}),
    ("conformance", {"planned": ["Seen"], "unit": "contact"}),
    ("retention", {"interval": "week", "intervals": 2, "start": "Seen", "return": "Paid"}),
    ("attribution", {"goal": "Paid", "touch": "Seen", "model": "first", "lookback_days": 3}),
    ("correlates", {"goal": "Paid", "unit": "session", "least_count": 2}),
    ("correlates", {"goal": "Paid", "unit": "contact", "limit": 7}),
    ("funnels", {**STEPS, "unit": "contact", "window_seconds": None, "breakdown": "device"}),
    ("funnels", {**STEPS, "unit": "session", "order": "strict"}),
    ("funnels", {**STEPS, "unit": "attempt", "window": "hop"}),
    ("drivers", {"by": "step", "window_seconds": 60, "activity": "Seen", "limit": 7}),
    ("surveys", {}),
]
OF_ANALYSES = pytest.mark.parametrize(
    ("analysis", "body"), ASKED, ids=[f"{n} {name}" for n, (name, _) in enumerate(ASKED)]
)


async def test_who_is_left_out_is_counted_in_the_range_alone(client: Client) -> None:
    await _did(client, ["Seen", "Paid", "Survey Answered"])
    for analysis, body in ASKED:
        found = await _asked(client, analysis, {**body, "from": FROM, "to": TO})
        left = {one["reason"]: one["count"] for one in found["excluded"]}
        # Some look at what is seen and paid, others at answers too.
        assert left == {"test_contact": left["test_contact"]}, (analysis, left)
        assert left["test_contact"] in _counts(analysis, body), (analysis, body, left)


def _counts(analysis: str, body: Json) -> set[int]:
    """How many events of that day count where they are of somebody who counts."""
    if analysis == "surveys":
        return {1}
    only_steps = analysis == "funnels" and body["unit"] != "session"
    return {2} if only_steps or analysis == "attribution" else {3}


@OF_ANALYSES
async def test_a_definition_tells_all_that_was_asked(
    client: Client, analysis: str, body: Json
) -> None:
    sent = {**body, "from": FROM, "to": TO, "filter": FILTER}
    told = (await _asked(client, analysis, sent))["definition"]
    assert {name: told.get(name, "untold") for name in sent} == {
        **{name: _meant(analysis, name, value) for name, value in sent.items()}
    }


def _meant(analysis: str, name: str, value: Any) -> Any:
    if name == "steps" and analysis == "funnels":
        named = [{"name": one["any_of"][0], "optional": False} for one in value]
        return [{**one, **more} for one, more in zip(value, named, strict=True)]
    if name == "activity":
        return {"field": "event", "op": "eq", "value": value}
    return value


async def _did(client: Client, names: list[str]) -> None:
    """The same on three days by somebody who tests and by somebody who does not."""
    days = [f"2026-05-0{day}T12:00:0{n}Z" for day in (1, 2, 3) for n in range(len(names))]
    for who in ("Ann", "Tester"):
        await did(
            client,
            *((who, time, names[n % len(names)], RATED) for n, time in enumerate(days)),
        )
    body = {"items": [{"source": "user_id", "value": "Tester"}]}
    found = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]
    assert (await client.patch(f"/v1/contacts/{found['id']}", json={"test": True})).is_success


async def _asked(client: Client, analysis: str, body: Json) -> Json:
    answer = await client.post(f"/v1/{analysis}/query", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found
