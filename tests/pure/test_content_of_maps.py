"""Of very much content the latest is looked at, and how much is not is told."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from service.domain.insights.followed.telling_kpis import MOST_CONTENT, library
from service.domain.insights.outlay.outlay import Item, Outlay

UTC, FIRST = ZoneInfo("UTC"), date(2000, 1, 1)


def some(begin: int, end: int) -> Outlay:
    items = [Item(f"{n:05}", f"k{n}", None, FIRST + timedelta(days=n)) for n in range(begin, end)]
    return Outlay(content=[*items, Item(f"x{begin}", "undated")])


def test_of_all_maps_the_latest_items_are_looked_at() -> None:
    one, other = some(0, 4_000), some(3_000, 8_000)
    found = library([one, other], UTC)
    assert (len(found.items), found.more) == (MOST_CONTENT, 8_002 - MOST_CONTENT)
    assert found.items[0].published_on == FIRST + timedelta(days=7_999)
    known = {item.id for item in found.items}
    mine = library([one], UTC, known)
    assert ([item.id for item in mine.items][-1], len(mine.items)) == ("03000", 1_000)
    assert mine.more == 3_001


def test_little_content_is_looked_at_whole() -> None:
    found = library([some(0, 3)], UTC)
    assert [item.id for item in found.items] == ["00002", "00001", "00000", "x0"]
    assert found.more == 0
