"""What the tests of the faces share."""

from collections.abc import AsyncIterator

import pytest

from tests.make import Client

STORED = ("/v1/journeys", "/v1/personas", "/v1/profiles", "/v1/touchpoints")


@pytest.fixture
async def empty(client: Client) -> AsyncIterator[Client]:
    """A client of a workspace that is as empty afterwards as it was before."""
    yield client
    for path in STORED:
        page = await client.got(path, params={"count": True})
        assert page["total"] == 0, f"something is stored under {path}"
    own = await client.got("/v1/profile-attributes", params={"limit": 200})
    assert all(row["built_in"] for row in own["items"])
