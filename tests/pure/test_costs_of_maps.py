"""Costs of maps against a plain sum, day by day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from service.domain.insights.outlay.outlay import (
    Action,
    Activity,
    Amount,
    Item,
    Outlay,
    Within,
    costs_of,
)


def plain(outlay: Outlay, days: tuple[date, date]) -> dict[str, Decimal]:
    """What is spent in whole days, day by day."""
    sums: dict[str, Decimal] = {}
    day = days[0]
    while day < days[1]:
        for one in outlay.activities:
            first, last = one.starts_on or one.ends_on, one.ends_on or one.starts_on
            if one.cost and first and last and first <= day <= last:
                part = one.cost.amount / ((last - first).days + 1)
                sums[one.cost.currency] = sums.get(one.cost.currency, Decimal(0)) + part
        for item in outlay.content:
            if item.cost and item.published_on == day:
                sums[item.cost.currency] = (
                    sums.get(item.cost.currency, Decimal(0)) + item.cost.amount
                )
        for act in outlay.actions:
            if act.cost and act.due_on == day and act.status in ("doing", "done"):
                sums[act.cost.currency] = sums.get(act.cost.currency, Decimal(0)) + act.cost.amount
        day += timedelta(days=1)
    return {code: one.quantize(Decimal("0.001")) for code, one in sorted(sums.items()) if one}


@pytest.mark.parametrize("seed", range(20))
def test_costs_agree_with_a_plain_sum_of_days(seed: int) -> None:
    random = Random(seed)

    def day() -> date | None:
        return random.choice([None, *([date(2026, 5, 1) + timedelta(random.randrange(60))] * 5)])

    def cost() -> Amount | None:
        known = Amount(Decimal(random.randrange(1, 10_000)) / 7, random.choice(["EUR", "USD"]))
        return random.choice([None, known, known])

    activities = []
    for _ in range(6):
        first, last = day(), day()
        first, last = sorted((first, last)) if first and last else (first, last)  # type: ignore[type-var]
        activities.append(Activity(first, last, cost()))
    outlay = Outlay(
        activities,
        [Item(str(n), str(n), None, day(), cost()) for n in range(4)],
        [
            Action(str(n), "improve", random.choice(["idea", "doing", "done"]), day(), cost())
            for n in range(6)
        ],
    )
    zone = ZoneInfo("Europe/Vienna")
    days = (date(2026, 5, 10), date(2026, 6, 5))
    ends = [datetime(one.year, one.month, one.day, tzinfo=zone).astimezone(UTC) for one in days]
    found = costs_of(outlay, Within(ends[0], ends[1], zone, datetime(2027, 1, 1, tzinfo=UTC)))
    told = {code: one.quantize(Decimal("0.001")) for code, one in found.sums.items() if one}
    assert told == plain(outlay, days)
