"""Load the log of a web server (Combined Log Format) as events, by the public API alone.

    .venv/bin/python examples/access_log.py access.log.gz --key wp_…

or with WAYPOST_URL and WAYPOST_KEY in the environment. It needs httpx and nothing else. A visitor
is a host with a user agent. Lines that are none of the format are named; a second run changes
nothing and says so. docs/crm.md tells which line becomes what.
"""

import argparse
import gzip
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from exports import Json, Refused, Report, Row, Service, run

QUOTED = r'"((?:[^"\\]|\\.)*)"'
LINE = re.compile(
    rf"(\S+) \S+ \S+ \[([^\]]+)\] {QUOTED} (\d{{3}}) (\d+|-) {QUOTED} {QUOTED}\s*", re.ASCII
)
TIME = "%d/%b/%Y:%H:%M:%S %z"
ASSET = re.compile(r"\.(png|jpe?g|gif|ico|svg|webp|css|js|swf|woff2?|ttf|eot|otf)$", re.IGNORECASE)
FEED = re.compile(r"\.(rss|rdf|xml|atom)$|/feed/?$", re.IGNORECASE)
DOWNLOAD = re.compile(
    r"\.(zip|t?gz|bz2|xz|tar|rpm|deb|jar|pdf|exe|msi|iso|dmg|mp[34])$", re.IGNORECASE
)
SECTIONS = {"blog", "projects", "articles", "presentations", "scripts", "misc", "files", "home"}


def load(given: argparse.Namespace, service: Service, report: Report) -> None:
    """Every line as an event of its visitor."""
    service.tracked(list(events(given.path, report)))


def events(path: Path, report: Report) -> Iterator[tuple[Row, Json]]:
    """The events of a file; lines that are none are rejected."""
    opened = gzip.open if path.suffix == ".gz" else open
    seen: Counter[str] = Counter()
    with opened(path, "rt", encoding="utf-8", errors="replace", newline="\n") as text:
        for number, line in enumerate(text, 1):
            row = Row(path.name, number, line[:60].strip(), {})
            report.read[path.name] += 1
            # The same line again is the same request again: both count.
            name = digest(line)
            seen[name] += 1
            try:
                yield row, event(line, f"{name}-{seen[name]}")
            except Refused as error:
                report.reject(row, str(error))


def digest(text: str) -> str:
    """What stands for a text, where the text itself is nobody's business."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def event(line: str, message_id: str) -> Json:
    """A line as a message of the tracking protocol. Raises `Refused`."""
    found = LINE.fullmatch(line)
    if found is None:
        raise Refused("is no line of the Combined Log Format")
    host, time, request, status, size, referrer, agent = found.groups()
    method, _, rest = request.partition(" ")
    path = rest.rpartition(" ")[0] or rest
    try:
        at = datetime.strptime(time, TIME)
    except ValueError as error:
        raise Refused(f"{time!r} is no time") from error
    properties = {"path": path, "method": method, "status": int(status)}
    properties["bytes"] = 0 if size == "-" else int(size)
    if referrer not in ("", "-"):
        properties["referrer"] = referrer
    return {
        **{"type": "track", "event": kind(path, int(status)), "timestamp": at.isoformat()},
        **{"userId": f"visitor:{digest(f'{host} {agent}')}", "messageId": message_id},
        "properties": properties,
        # From it the service knows the device, and robots.
        "context": {} if agent in ("", "-") else {"userAgent": agent},
    }


def kind(target: str, status: int) -> str:
    """What was asked for: an error, or robots, a feed, a file; else a view of a part."""
    path, _, query = target.partition("?")
    section = path.strip("/").partition("/")[0] or "home"
    kinds = {
        "error": status >= 400,
        "robots": path == "/robots.txt",
        "feed": "flav=" in query or FEED.search(path),
        "asset": ASSET.search(path),
        "download": DOWNLOAD.search(path),
        f"view_{section}": section in SECTIONS,
    }
    return next((name for name, holds in kinds.items() if holds), "view_other")


if __name__ == "__main__":
    sys.exit(run(__doc__ or "", load))
