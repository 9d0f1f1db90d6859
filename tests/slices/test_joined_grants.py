"""Within one batch a grant counts for whom a person is shown as, from the message on that says so:
as if the messages came one request after the other."""

from typing import Any

import pytest

from tests.make import Client

RELIGION = {"religion": "any"}
ANN = {"userId": "ann"}
ANON = {"anonymousId": "a"}
JOIN: dict[str, Any] = {"type": "identify", **ANN, **ANON}
ALIAS: dict[str, Any] = {"type": "alias", **ANN, "previousId": "a"}
OF_ANON: dict[str, Any] = {"type": "identify", **ANON, "traits": RELIGION}
OF_ANN: dict[str, Any] = {"type": "identify", **ANN, "traits": RELIGION}
IN_PASSING: dict[str, Any] = {
    "type": "track", "event": "Called", **ANON, "context": {"traits": RELIGION},
}  # fmt: skip
OF_ANN_IN_PASSING: dict[str, Any] = {**IN_PASSING, **ANN, "anonymousId": None}
SAID = [
    {"ann": True},
    {"a": True},
    {"ann": True, "a": False},
    {"a": True, "ann": False},
    {"ann": False, "a": True},
    {},
]
ORDERS = {
    "joined-before": [JOIN, OF_ANON],
    "aliased-before": [ALIAS, OF_ANON],
    "joined-behind": [OF_ANON, JOIN],
    "joined-between": [OF_ANON, JOIN, OF_ANON],
    "joined-by-itself": [{**JOIN, "traits": RELIGION}],
    "of-the-user": [OF_ANN, JOIN, OF_ANN],
    "in-passing-behind": [JOIN, IN_PASSING],
    "in-passing-before": [IN_PASSING, JOIN],
    "in-passing-aliased": [IN_PASSING, OF_ANN_IN_PASSING, ALIAS, IN_PASSING, OF_ANN_IN_PASSING],
    "in-passing-by-itself": [{**JOIN, "traits": {"plan": "x"}, "context": {"traits": RELIGION}}],
    "somebody-new": [{**JOIN, "anonymousId": "b"}, {**OF_ANON, "anonymousId": "b"}],
}


async def granting(client: Client, said: dict[str, bool]) -> None:
    """Two who are there, and said so in this order."""
    named = {"ann": {"source": "user_id"}, "a": {"source": "anonymous_id"}}
    ids = {
        value: (await client.made("/v1/contacts", {"identifiers": [{**one, "value": value}]}))["id"]
        for value, one in named.items()
    }
    for day, (value, granted) in enumerate(said.items(), 1):
        entry = {"purpose": "sensitive_data", "granted": granted, "at": f"2026-05-0{day}T10:00:00Z"}
        await client.made(f"/v1/contacts/{ids[value]}/consents", entry)


async def came(client: Client, *batches: list[dict[str, Any]]) -> Any:
    """What is told and kept, but for what two workspaces never share."""
    outcomes: list[Any] = []
    for batch in batches:
        answer = await client.post("/v1/batch?outcomes=true", json={"batch": batch})
        outcomes += [(one["outcome"], one.get("code")) for one in answer.json()["outcomes"]]
    events = (await client.got("/v1/events"))["items"]
    people = (await client.got("/v1/contacts", params={"archived": "with"}))["items"]
    aside = (await client.got("/v1/quarantine"))["items"]
    return (
        outcomes,
        [(one["message_id"], one["context"]) for one in events],
        sorted(str((one["identifiers"], one["traits"])) for one in people),
        sorted(one["message"] for one in aside),
    )


@pytest.mark.parametrize("said", SAID, ids=[str(one) for one in SAID])
@pytest.mark.parametrize("order", ORDERS)
async def test_a_batch_is_judged_as_its_messages_one_by_one(
    client: Client, stranger: Client, order: str, said: dict[str, bool]
) -> None:
    batch = [
        {**one, "messageId": f"m{n}", "timestamp": f"2026-06-01T10:00:0{n}Z"}
        for n, one in enumerate(ORDERS[order])
    ]
    for one in (client, stranger):
        await granting(one, said)
    together = await came(client, batch)
    assert together == await came(stranger, *([one] for one in batch))
    taken = {code for _, code in together[0]}
    assert taken <= {None, "consent_required"}


@pytest.mark.parametrize(
    ("order", "codes"),
    [
        ("joined-before", [None, None]),
        ("joined-behind", ["consent_required", None]),
        ("in-passing-behind", [None, None]),
        ("in-passing-before", ["consent_required", None]),
    ],
)
async def test_a_grant_counts_from_the_join_on(
    client: Client, order: str, codes: list[str | None]
) -> None:
    await granting(client, {"ann": True})
    outcomes, *_ = await came(client, ORDERS[order])
    assert [code for _, code in outcomes] == codes
