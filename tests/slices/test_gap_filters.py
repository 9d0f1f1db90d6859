"""What gaps are chosen by beside kind and place: what changes at them, and whom they are about."""

import re

from tests.make import Client
from tests.slices.test_gaps import body, gaps


async def test_gaps_are_about_clients_or_about_the_map(client: Client) -> None:
    made = await client.made("/v1/journeys", body())
    whole, path = await gaps(client, made["id"]), f"/v1/journeys/{made['id']}/gaps"
    of_map = {"no_data", "uncovered_stage", "evidence", "off_profile_evidence", "ownership"}
    counted = (await client.got(path))["by_about"]
    for about in ("client", "map"):
        told = await gaps(client, made["id"], about=about)
        ids = [gap["id"] for gap in whole if (gap["kind"] in of_map) is (about == "map")]
        assert [gap["id"] for gap in told] == ids != []
        assert counted[about] == len(ids)


async def test_a_handoff_is_found_by_any_dimension_that_changes(client: Client) -> None:
    made = await client.made("/v1/journeys", body())
    # The one handoff changes department and channel, and is of the kind of the first.
    assert await gaps(client, made["id"], kind="channel_handoff") == []
    for dimension, count in (("department", 1), ("channel", 1), ("device", 0)):
        changed = await gaps(client, made["id"], dimension=dimension)
        assert [gap["kind"] for gap in changed] == ["department_handoff"] * count
        over_all = (await client.got("/v1/gaps", params={"dimension": dimension}))["items"]
        assert [gap["id"] for gap in over_all] == [gap["id"] for gap in changed]


async def test_what_is_excluded_concerns_the_kinds_that_are_asked_for(client: Client) -> None:
    made = await client.made("/v1/journeys", body())

    async def told(where: str, **query: str) -> set[str]:
        found = await client.got(where, params=query)
        return {one["reason"] for one in found["excluded"]}

    for where in (f"/v1/journeys/{made['id']}/gaps", "/v1/gaps"):
        every = await told(where)
        kinds = {"drop_off", "delay", "detour", "unobserved", "kpi_shortfall"}
        assert {f"{kind}: no_events" for kind in kinds - {"kpi_shortfall"}} < every
        # A kind, and a code behind it.
        assert all(re.fullmatch(r"[a-z_]+: [a-z_]+", one) for one in every)
        assert {"silence: no_expected_time", "kpi_shortfall: no_target"} < every
        assert await told(where, kind="delay") == {"delay: no_events"}
        assert await told(where, kind="silence") == {"silence: no_expected_time"}
        assert await told(where, kind="emotional_low") == set()
        assert await told(where, about="map") == {"detour: no_events", "unobserved: no_events"}
        assert await told(where, about="client", kind="delay,detour") == {"delay: no_events"}
        assert await told(where, dimension="device") == set()
