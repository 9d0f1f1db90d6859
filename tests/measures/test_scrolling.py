"""Whose report of scrolling is of which page view, over HTTP; and what is read for it."""

from typing import Any

from service.database import Database
from service.domain.filters import SELECTIONS, parse_selection
from service.domain.histories import Asked, histories
from service.domain.work import Caller
from tests.make import Client
from tests.measures.doing import Json, did, kpi, share

Event = tuple[str, str, str, Json]


def view(user: str, time: str, which: Any = None) -> Event:
    return user, f"2026-05-{time}Z", "page", {} if which is None else {"page_view_id": which}


def report(user: str, time: str, which: Any, depth: float) -> Event:
    return user, f"2026-05-{time}Z", "Page Scrolled", {"page_view_id": which, "depth": depth}


async def test_a_report_counts_for_a_day_behind_its_view(client: Client) -> None:
    await did(
        client,
        view("u", "01T10:00:00", "on the day"),
        report("u", "02T10:00:00", "on the day", 70),
        view("u", "01T11:00:00", "late"),
        report("u", "02T11:00:01", "late", 70),
        report("u", "01T11:59:59", "early", 70),
        view("u", "01T12:00:00", "early"),
    )
    range_ = {"from_": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    whole = {"from_": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
    for asked in (range_, whole):
        found = await kpi(client, "scroll_rate", **asked)
        assert share(found) == (1, 1)
        assert found["excluded"] == [{"reason": "no_report", "count": 2}]


async def test_a_report_is_of_its_own_persons_view(client: Client) -> None:
    await did(
        client, view("u", "01T10:00:00", 1), view("v", "01T10:00:00", 1), view("w", "01T10:00:00")
    )
    message = "w 2026-05-01T10:00:00Z page 2"
    await did(client, report("v", "01T10:00:01", 1, 70), report("w", "01T10:00:01", message, 20))
    found = await kpi(client, "scroll_rate")
    assert share(found) == (1, 2)
    assert found["excluded"] == [{"reason": "no_report", "count": 1}]
    # Somebody else's message is nobody's view.
    await did(client, report("u", "01T10:00:02", message, 70))
    assert share(await kpi(client, "scroll_rate")) == (1, 2)


async def test_a_report_is_of_the_last_view_before_it_with_that_id(client: Client) -> None:
    await did(
        client,
        view("u", "01T10:00:00", "home"),
        report("u", "01T10:00:05", "home", 20),
        view("u", "01T10:01:00", "home"),
        report("u", "01T10:01:00", "home", 70),
        report("u", "01T10:01:01", "home", 30),
        view("u", "01T10:02:00", "home"),
    )
    found = await kpi(client, "scroll_rate")
    assert share(found) == (1, 2)
    assert found["excluded"] == [{"reason": "no_report", "count": 1}]


async def test_at_the_same_time_a_report_is_of_a_view_before_it_in_the_path(client: Client) -> None:
    time = "01T10:00:00"
    await did(client, report("u", time, "v", 90), view("u", time, "v"))
    found = await kpi(client, "scroll_rate")
    assert (share(found), found["excluded"]) == ((0, 0), [{"reason": "no_report", "count": 1}])
    await did(client, view("w", time, "v"), report("w", time, "v", 90))
    assert share(await kpi(client, "scroll_rate")) == (1, 1)


async def test_of_all_messages_ids_those_alone_are_read_that_reports_name(
    client: Client, workspace: Caller, database: Database
) -> None:
    await did(client, *(view("u", f"01T10:00:0{n}") for n in range(5)))
    message = "u 2026-05-01T10:00:03Z page 3"
    await did(client, report("u", "01T10:00:09", message, 70))
    asked = Asked(
        only=parse_selection({"field": "timestamp", "op": "exists", "value": True}, SELECTIONS),
        fields=["properties.page_view_id", "message_id"],
        among={"message_id": "properties.page_view_id"},
    )
    async with database.write(workspace) as work:
        column = (await histories(work, asked)).columns["message_id"]
    assert column.words == [message]
    assert column.codes.tolist() == [-1, -1, -1, 0, -1, -1]
    found = await kpi(client, "scroll_rate", breakdown=["message_id"])
    assert share(found) == (1, 1)
    assert len(found["breakdown"]) == 6
