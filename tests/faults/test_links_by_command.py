"""Links made from the command line."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from fastapi import FastAPI

from service.domain.signing import read
from service.settings import Settings
from tests.faults.conftest import Say
from tests.make import Client, journey

BARE = {"Authorization": ""}
NOBODY = "0" * 31 + "7"


def opens(link: str, ahead: timedelta, settings: Settings) -> bool:
    """Whether a link opens its path so much later than now."""
    parts = urlsplit(link)
    when = datetime.now(UTC) + ahead
    read_as = read(parts.path, dict(parse_qsl(parts.query)), settings.signing_key)
    return read_as is not None and read_as.opens(when)


async def test_a_link_opens_its_map_until_it_expires(
    say: Say, client: Client, app: FastAPI, settings: Settings
) -> None:
    _, founded, _ = await say("create-workspace", "--name", "Ours")
    async with Client.entering(app, founded) as ours:
        which = (await ours.made("/v1/journeys", journey(1, 2)))["id"]
    asked = ("link", "--workspace", json.loads(founded)["id"], which)
    code, out, _ = await say(*asked, signing_key=settings.signing_key)
    link = out.strip()
    assert (code, link.startswith(f"/v1/journeys/{which}/emotion-curve?format=svg&")) == (0, True)
    answer = await client.get(link, headers=BARE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert opens(link, timedelta(days=7, minutes=-1), settings)
    assert not opens(link, timedelta(days=7), settings)
    base = "https://maps.example"
    _, out, _ = await say(*asked, "--for", "1h", "--format", "csv", "--url", f"{base}/")
    assert out.startswith(f"{base}/v1/journeys/{which}/")
    short = out.strip().removeprefix(base)
    answer = await client.get(short, headers=BARE)
    assert (answer.status_code, answer.headers["content-type"][:8]) == (200, "text/csv")
    assert opens(short, timedelta(minutes=59), settings)
    assert not opens(short, timedelta(hours=1), settings)


async def test_a_link_that_cannot_be_made_is_refused_in_a_sentence(
    say: Say, client: Client, settings: Settings
) -> None:
    _, founded, _ = await say("create-workspace", "--name", "Ours")
    workspace = json.loads(founded)["id"]
    theirs = (await client.made("/v1/journeys", journey(1, 1)))["id"]
    key = settings.signing_key
    for workspace_id, which, more, secret, said in (
        (workspace, theirs, (), key, f"no journey {theirs}"),
        (NOBODY, theirs, (), key, "no workspace"),
        (workspace, theirs, ("--for", "91d"), key, "at most 90d"),
        (workspace, theirs, ("--format", "gif"), key, "--format is one of svg"),
        (workspace, theirs, (), "short", "fewer than 16 characters"),
        (workspace, theirs, (), "", "It is not set"),
    ):
        asked = ("link", "--workspace", workspace_id, which, *more)
        code, out, err = await say(*asked, signing_key=secret)
        assert (code, out, said in err) == (1, "", True), err
