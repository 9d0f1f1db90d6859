"""`waypost load-events`: a file of events, sent over HTTP as the tracking protocol.

CSV with a header line, or NDJSON, gzip or not. A mapping says which column is which member; what
is not mapped goes into `properties` under its own name. Rows without a `messageId` get one made of
the row and of how often the same row stood before it, so a load can be repeated: each row counts
once, and exact duplicates within one file stay in it.
"""

import argparse
import csv
import gzip
import io
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, TextIO

TOP = frozenset(
    {
        *("type", "messageId", "userId", "anonymousId", "previousId", "groupId"),
        *("event", "name", "timestamp", "sentAt", "channel"),
    }
)
"""Members of a message; what is mapped to another name is one of its properties."""
AT_ONCE = 16 * 1024 * 1024
"""Bytes of lines that are sent in one request."""
ROWS_AT_ONCE = 50_000
"""Rows that are, so that even what a slow key may send arrives before a body is due."""
TRIES = 6
_LONGEST_CELL = 1_000_000
_BUSY = frozenset({429, 503})


class LoadError(Exception):
    """The file cannot be loaded; the message says why."""


@dataclass(frozen=True)
class Columns:
    """Which column is which member, what each message has besides, which rows are meant, and which
    columns of a table hold JSON: numbers, true and false, lists.
    """

    columns: Mapping[str, str]
    fixed: Mapping[str, str]
    only: Mapping[str, str]
    json: frozenset[str] = frozenset()

    @property
    def named(self) -> set[str]:
        """The columns that a table must have."""
        return {*self.columns.values(), *self.only, *self.json}


@dataclass
class Counts:
    """What became of the rows."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    left_out: int = 0


@dataclass
class Naming:
    """Makes ids for rows that have none: the same for the same file, whenever it is loaded."""

    seen: Counter[bytes] = field(default_factory=Counter)

    def name(self, row: object) -> str:
        """An id made of the row and of how many like it came before."""
        text = json.dumps(row, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
        digest = blake2b(text, digest_size=16).digest()
        self.seen[digest] += 1
        return f"{digest.hex()}-{self.seen[digest]}"


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


def columns(given: argparse.Namespace) -> "Columns":
    """How the file is read. Raises `LoadError`."""
    typed = frozenset(one for text in given.json for one in text.split(",") if one)
    return Columns(pairs(given.map), pairs(given.set), pairs(given.only), typed)


def pairs(given: Sequence[str]) -> dict[str, str]:
    """`a=b,c=d`, given once or several times, as a mapping. Raises `LoadError`."""
    found: dict[str, str] = {}
    for one in (part for text in given for part in text.split(",") if part):
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise LoadError(f"{one} is not NAME=VALUE.")
        found[name] = value
    return found


def rows(path: Path, mapping: Columns) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The rows of a file, each with the line that it begins on; None for one that has more cells
    than the header has names.

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


def _read(
    text: TextIO, path: Path, mapping: Columns
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    names = path.name.lower().removesuffix(".gz")
    if names.endswith((".ndjson", ".jsonl", ".json")):
        for number, line in enumerate(text, 1):
            if line.strip():
                yield number, _object(line, number)
        return
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(text)
    if missing := sorted(mapping.named.difference(reader.fieldnames or ())):
        there = ", ".join(reader.fieldnames or ())
        raise LoadError(f"There is no column {', '.join(missing)}; there are {there}.")
    for row in reader:
        surplus = row.pop(None, None)
        kept = {name: value for name, value in row.items() if value}
        number = reader.line_num - sum(value.count("\n") for value in kept.values())
        yield number, None if surplus else _typed(kept, mapping.json, number)


def _typed(row: dict[str, Any], json_in: frozenset[str], number: int) -> dict[str, Any]:
    for column in json_in & row.keys():
        try:
            row[column] = json.loads(row[column])
        except ValueError as error:
            raise LoadError(f"Line {number}: {column} holds no JSON.") from error
    return row


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise LoadError(f"Line {number} is no JSON.") from error
    if not isinstance(found, dict):
        raise LoadError(f"Line {number} is no JSON object.")
    return found


def message(row: Mapping[str, Any], mapping: Columns, naming: Naming) -> dict[str, Any]:
    """A row as a message of the tracking protocol."""
    made: dict[str, Any] = {"type": "track"}
    given = row.get("properties")
    properties: dict[str, Any] = dict(given) if isinstance(given, dict) else {}
    used = set(mapping.columns.values())
    for name, column in mapping.columns.items():
        if (value := row.get(column)) not in (None, ""):
            (made if name in TOP else properties)[name] = value
    for name, value in row.items():
        if name in used or name == "properties":
            continue
        # An own column named as a member is that member, unless another was mapped to it.
        plain = name in TOP or name in ("context", "traits")
        (made if plain and name not in mapping.columns else properties).setdefault(name, value)
    for name, value in mapping.fixed.items():
        (made if name in TOP else properties)[name] = value
    if properties:
        made["properties"] = properties
    made.setdefault("messageId", naming.name(row))
    return made


def bodies(path: Path, mapping: Columns, counts: Counts) -> Iterator[tuple[list[int], bytes]]:
    """The messages of a file, a line each, in bodies of some size, with the lines of their rows."""
    naming, held, places, size = Naming(), list[bytes](), list[int](), 0
    for number, row in rows(path, mapping):
        if row is None:
            print(f"\r{path.name}:{number}: more cells than the header names", file=sys.stderr)
            counts.left_out += 1
            continue
        if any(row.get(column) != value for column, value in mapping.only.items()):
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
