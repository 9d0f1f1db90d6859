"""Windows of KPIs, what is too young to be judged, and attempts: by hand, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.make import Client
from tests.measures.doing import Json, did, kpi, share


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_a_checkout_is_abandoned_in_its_session_or_within_a_day(client: Client) -> None:
    await did(
        client,
        ("u", "2026-05-01T10:00:00Z", "Checkout Started"),
        ("u", "2026-05-02T10:00:00Z", "Order Completed"),
        ("v", "2026-05-01T10:00:00Z", "Checkout Started"),
        ("v", "2026-05-02T10:00:01Z", "Order Completed"),
    )
    assert share(await kpi(client, "checkout_abandonment_rate")) == (2, 2)

    async def of_contacts(**more: Any) -> tuple[int, int]:
        parameters = {"unit": "contact", **more}
        body = {"to": "2026-05-02T00:00:00Z", "parameters": parameters}
        return share(await kpi(client, "checkout_abandonment_rate", **body))

    # An order within the window counts behind the range too; without a window the range is all.
    assert await of_contacts() == (1, 2)
    assert await of_contacts(window_seconds=86_401) == (0, 2)
    assert await of_contacts(window_seconds=None) == (2, 2)


@pytest.mark.parametrize("window", [7_200, None])
async def test_attempts_are_those_of_funnels_whatever_the_range(
    client: Client, window: int | None
) -> None:
    times = ["01T23:00", "02T00:30", "02T01:30", "02T02:00", "02T09:00", "02T23:30"]
    await did(
        client,
        *(("u", f"2026-05-{time}:00Z", "page") for time in times),
        *(("u", f"2026-05-{time}:00Z", "Order Completed") for time in ("02T01:00", "03T00:30")),
    )
    steps = [{"name": one, "any_of": [one]} for one in ("page", "Order Completed")]
    asked: Json = {"unit": "attempt", "window_seconds": window}
    parameters = {**asked, "base": "page"}
    whole: Json = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-03T00:00:00Z"}
    for range_ in (whole, {**whole, "from": "2026-05-02T00:00:00Z"}, {}):
        body = {"steps": steps, **asked, **range_}
        funnel = (await client.post("/v1/funnels/query", json=body)).json()
        begun, reached = (one["units"] for one in funnel["steps"])
        found = await kpi(client, "conversion_rate", parameters=parameters, **range_)
        assert share(found) == (reached, begun)
    found = await kpi(client, "conversion_rate", parameters=parameters, interval="day", **whole)
    each = [share(one) for one in found["series"]]
    assert share(found) == tuple(map(sum, zip(*each, strict=True)))
    assert each == [(1, 1), (1, 3) if window else (1, 1)]


async def test_what_may_still_happen_is_not_judged(client: Client) -> None:
    await did(
        client,
        ("old", ago(40), "Order Completed"),
        ("old", ago(35), "Support Contacted"),
        ("quiet", ago(40), "Order Completed"),
        ("new", ago(2), "Order Completed"),
        ("new", ago(1), "Support Contacted"),
        ("quick", ago(3), "Order Completed"),
        ("quick", ago(2), "Onboarding Completed"),
        ("quick", ago(1), "First Value Reached"),
        ("quick", ago(0.5), "Order Completed"),
    )
    found = await kpi(client, "support_contact_rate", parameters={"mode": "orders"})
    assert (share(found), found["unit"]) == ((1, 2), "share")
    assert found["excluded"] == [{"reason": "too_young", "count": 3}]
    found = await kpi(client, "onboarding_completion")
    # Who was quick is no proof of anything: of those who are as new, the slow are not known yet.
    assert share(found) == (0, 2)
    assert found["excluded"] == [{"reason": "too_young", "count": 2}]
    found = await kpi(client, "time_to_value")
    assert found["value"] == pytest.approx(2 * 86_400, abs=2)
    assert found["excluded"] == [{"reason": "not_reached", "count": 3}]
    window = {"window_seconds": 10 * 86_400}
    found = await kpi(client, "repurchase_rate", parameters=window)
    assert share(found) == (0, 2)
    assert found["excluded"] == [{"reason": "too_young", "count": 2}]
    # Who is silent so far may still do something before the range is over.
    for key in ("churn_rate", "retention_rate"):
        found = await kpi(client, key, from_=ago(10), to=ago(-1))
        assert (found["value"]["value"], share(found)) == (None, (0, 0))
        assert found["excluded"] == [{"reason": "too_young", "count": 1}]


async def test_support_is_told_for_the_days_that_have_passed(client: Client) -> None:
    await did(client, ("u", ago(9), "Order Completed"), ("u", ago(8), "Support Contacted"))
    found = await kpi(client, "support_contact_rate", from_=ago(10), to=ago(-50))
    assert found["value"] == pytest.approx(3, rel=1e-3)
    found = await kpi(client, "support_contact_rate", from_=ago(-1), to=ago(-50))
    assert (found["value"], found["reason"]) == (None, "in_future")
