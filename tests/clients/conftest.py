"""Other people's tools, installed from the lock file beside this one, once and when it changes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

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
    if not installed.exists() or installed.read_bytes() != lock:
        ran = subprocess.run(["npm", "ci"], cwd=FOLDER, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        installed.write_bytes(lock)
    return FOLDER
