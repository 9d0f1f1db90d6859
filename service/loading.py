"""`waypost load-events`: a file of events, sent over HTTP as the tracking protocol.

CSV with a header line, or NDJSON, gzip or not. A mapping says which column is which member of a
message, for both (`event_tables.Columns`).
"""

import argparse
import csv
import gzip
import io
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from service.domain.event_tables import (
    SURPLUS,
    Columns,
    HeaderError,
    Naming,
    Row,
    Table,
    message,
    pairs,
)

AT_ONCE = 16 * 1024 * 1024
"""Bytes of lines that are sent in one request."""
ROWS_AT_ONCE = 50_000
"""Rows that are, so that even what a slow key may send arrives before a body is due."""
TRIES = 6
_LONGEST_CELL = 1_000_000
_BUSY = frozenset({429, 503})


class LoadError(Exception):
    """The file cannot be loaded; the message says why."""


@dataclass
class Counts:
    """What became of the rows."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    left_out: int = 0


def options(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or NDJSON, gzip or not")
    parser.add_argument("--url", required=True, help="such as http://localhost:8000")
    parser.add_argument("--key", required=True, help="an API key with the scope events:write")
    said = "members and the columns that hold them: timestamp=time,event=activity,userId=case"
    parser.add_argument("--map", action="append", default=[], metavar="MEMBER=COLUMN", help=said)
    said = "members that every message has: type=page,channel=web"
    parser.add_argument("--set", action="append", default=[], metavar="MEMBER=VALUE", help=said)
    said = "leave out rows whose column holds anything else"
    parser.add_argument("--only", action="append", default=[], metavar="COLUMN=VALUE", help=said)
    said = "columns of a table that hold JSON, such as numbers: value,quantity; others are texts"
    parser.add_argument("--json", action="append", default=[], metavar="COLUMN", help=said)


def load_events(given: argparse.Namespace) -> int:
    """Send a file of events (CSV or NDJSON, gzip or not) to a service; again, to go on."""
    print(told(load(given.file, columns(given), given.url, given.key)))
    return 0


def columns(given: argparse.Namespace) -> Columns:
    """How the file is read. Raises `LoadError`."""
    typed = frozenset(one for text in given.json for one in text.split(",") if one)
    try:
        return Columns(pairs(given.map), pairs(given.set), pairs(given.only), typed)
    except ValueError as error:
        raise LoadError(str(error)) from error


def rows(path: Path, mapping: Columns) -> Iterator[Row]:
    """The rows of a file.

    Raises `LoadError` for what is neither CSV nor NDJSON, and for a table without a column that is
    mapped.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        opened: Any = gzip.open if packed else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
            yield from _read(text, path, mapping)
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        raise LoadError(f"{path} cannot be read: {error}") from error
    except HeaderError as error:
        raise LoadError(str(error)) from error


def _read(text: TextIO, path: Path, mapping: Columns) -> Iterator[Row]:
    names = path.name.lower().removesuffix(".gz")
    if names.endswith((".ndjson", ".jsonl", ".json")):
        for number, line in enumerate(text, 1):
            if line.strip():
                yield Row(number, _object(line, number))
        return
    csv.field_size_limit(_LONGEST_CELL)
    yield from Table(mapping).rows(text, last=True)


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise LoadError(f"Line {number} is no JSON.") from error
    if not isinstance(found, dict):
        raise LoadError(f"Line {number} is no JSON object.")
    return found


def bodies(path: Path, mapping: Columns, counts: Counts) -> Iterator[tuple[list[int], bytes]]:
    """The messages of a file, a line each, in bodies of some size, with the lines of their rows."""
    naming, held, places, size = Naming(), list[bytes](), list[int](), 0
    for number, row, wrong in rows(path, mapping):
        if wrong is not None:
            code, said, _ = wrong
            if code != SURPLUS:
                raise LoadError(f"Line {number}: {said}.")
            print(f"\r{path.name}:{number}: {said}", file=sys.stderr)
        if wrong is not None or not mapping.is_meant(row):
            counts.left_out += 1
            continue
        line = json.dumps(message(row, mapping, naming)).encode() + b"\n"
        counts.rows += 1
        held.append(line)
        places.append(number)
        size += len(line)
        if size >= AT_ONCE or len(held) >= ROWS_AT_ONCE:
            yield places, b"".join(held)
            held, places, size = [], [], 0
    if held:
        yield places, b"".join(held)


def load(path: Path, mapping: Columns, url: str, key: str) -> Counts:
    """Send a file, telling on standard error how far it is. Raises `LoadError`."""
    try:
        import httpx
    except ImportError as error:
        raise LoadError("This needs the extra `load`: pip install 'waypost[load]'.") from error
    counts = Counts()
    with httpx.Client(timeout=600) as client:
        for places, body in bodies(path, mapping, counts):
            told = _sent(client, f"{url.rstrip('/')}/v1/events", body, key)
            for name in ("accepted", "duplicates", "quarantined"):
                setattr(counts, name, getattr(counts, name) + told[name])
            print(f"\r{counts.rows} rows", end="", file=sys.stderr, flush=True)
            for one in told.get("rejected", ()):
                place = places[one["index"]]
                said = f"{path.name}:{place}: {one['code']}: {one.get('detail') or ''}"
                print(f"\r{said.rstrip(': ')}", file=sys.stderr)
    print(file=sys.stderr)
    return counts


def _sent(client: Any, url: str, body: bytes, key: str) -> dict[str, Any]:
    import httpx

    headers = {"Authorization": f"Bearer {key}", "Content-Encoding": "gzip"}
    headers["Content-Type"] = "application/x-ndjson"
    packed = gzip.compress(body, 6, mtime=0)
    said = "no answer"
    for attempt in range(TRIES):
        try:
            answer = client.post(url, content=packed, headers=headers)
        except httpx.TransportError as error:
            said, wait = str(error) or type(error).__name__, 2.0**attempt
        else:
            if answer.status_code == 200:
                told: dict[str, Any] = answer.json()
                return told
            said = answer.text[:500]
            if answer.status_code not in _BUSY:
                break
            wait = float(answer.headers.get("retry-after", 2))
        time.sleep(wait)
    raise LoadError(f"Not all could be sent; load the file again to go on. {said}")


def told(counts: Counts) -> str:
    """What became of the rows, as one JSON object."""
    out = io.StringIO()
    json.dump(vars(counts), out)
    return out.getvalue()
