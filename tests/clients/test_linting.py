"""The OpenAPI document as a linter sees it, and what keeps the linter's set-up honest."""

import json
import os
import re
import subprocess
from pathlib import Path

from service import contracts
from service.settings import Settings
from tests.clients.conftest import FOLDER, QUIET


def linted(clients: Path, document: Path) -> subprocess.CompletedProcess[str]:
    command = [str(clients / "node_modules" / ".bin" / "redocly"), "lint", str(document)]
    command += ["--config", str(clients / "redocly.yaml"), "--format", "stylish"]
    return subprocess.run(
        command, env=os.environ | QUIET, capture_output=True, text=True, check=False
    )


def test_the_contract_is_linted_clean(clients: Path, tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(contracts.all_of(Settings())["openapi.json"])
    ran = linted(clients, document)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not re.search(r"^\s+\d+:\d+", ran.stdout, re.MULTILINE), ran.stdout


def test_the_linter_finds_what_is_wrong(clients: Path, tmp_path: Path) -> None:
    contract = json.loads(contracts.all_of(Settings())["openapi.json"])
    create = contract["paths"]["/v1/journeys"]["post"]
    create["requestBody"]["content"]["application/json"]["example"] = {"title": 7}
    del contract["tags"], create["description"]
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(contract))
    ran = linted(clients, document)
    assert ran.returncode != 0
    for rule in (
        "no-invalid-media-type-examples",
        "operation-tag-defined",
        "operation-description",
    ):
        assert rule in ran.stdout, rule


def test_a_rule_that_is_off_says_why() -> None:
    lines = (FOLDER / "redocly.yaml").read_text().splitlines()
    off = [n for n, line in enumerate(lines) if re.search(r":\s*['\"]?off\b", line)]
    silent = [lines[n] for n in off if "telemetry" not in lines[n] and "# " not in lines[n - 1]]
    assert not silent


def test_what_is_installed_is_pinned_and_says_no_host() -> None:
    wanted = json.loads((FOLDER / "package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    packages = {path: one for path, one in lock["packages"].items() if path}
    assert all("resolved" not in one for one in packages.values())
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
