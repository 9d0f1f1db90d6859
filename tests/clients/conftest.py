"""What clients are given: a service, a key, the sample, and other people's tools."""

import os
import shutil
import subprocess
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from service import sample
from service.database import Database
from service.domain.work import Caller
from tests.house.source import ROOT

FOLDER = ROOT / "tests" / "clients"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


@pytest.fixture(scope="session")
def clients() -> Path:
    """The folder in which they are installed. Only where Node is missing are its tests skipped."""
    if shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("continuous integration needs Node, and there is no npm", pytrace=False)
        pytest.skip("npm is not installed; continuous integration has it")
    lock = (FOLDER / "package-lock.json").read_bytes()
    installed = FOLDER / "node_modules" / ".installed"
    # Another process of the suite may be at it.
    with (FOLDER / "package.json").open() as turn:
        flock(turn, LOCK_EX)
        if not installed.exists() or installed.read_bytes() != lock:
            command = ["npm", "ci"]
            ran = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, ran.stderr
            installed.write_bytes(lock)
    return FOLDER


@pytest.fixture
async def sampled(database: Database, workspace: Caller) -> Caller:
    """The test's workspace, with the sample in it."""
    async with database.write(workspace) as work:
        await sample.load(work)
    return workspace
