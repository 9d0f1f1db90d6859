"""Keep profiles and personas in step with a CRM, under the CRM's own ids.

    WAYPOST_KEY=$(cat .waypost/dev-key) .venv/bin/python examples/crm_sync.py

Run it as often as you like: what is there already is changed only where it differs. It needs httpx
and nothing else; WAYPOST_URL names another service than http://127.0.0.1:8000.
"""

import os
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

Row = dict[str, Any]

# What the CRM would hand out: each row with its id there.
SEGMENTS: dict[str, Row] = {
    "seg-7": {"name": "Soon retired", "description": "Three years or less to go", "market": "b2c"},
}
BUYERS: dict[str, Row] = {
    "4711": {"name": "Ann", "role": "decider", "goals": ["know how much may be spent"]},
    "4712": {"name": "Ben", "role": "influencer", "goals": ["leave the bank that never calls"]},
    "4713": {"name": "Chris", "role": "user", "goals": ["one page that shows it all"]},
}
SOURCE = "crm"
ATTEMPTS = 5


def main() -> None:
    """Sync all rows, then list what the CRM does not know."""
    url = os.environ.get("WAYPOST_URL", "http://127.0.0.1:8000")
    key = os.environ.get("WAYPOST_KEY")
    if not key:
        sys.exit("WAYPOST_KEY is needed: the key of a workspace")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        for crm_id, row in SEGMENTS.items():
            profile = synced(client, "profiles", crm_id, row)
        for crm_id, row in BUYERS.items():
            synced(client, "personas", crm_id, row | {"profile_id": profile["id"]})
        for persona in listed(client, "/v1/personas", limit=2, sort="name"):
            ids = [one["id"] for one in persona["external_ids"] if one["source"] == SOURCE]
            if not set(ids) & set(BUYERS):
                print(f"personas: {persona['name']} is not in the CRM")


def synced(client: httpx.Client, kind: str, crm_id: str, row: Row) -> Row:
    """The resource as it is once it has the row's members; made when it is not there."""
    path = f"/v1/{kind}/by-external-id/{SOURCE}/{crm_id}"
    while True:
        found = asked(client, "GET", path)
        if found.status_code == 404:
            outcome, answer = "created", created(client, kind, crm_id, row)
        elif not (changes := {m: v for m, v in row.items() if found.json()[m] != v}):
            outcome, answer = "unchanged", found
        else:
            # Somebody may change it meanwhile: then 412, and we look at it once more.
            mine = {"If-Match": found.headers["ETag"]}
            outcome, answer = "updated", asked(client, "PATCH", path, json=changes, headers=mine)
        if answer.status_code != 412:
            document: Row = answer.raise_for_status().json()
            print(f"{kind}: {document['name']} {outcome}")
            return document


def created(client: httpx.Client, kind: str, crm_id: str, row: Row) -> httpx.Response:
    """Make it. Asked again with the same key, the service gives its first answer again."""
    body = row | {"external_ids": [{"source": SOURCE, "id": crm_id}]}
    key = {"Idempotency-Key": str(uuid4())}
    return asked(client, "POST", f"/v1/{kind}", json=body, headers=key)


def listed(client: httpx.Client, path: str, **query: Any) -> Iterator[Row]:
    """Every row of a list, page by page."""
    while True:
        page = asked(client, "GET", path, params=query).raise_for_status().json()
        yield from page["items"]
        if page["next"] is None:
            return
        query["after"] = page["next"]


def asked(client: httpx.Client, method: str, path: str, **request: Any) -> httpx.Response:
    """The answer; asked again when none came, or when the service says to come back later."""
    for attempt in range(1, ATTEMPTS + 1):
        pause = 0.2 * 2**attempt
        try:
            answer = client.request(method, path, **request)
        except httpx.TransportError:
            if attempt == ATTEMPTS:
                raise
        else:
            if answer.status_code in {401, 403}:
                sys.exit(f"WAYPOST_KEY does not open this: {answer.json()['detail']}")
            if not is_for_later(answer) or attempt == ATTEMPTS:
                return answer
            pause = float(answer.headers.get("Retry-After", pause))
        time.sleep(pause)
    raise AssertionError("the last attempt answers or raises")


def is_for_later(answer: httpx.Response) -> bool:
    """Too much at once, the database away, or the first try of this key not done yet."""
    if answer.status_code == 409:
        running: bool = answer.json()["code"] == "idempotency_key_running"
        return running
    return answer.status_code in {429, 503}


if __name__ == "__main__":
    main()
