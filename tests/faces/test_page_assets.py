"""The pages for browsers: what they consist of, how it is sent, and that it is what was built."""

import gzip
import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.house.source import ROOT
from tests.make import Client

SOURCES = ROOT / "pages"
BUILT = ROOT / "service/api/pages/built"
PAGES = ["/docs", "/graphql"]
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Authorization": ""}
MEDIA = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
}
ASSETS = sorted(path.name.removesuffix(".gz") for path in BUILT.glob("*.gz"))


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_names_nothing_from_elsewhere(client: Client, page: str) -> None:
    answer = await client.get(page, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    named = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    assert len([name for name in named if name.startswith("/assets/")]) == 3
    for name in named:
        assert (await client.get(name)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_runs_scripts_of_the_service_and_no_others(client: Client, page: str) -> None:
    answer = await client.get(page, headers=BROWSER)
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["worker-src"] == policy["connect-src"] == "'self'"
    assert "unsafe-eval" not in str(policy)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=", answer.text)


@pytest.mark.parametrize("name", ASSETS)
async def test_an_asset_is_sent_packed_and_kept(client: Client, name: str) -> None:
    packed = await client.get(f"/assets/{name}", headers={"Accept-Encoding": "br, gzip"})
    assert packed.status_code == 200
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str((BUILT / f"{name}.gz").stat().st_size)
    assert packed.headers["content-type"] == MEDIA[name.rpartition(".")[2]]
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["vary"] == "Accept-Encoding"
    plain = await client.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content == gzip.decompress((BUILT / f"{name}.gz").read_bytes())


@pytest.mark.parametrize("name", ["docs.js", "docs.html", "made-from.json", "..%2f__init__.py", ""])
async def test_nothing_else_is_sent(client: Client, name: str) -> None:
    answer = await client.get(f"/assets/{name}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_such_route"


def test_what_is_built_is_built_of_what_is_here() -> None:
    """Of these sources, and of the packages that the lock file names."""
    assert made_from()["sources"] == {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in SOURCES.iterdir()
        if path.is_file()
    }, "run `make pages`"
    locked: dict[str, set[str]] = {}
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    for path, package in lock["packages"].items():
        locked.setdefault(path.rpartition("node_modules/")[2], set()).add(package.get("version"))
    assert {"graphiql", "graphql", "react", "swagger-ui"} <= set(made_from()["packages"])
    for name, versions in made_from()["packages"].items():
        assert set(versions) <= locked[name]


def test_the_licence_of_every_package_is_beside_what_is_built() -> None:
    text = (BUILT / "LICENCES.txt").read_text()
    for name, versions in made_from()["packages"].items():
        for version in versions:
            assert re.search(rf"^{re.escape(f'{name} {version}')} \(.+\)$", text, re.MULTILINE)


def test_a_wheel_holds_the_pages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", tmp_path], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = {Path(name).name for name in ZipFile(wheel).namelist() if "api/pages/built" in name}
    assert inside == {path.name for path in BUILT.iterdir()}


def made_from() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BUILT / "made-from.json").read_text())
    return found


async def test_the_bare_address_leads_to_the_reference(client: Client) -> None:
    answer = await client.get("/", follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/docs")
