"""Published data with reference figures, where they are at hand."""

import csv
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT

DATA = Path(os.environ.get("WAYPOST_TEST_DATA") or ROOT.parent / "shared" / "data")
"""Beside the checkout, unless another folder is named."""
needs_data = pytest.mark.skipif(not DATA.exists(), reason="WAYPOST_TEST_DATA names no folder")


def figures(name: str, file: str) -> dict[str, Any]:
    """The reference figures of a folder."""
    found: dict[str, Any] = json.loads((DATA / name / file).read_text())["figures"]
    return found


def table(name: str, file: str) -> list[dict[str, str]]:
    """The rows of a table that is given as a reference."""
    with gzip.open(DATA / name / file, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
