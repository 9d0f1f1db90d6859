"""What clients are given: a service at an address, a key, and the sample to look at."""

import json

import pytest

from service import sample
from service.database import Database
from service.domain.work import Caller


@pytest.fixture
def key(workspace: Caller) -> str:
    """A key for the test's workspace."""
    assert workspace.request_id
    found: str = json.loads(workspace.request_id)["key"]
    return found


@pytest.fixture
async def sampled(database: Database, workspace: Caller) -> Caller:
    """The test's workspace, with the sample in it."""
    async with database.write(workspace) as work:
        await sample.load(work)
    return workspace
