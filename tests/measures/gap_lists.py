"""Lists of gaps, as tests of what events show ask for them."""

from typing import Any

from tests.make import Client

Json = dict[str, Any]


async def found(client: Client, which: str, **asked: Any) -> Json:
    """The gaps of a map, all on one page."""
    path = f"/v1/journeys/{which}/gaps"
    told: Json = await client.got(path, params={"limit": "200", **asked})
    return told


def fallen(answer: Json) -> list[Json]:
    """The transitions that fewer take than elsewhere or before."""
    drops = [one for one in answer["items"] if one["kind"] == "drop_off"]
    return [one for one in drops if one["explanation"]["code"] != "drop_off_lowest"]
