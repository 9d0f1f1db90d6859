"""What cannot be asked of funnels, and who may not ask it."""

import pytest

from tests.make import Client, pointers
from tests.measures.funnels import PATH, steps
from tests.measures.logs import Json

_AB = steps("A", "B")
_CENTURY = 3_155_760_000


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"/steps"}),
        ({"steps": steps("A")}, {"/steps"}),
        ({"steps": steps(*["A"] * 50)}, {"/steps"}),
        ({"steps": _AB, "window_seconds": 0}, {"/window_seconds"}),
        ({"steps": _AB, "window_seconds": _CENTURY}, {"/window_seconds"}),
        ({"steps": _AB, "order": "odd", "unit": "x"}, {"/order", "/unit"}),
        (
            {"steps": [{"any_of": []}, {"any_of": ["B"], "no": 1}]},
            {"/steps/0/any_of", "/steps/1/no"},
        ),
        ({"steps": [{"any_of": ["A"], "optional": True}, *_AB]}, {"/steps/0/optional"}),
        (
            {"steps": [{"any_of": [{"field": "no", "op": "eq", "value": 1}]}, {"any_of": [7]}]},
            {"/steps/0/any_of/0/field", "/steps/1/any_of/0"},
        ),
        ({"steps": _AB, "breakdown": "nonsense"}, {"/breakdown"}),
        ({"steps": _AB, "breakdown": "timestamp"}, {"/breakdown"}),
        ({"steps": _AB, "breakdown": "received_at"}, {"/breakdown"}),
        (
            {"steps": _AB, "exclude": [{"selection": "X", "before_step": 3}]},
            {"/exclude/0/before_step"},
        ),
        (
            {"steps": _AB, "exclude": [{"selection": "X", "after_step": 0, "before_step": "no"}]},
            {"/exclude/0/after_step", "/exclude/0/before_step"},
        ),
        (
            {"steps": _AB, "exclude": [{"selection": "X", "after_step": 2, "before_step": 1}]},
            {"/exclude/0/before_step"},
        ),
        (
            {"steps": steps("A", "A"), "exclude": [{"selection": "X", "after_step": "A"}]},
            {"/exclude/0/after_step"},
        ),
        (
            {
                "steps": [*_AB, {"any_of": ["C"], "optional": True}],
                "exclude": [{"selection": "X", "before_step": 3}],
            },
            {"/exclude/0/before_step"},
        ),
        (
            {"steps": _AB, "order": "any", "window": "hop", "exclude": [{"selection": "X"}]},
            {"/window", "/exclude"},
        ),
        ({"steps": _AB, "dropped_at": {"step": 9}}, {"/dropped_at/step"}),
        (
            {"steps": _AB, "from": "2026-06-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"},
            {""},
        ),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_every_place(
    client: Client, body: Json, wrong: set[str]
) -> None:
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, pointers(answer)) == (422, wrong), answer.text


async def test_conditions_are_bounded_all_together(client: Client) -> None:
    many = {"any": [{"field": "event", "op": "eq", "value": str(n)} for n in range(90)]}
    body = {"steps": [{"any_of": [many]} for _ in range(3)]}
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, pointers(answer)) == (422, {"/steps"})


async def test_who_may_not_see_contacts_asks_of_declared_dimensions_and_of_nobody(
    client: Client,
) -> None:
    made = {"name": "figures", "scopes": ["analytics:read"]}
    key = (await client.made("/v1/api-keys", made))["key"]
    headers = {"Authorization": f"Bearer {key}"}
    body: Json = {"steps": _AB, "breakdown": "device"}
    assert (await client.post(PATH, json=body, headers=headers)).status_code == 200
    open_ = {"field": "traits.income", "op": "gt", "value": 1}
    body = {"steps": [{"any_of": [open_]}, *_AB], "breakdown": None}
    answer = await client.post(PATH, json=body, headers=headers)
    assert (answer.status_code, pointers(answer)) == (422, {"/steps/0/any_of/0"})
    body = {"steps": _AB, "breakdown": "traits.income"}
    answer = await client.post(PATH, json=body, headers=headers)
    assert (answer.status_code, pointers(answer)) == (422, {"/breakdown"})
    body = {"steps": _AB, "dropped_at": {"step": 1}}
    assert (await client.post(PATH, json=body, headers=headers)).status_code == 403
