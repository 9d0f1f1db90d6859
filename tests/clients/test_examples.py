"""The examples, run as their README says, against the running service."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from service import sample
from tests.clients.node import needed, run
from tests.conftest import Served
from tests.house.source import ROOT
from tests.make import Client

EXAMPLES = ROOT / "examples"


class Lossy(BaseHTTPRequestHandler):
    """Passes requests on, and loses the first answer to each POST."""

    behind = ""
    lost: dict[str, str]

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {n: v for n, v in self.headers.items() if n.lower() not in {"host", "connection"}}
        url = f"{self.behind}{self.path}"
        answer = httpx.request(self.command, url, content=sent, headers=headers, timeout=60)
        key = self.headers.get("Idempotency-Key", "")
        if self.command == "POST" and key not in self.lost:
            self.lost[key] = self.path
            self.close_connection = True
            return
        self.send_response(answer.status_code)
        for name in {"content-type", "etag", "location"} & set(answer.headers):
            self.send_header(name, answer.headers[name])
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_POST = do_PATCH = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing: what is lost is what the test counts."""


@pytest.fixture
def lossy(served: Served) -> Iterator[type[Lossy]]:
    """A way to the service on which answers get lost."""
    handler = type("LossyHere", (Lossy,), {"behind": served.url, "lost": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.url = f"http://127.0.0.1:{server.server_address[1]}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield handler
        server.shutdown()
        thread.join()


def sync(url: str, key: str) -> list[str]:
    done = run(
        sys.executable, "examples/crm_sync.py", within=ROOT, WAYPOST_URL=url, WAYPOST_KEY=key
    )
    return done.splitlines()


async def test_the_crm_sync_changes_what_differs(served: Served, key: str, client: Client) -> None:
    assert sync(served.url, key) == [
        "profiles: Soon retired created",
        *(f"personas: {name} created" for name in ("Ann", "Ben", "Chris")),
    ]
    ben = await client.patch("/v1/personas/by-external-id/crm/4712", json={"goals": []})
    await client.made("/v1/personas", {"name": "Dana"})
    assert sync(served.url, key) == [
        "profiles: Soon retired unchanged",
        "personas: Ann unchanged",
        "personas: Ben updated",
        "personas: Chris unchanged",
        "personas: Dana is not in the CRM",
    ]
    again = await client.got(f"/v1/personas/{ben.json()['id']}")
    assert again["goals"] == ["leave the bank that never calls"]
    assert again["version"] == ben.json()["version"] + 1


async def test_the_crm_sync_makes_nothing_twice_when_answers_get_lost(
    lossy: type[Lossy], key: str, client: Client
) -> None:
    said = sync(lossy.url, key)  # type: ignore[attr-defined]
    assert sorted(lossy.lost.values()) == ["/v1/personas"] * 3 + ["/v1/profiles"]
    assert [line.rpartition(" ")[2] for line in said] == ["created"] * 4
    personas = await client.got("/v1/personas?count=true")
    assert personas["total"] == 3


@pytest.mark.usefixtures("sampled")
def test_the_frontend_query_draws_a_journey(served: Served, key: str) -> None:
    program = needed(shutil.which("node"), "node")
    command = (program, "examples/frontend_query.mjs")
    ours = {"WAYPOST_URL": served.url, "WAYPOST_KEY": key}
    named = run(*command, str(sample.JOURNEY), within=ROOT, **ours)
    assert named.startswith("From savings to income: finding a financial adviser\nwith ")
    assert "mean" in named
    assert "savings" in run(*command, within=ROOT, **ours)
    elsewhere = "0198c7f0-0000-7000-8000-0000000fffff"
    assert run(*command, elsewhere, within=ROOT, **ours) == "There is no such journey.\n"


async def test_curl_goes_from_nothing_to_a_curve(
    served: Served, key: str, client: Client, tmp_path: Path
) -> None:
    said = run(
        "examples/curl.sh", tmp_path, within=ROOT, WAYPOST_URL=served.url, WAYPOST_KEY=key
    ).splitlines()
    assert json.loads(said[0])["peak"]["rating"] == 2
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")
    assert (tmp_path / "map.mmd").read_text().startswith("journey")
    (journey,) = (await client.got("/v1/journeys"))["items"]
    assert journey["title"] == "Buying a bicycle"


async def test_the_file_of_visits_loads_as_documented(
    served: Served, key: str, client: Client
) -> None:
    said = (ROOT / "docs" / "events.md").read_text()
    (command,) = re.findall(r"^waypost (load-events .*?)^```", said, re.DOTALL | re.M)
    given = command.replace("\\\n", " ").replace("$KEY", key)
    given = given.replace("http://localhost:8000", served.url)
    counts = json.loads(run(sys.executable, "-m", "service.cli", *shlex.split(given), within=ROOT))
    assert counts == {
        **{"rows": 19, "accepted": 19, "left_out": 1, "duplicates": 0, "quarantined": 0}
    }
    bought = (await client.got("/v1/events?event=Pair%20Bought"))["items"]
    assert [one["department"] for one in bought] == ["till"] * 4


@pytest.mark.parametrize(
    "command", [["examples/curl.sh"], [sys.executable, "examples/crm_sync.py"]]
)
def test_a_key_that_is_wrong_or_missing_is_said(served: Served, command: list[str]) -> None:
    environment = {n: v for n, v in os.environ.items() if n != "WAYPOST_KEY"}
    environment["WAYPOST_URL"] = served.url
    detail = httpx.get(f"{served.url}/v1/personas", headers={"Authorization": "Bearer wp_no"})
    for key, said in (({}, "WAYPOST_KEY"), ({"WAYPOST_KEY": "wp_no"}, detail.json()["detail"])):
        ran = subprocess.run(
            command, cwd=ROOT, env=environment | key, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 1
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr


def test_every_example_is_told_of() -> None:
    told = (EXAMPLES / "README.md").read_text()
    files = {path.name for path in EXAMPLES.iterdir() if path.is_file()} - {"README.md"}
    assert all(f"`{name}`" in told for name in files)
