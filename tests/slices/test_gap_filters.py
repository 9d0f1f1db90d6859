"""What gaps are chosen by beside kind and place: what changes at them, and whom they are about."""

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
