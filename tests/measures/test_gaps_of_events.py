"""Gaps that events show on the shop's map, over HTTP."""

from typing import Any

from tests.measures.followed import SHOP, bound, steps_of
from tests.measures.gap_lists import fallen, found
from tests.published import needs_data

Json = dict[str, Any]
TROUBLE = {"from": "2024-05-19T00:00:00Z", "to": "2024-06-08T00:00:00Z", "baseline": "before"}
NO_TROUBLE = {"from": "2024-04-09T00:00:00Z", "to": "2024-05-10T00:00:00Z"}


def ends(made: Json, gap: Json) -> tuple[str, str]:
    keys = {step["id"]: step["key"] for step in steps_of(made)}
    return keys[gap["transition"]["from_step_id"]], keys[gap["transition"]["to_step_id"]]


def counts(share: Json) -> tuple[int, int]:
    return share["numerator"], share["denominator"]


@needs_data
async def test_the_shops_trouble_at_the_payment_is_found(loaded: type[Any]) -> None:
    client = await loaded("ecom_clickstream")
    made = await client.made("/v1/journeys", bound(SHOP))
    answer = await found(client, made["id"], **TROUBLE)
    (gap,) = fallen(answer)
    assert ends(made, gap) == ("payment_details", "purchase")
    assert (counts(gap["continuation"]), gap["undecided"]) == ((15, 61), 0)
    assert counts(gap["baseline"]["continuation"]) == (59, 119)
    assert gap["period"] == {"from": TROUBLE["from"], "to": TROUBLE["to"]}
    assert (gap["baseline"]["from"], gap["baseline"]["to"]) == (None, TROUBLE["from"])
    assert (gap["where"], gap["contacts_lost"]) == (None, 15)
    # Newcombe's method 10, of 15/61 and 59/119.
    difference = {name: round(value, 4) for name, value in gap["difference"].items()}
    assert difference == {"value": -0.2499, "low": -0.3767, "high": -0.1002, "p_value": 0.0014}
    assert gap["explanation"]["text"].endswith(
        "15 of 61 contacts go on; in all the time before it was 59 of 119."
    )
    assert answer["definition"]["mode"] == "observed"
    # It is the same gap by its id, where the same is asked of events, and nowhere else.
    path = f"/v1/gaps/{gap['id']}"
    again = await client.got(path, params=TROUBLE)
    assert again["continuation"] == gap["continuation"]
    assert (await client.get(path)).status_code == 404
    judged = await client.patch(path, params=TROUBLE, json={"status": "accepted"})
    assert (judged.status_code, judged.json()["status"]) == (200, "accepted")
    everywhere = await client.got("/v1/gaps", params={"kind": "drop_off", **TROUBLE})
    assert gap["id"] in {one["id"] for one in everywhere["items"]}


@needs_data
async def test_mobile_visitors_who_may_go_on_as_others_do_are_no_gap(loaded: type[Any]) -> None:
    client = await loaded("ecom_clickstream")
    made = await client.made("/v1/journeys", bound(SHOP))
    # 10 of 24 against 28 of 51: too few to be compared, and enough.
    for least in ("30", "20"):
        answer = await found(client, made["id"], least_count=least, **NO_TROUBLE)
        assert [gap for gap in fallen(answer) if gap["where"]] == []
