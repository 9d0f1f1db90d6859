"""The example that loads the log of a web server, on lines that have the quirks of logs."""

from pathlib import Path

from tests.clients.exported import lines, load
from tests.conftest import Served
from tests.make import Client

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 Mobile"
HEAD = "h1 - - [17/May/2015:10:05:37 +0200]"
LOG = [
    f'{HEAD} "GET /blog/a?q=%E5%AE%A2 HTTP/1.1" 200 10 "http://example.org/" "{PHONE}"',
    f'{HEAD} "GET /blog/a?q=%E5%AE%A2 HTTP/1.1" 200 10 "http://example.org/" "{PHONE}"',
    f'{HEAD} "GET //favicon.ico HTTP/1.1" 304 - "-" "-"',
    f'{HEAD} "GET / HTTP/1.1" 404 10 "-" "a \\"quoted\\" agent"',
    f'{HEAD} "GET /?flav=rss20 HTTP/1.1" 200 10 "-" "Feeds/1.0"',
    f'{HEAD} "GET /scripts HTTP/1.1" 200 10 "-" "no end',
    'h2 - - [31/Feb/2015:10:05:37 +0200] "GET / HTTP/1.1" 200 10 "-" "-"',
    'h2 - - [17/May/2015:10:05:37 +0000] "-" 400 0 "-" "-"',
]


async def test_lines_become_events_and_what_is_none_is_named(
    served: Served, client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "access.log"
    file.write_text("\n".join(LOG))
    code, said = load(served, client, "access_log.py", file)
    assert (code, said[-1]) == (1, "events: 6 accepted")
    assert [line.rpartition(": ")[2] for line in said[:2]] == [
        "is no line of the Combined Log Format",
        "'31/Feb/2015:10:05:37 +0200' is no time",
    ]
    found = await lines(client, "/v1/events")
    assert [one["event"] for one in found] == [
        *("view_blog", "view_blog", "asset", "error", "feed", "error")
    ]
    assert found[0]["timestamp"] == "2015-05-17T08:05:37+00:00"
    assert found[0]["device"] == "mobile"
    assert found[0]["properties"]["path"] == "/blog/a?q=%E5%AE%A2"
    assert "h1" not in found[0]["user_id"]
    assert len({one["user_id"] for one in found}) == 5
    assert load(served, client, "access_log.py", file)[1][-1] == "Nothing changed."
