"""What the examples that load an export share: rows with their place, the service, a report."""

import argparse
import csv
import gzip
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

import httpx

Json = dict[str, Any]

AT_ONCE = 1_000
"""Contacts in one request."""
LARGEST = 400_000
"""Bytes of events in one request; the service takes 576 KiB."""
ATTEMPTS = 6
IDENTIFIERS = 50
"""Identifiers in one item."""


class Refused(Exception):
    """A row that cannot be loaded; the message says why."""


@dataclass(frozen=True)
class Row:
    """A row of a file: where it stands, what names it, and its cells."""

    file: str
    line: int
    name: str
    cells: Mapping[str, str]


@dataclass
class Report:
    """What became of the rows, row by row where something was wrong."""

    read: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    looked_up: set[str] = field(default_factory=set)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: dict[tuple[str, str], dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _turn: Lock = field(default_factory=Lock)

    def reject(self, row: Row, reason: str) -> None:
        """Name a row that is not loaded."""
        with self._turn:
            self.rejected[row.file] += 1
            print(f"{row.file}:{row.line}: {row.name}: {reason}")

    def note(self, row: Row, what: str, which: str) -> None:
        """Keep something that was loaded all the same, but should be known."""
        self.notes[row.file, what][which] = None

    def came(self, kind: str, outcome: str) -> None:
        """Count what the service did."""
        with self._turn:
            self.outcomes[kind, outcome] += 1

    def told(self) -> int:
        """Print the rest; 1 when a row was not loaded, else 0."""
        for (file, what), which in self.notes.items():
            print(f"{file}: {what}: {', '.join(which)}")
        for file, count in self.read.items():
            refused = self.rejected[file]
            how = "looked up" if file in self.looked_up else "taken"
            print(f"{file}: {count} rows, {count - refused} {how}, {refused} not")
        for kind in dict.fromkeys(kind for kind, _ in self.outcomes):
            found = [f"{n} {how}" for (one, how), n in self.outcomes.items() if one == kind]
            print(f"{kind}: {', '.join(found)}")
        if not any(how in CHANGES for _, how in self.outcomes):
            print("Nothing changed.")
        return 1 if self.rejected.total() else 0


CHANGES = {"created", "updated", "accepted", "archived", "merged", "withdrawn"}
"""What is a change; all else was so before, or was not taken."""


def rows(path: Path, names: Sequence[str], report: Report) -> Iterator[Row]:
    """The rows of a CSV file, gzip or not; those that do not fit its header are rejected.

    What names a row is the first of the columns `names` that it has.
    """
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text, strict=True)
        for cells in reader:
            report.read[path.name] += 1
            name = next((cells[one] for one in names if cells.get(one)), "?")
            within = sum(value.count("\n") for value in cells.values() if isinstance(value, str))
            row = Row(path.name, reader.line_num - within, name, cells)
            if None in cells or None in cells.values():
                report.reject(row, "has more or fewer cells than the header")
            else:
                yield row


class Service:
    """The service, asked again when no answer came or it said to come back later."""

    def __init__(self, client: httpx.Client, report: Report) -> None:
        self.client = client
        self.report = report

    def asked(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer; everything that is sent here may be sent twice."""
        for attempt in range(1, ATTEMPTS + 1):
            pause = 0.2 * 2**attempt
            try:
                answer = self.client.request(method, path, **request)
            except httpx.TransportError as error:
                if attempt == ATTEMPTS:
                    sys.exit(f"There is no answer from {self.client.base_url}: {error}")
            else:
                if answer.status_code in {401, 403}:
                    sys.exit(f"The key does not open this: {answer.json()['detail']}")
                if answer.status_code not in {429, 503} or attempt == ATTEMPTS:
                    return answer
                pause = float(answer.headers.get("Retry-After", pause))
            time.sleep(pause)
        raise AssertionError("the last attempt answers or ends")

    def got(self, method: str, path: str, **request: Any) -> Json:
        """What is answered. Raises `Refused` with what the service has against it."""
        answer = self.asked(method, path, **request)
        if answer.is_error:
            raise Refused(problem(answer))
        found: Json = answer.json()
        return found

    def lines(self, path: str, **query: Any) -> Iterator[Json]:
        """Every row of a list, line by line."""
        headers = {"Accept": "application/x-ndjson"}
        with self.client.stream("GET", path, params=query, headers=headers) as answer:
            if answer.is_error:
                answer.read()
                sys.exit(problem(answer))
            for line in answer.iter_lines():
                found = json.loads(line)
                if found.keys() != {"next"}:
                    yield found

    def upserted(self, items: Sequence[tuple[Row, Json]]) -> dict[str, str]:
        """Make or change contacts. What each row's contact has for an id, by the row's name."""
        found: dict[str, str] = {}
        split = [(row, part) for row, item in items for part in parts(item)]
        done = 0
        for group in grouped(split):
            body = {"items": [item for _, item in group]}
            answer = self.got("POST", "/v1/contacts/batch/upsert", json=body)
            for (row, _), came in zip(group, answer["items"], strict=True):
                self.report.came("contacts", came["outcome"])
                if came["errors"]:
                    self.report.reject(row, "; ".join(said(came["errors"])))
                else:
                    found[row.name] = came["id"]
            done += len(group)
            shown("contacts", done, len(split))
        return found

    def tracked(self, messages: Sequence[tuple[Row, Json]]) -> None:
        """Send events; each counts once, by its `messageId`."""
        done = 0
        for group in bodies(messages):
            body = {"batch": [message for _, message in group]}
            answer = self.got("POST", "/v1/batch", params={"outcomes": "true"}, json=body)
            for came in answer["outcomes"]:
                self.report.came("events", came["outcome"])
                if came["outcome"] not in {"accepted", "duplicate"}:
                    why = came.get("detail") or "of somebody who was erased"
                    self.report.reject(group[came["index"]][0], f"{came['outcome']}: {why}")
            done += len(group)
            shown("events", done, len(messages))

    def known(self, kind: str, source: str) -> dict[str, Json]:
        """All resources that have a name of this source, by that name."""
        return {
            name["id"]: one
            for one in self.lines(f"/v1/{kind}")
            for name in one["external_ids"]
            if name["source"] == source
        }

    def synced(
        self, kind: str, source: str, name: str, body: Json, known: Mapping[str, Json]
    ) -> Json:
        """The resource of a name, once it has these members; traits are added to others'.

        Raises `Refused` with what the service has against it.
        """
        path = f"/v1/{kind}/by-external-id/{quote(source, safe='')}/{quote(name, safe='')}"
        found = known.get(name)
        if found is None:
            made = self.got("PUT", path, json=body)
            self.report.came(kind, "created")
            return made
        changes = {name: value for name, value in body.items() if not holds(found, name, value)}
        made = self.got("PATCH", path, json=changes) if changes else found
        self.report.came(kind, "updated" if changes else "unchanged")
        return made


def holds(found: Json, name: str, value: Any) -> bool:
    """Whether a member is as it shall be; of traits, those that are named."""
    if name == "traits":
        held = found[name]
        return all(held.get(trait) == one for trait, one in value.items())
    return bool(found[name] == value)


def grouped(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many at once as the service takes."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def parts(item: Json) -> Iterator[Json]:
    """An item with more identifiers than fit, as several of the same contact."""
    first, *rest = item["identifiers"]
    yield {**item, "identifiers": [first, *rest[: IDENTIFIERS - 1]]}
    for start in range(IDENTIFIERS - 1, len(rest), IDENTIFIERS - 1):
        yield {"identifiers": [first, *rest[start : start + IDENTIFIERS - 1]]}


def bodies(messages: Sequence[tuple[Row, Json]]) -> Iterator[list[tuple[Row, Json]]]:
    """The messages, as many at once as fit."""
    group: list[tuple[Row, Json]] = []
    size = 0
    for one in messages:
        length = len(json.dumps(one[1]))
        if group and size + length > LARGEST:
            yield group
            group, size = [], 0
        group.append(one)
        size += length
    if group:
        yield group


def problem(answer: httpx.Response) -> str:
    """What the service has against it."""
    found = answer.json()
    return "; ".join([found["detail"], *said(found.get("errors", []))])


def said(errors: Sequence[Json]) -> list[str]:
    """The first offending members, in words."""
    return [f"{one['pointer']} {one['detail']}" for one in errors[:5]]


def shown(what: str, done: int, of: int) -> None:
    """How far it is, on standard error; to a file only when it is done."""
    if done == of or sys.stderr.isatty():
        end = "\n" if done == of else ""
        print(f"\r{what}: {done} of {of}", end=end, file=sys.stderr, flush=True)


def run(
    words: str,
    load: Callable[[argparse.Namespace, Service, Report], None],
    more: Callable[[argparse.ArgumentParser], object] | None = None,
) -> int:
    """Read the command line, load, and tell; 1 when a row was not loaded."""
    parser = argparse.ArgumentParser(description=words.partition("\n")[0])
    parser.add_argument("path", type=Path, help="the export")
    parser.add_argument("--url", default=os.environ.get("WAYPOST_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--key", default=os.environ.get("WAYPOST_KEY"))
    if more is not None:
        more(parser)
    given = parser.parse_args()
    if not given.key:
        parser.error("a key is needed (--key or WAYPOST_KEY)")
    if not given.path.exists():
        parser.error(f"there is no {given.path}")
    report = Report()
    headers = {"Authorization": f"Bearer {given.key}"}
    with httpx.Client(base_url=given.url, headers=headers, timeout=120) as client:
        try:
            load(given, Service(client, report), report)
        except (Refused, OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
            print(f"{given.path}: cannot be loaded: {error}")
            return 1
    return report.told()
