"""What single KPIs mean, by hand, over HTTP."""

from typing import Any

import pytest

from tests.make import Client, pointers
from tests.measures.doing import Json, did, kpi, share

DAY = "2026-05-01T"


def at(time: str) -> str:
    return f"{DAY}{time}Z"


async def test_money_is_summed_exactly_and_never_over_currencies(client: Client) -> None:
    def order(user: str, time: str, **properties: Any) -> tuple[str, str, str, Json]:
        return user, at(time), "Order Completed", properties

    await did(
        client,
        order("u", "10:00:00", revenue=0.1, currency="EUR", device="phone"),
        order("u", "10:01:00", revenue=0.2, currency="eur", device="phone"),
        order("u", "10:02:00", revenue="99.9999", currency="USD", device="desk"),
        order("u", "10:03:00", revenue="much", currency="USD"),
        order("u", "10:04:00", revenue=5),
        order("u", "10:05:00", revenue=5, currency="dollars"),
    )
    found = await kpi(client, "revenue", breakdown=["device"])
    assert found["value"] is None
    assert "currencies" in found["reason"]
    parts = [(one["of"], one["value"]["amount"], one["count"]) for one in found["parts"]]
    assert parts == [("EUR", 0.3, 2), ("USD", 99.9999, 1)]
    assert found["excluded"] == [
        {"reason": "no_amount", "count": 1},
        {"reason": "no_currency", "count": 2},
    ]
    rows = {one["keys"]["device"]: one["value"] for one in found["breakdown"]}
    assert rows["phone"] == {"amount": 0.3, "currency": "EUR"}
    only = {"field": "device", "op": "eq", "value": "phone"}
    found = await kpi(client, "average_order_value", filter=only)
    assert (found["value"], found["denominator"]) == ({"amount": 0.15, "currency": "EUR"}, 2)
    body = {"from_": at("10:01:00"), "to": at("10:02:00")}
    told = (await kpi(client, "revenue", **body, compare="previous_period"))["comparison"]
    assert (told["value"]["amount"], told["change"]) == (0.1, 0.1)


async def test_a_survey_keeps_the_scale_of_its_answers(client: Client) -> None:
    def said(time: str, survey: str, score: Any, scale: Any = None) -> tuple[str, str, str, Json]:
        told = {"survey": survey, "score": score, "scale": scale}
        return "u", at(time), "Survey Answered", told

    await did(
        client,
        *(said(f"10:00:{n:02}", "nps", n) for n in range(11)),
        said("10:01:00", "nps", 11),
        said("10:01:01", "nps", None),
        said("10:02:00", "csat", 4),
        said("10:02:01", "csat", 3),
        said("10:02:02", "csat", 4, [1, 7]),
        said("10:02:03", "csat", 6, [1, 7]),
        said("10:02:04", "csat", 80, 100),
        said("10:03:00", "ces", 2),
        said("10:03:01", "ces", 5),
    )
    found = await kpi(client, "nps")
    # Two of eleven promote, seven do not.
    assert found["value"] == pytest.approx(-500 / 11)
    assert (found["numerator"], found["denominator"]) == (-5, 11)
    assert found["low"] < found["value"] < found["high"]
    assert found["excluded"] == [
        {"reason": "no_score", "count": 1},
        {"reason": "outside_scale", "count": 1},
    ]
    assert share(await kpi(client, "csat")) == (3, 5)
    found = await kpi(client, "ces")
    assert (found["value"], found["parts"][0]["of"]) == (3.5, "1–7")
    assert (await kpi(client, "customer_effort"))["value"] == 3.5
    await did(client, said("10:04:00", "ces", 3, [1, 5]))
    found = await kpi(client, "ces")
    assert (found["value"], [one["value"] for one in found["parts"]]) == (None, [3.0, 3.5])


async def test_reviews_are_rated_on_five_unless_they_say_otherwise(client: Client) -> None:
    ratings = [5, 4, 3, "4", 9, None]
    await did(
        client,
        *(
            ("u", at(f"10:00:{n}0"), "Product Reviewed", {"rating": r})
            for n, r in enumerate(ratings)
        ),
    )
    assert (await kpi(client, "review_count"))["value"] == 6
    found = await kpi(client, "review_rating")
    assert (found["value"], found["numerator"], found["denominator"]) == (4.0, 16, 4)
    assert share(await kpi(client, "review_positive_share")) == (3, 4)
    ten = {"scale": [1, 10]}
    assert share(await kpi(client, "review_positive_share", parameters=ten)) == (1, 5)


async def test_a_scroll_is_of_the_view_it_names(client: Client) -> None:
    def report(which: Any, depth: Any, time: str = "10:00:10") -> tuple[str, str, str, Json]:
        return "u", at(time), "Page Scrolled", {"page_view_id": which, "depth": depth}

    message = f"u {at('10:01:00')} page 1"
    await did(
        client,
        ("u", at("10:00:00"), "page", {"page_view_id": "p1"}),
        ("u", at("10:01:00"), "page"),
        ("u", at("10:02:00"), "page", {"page_view_id": "p3"}),
        report("p1", 30),
        report("p1", 50),
        report(message, 49.9, "10:01:10"),
        report("p3", 101, "10:02:10"),
        report("nowhere", 90),
    )
    found = await kpi(client, "scroll_rate")
    assert share(found) == (1, 2)
    assert found["excluded"] == [{"reason": "no_report", "count": 1}]
    assert share(await kpi(client, "scroll_rate", parameters={"threshold": 40})) == (2, 2)


async def test_clicks_without_an_impression_are_left_out(client: Client) -> None:
    def seen(event: str, place: str, time: str, user: str = "u") -> tuple[str, str, str, Json]:
        return user, at(time), f"Promotion {event}", {"promotion_id": place}

    await did(
        client,
        seen("Viewed", "a", "10:00:00"),
        seen("Clicked", "a", "10:00:01"),
        seen("Clicked", "a", "10:00:02"),
        seen("Viewed", "b", "10:00:03"),
        seen("Viewed", "a", "10:00:04", "v"),
        seen("Clicked", "c", "10:00:05"),
    )
    found = await kpi(client, "click_through_rate")
    assert share(found) == (2, 3)
    assert found["excluded"] == [{"reason": "click_without_impression", "count": 1}]
    assert share(await kpi(client, "click_through_rate", parameters={"mode": "unique"})) == (1, 3)
    only = {"field": "properties.promotion_id", "op": "eq", "value": "a"}
    await did(client, *(seen("Clicked", "a", f"11:00:0{n}") for n in range(3)))
    found = await kpi(client, "click_through_rate", filter=only)
    # More clicks than impressions are no part of them: there is no interval.
    assert (found["value"]["value"], found["value"]["low"]) == (2.5, None)
    assert found["value"]["reason"] == "more_than_all"
    assert (await kpi(client, "impressions"))["value"] == 3
    assert (await kpi(client, "reach"))["value"] == 2


async def test_support_is_told_for_each_active_customer_and_thirty_days(client: Client) -> None:
    await did(
        client,
        ("u", "2026-04-01T10:00:00Z", "Order Completed"),
        ("u", "2026-05-02T10:00:00Z", "Support Contacted"),
        ("u", "2026-05-03T10:00:00Z", "Live Chat Conversation Started"),
        ("u", "2026-05-20T10:00:00Z", "Live Chat Conversation Started"),
        ("v", "2026-05-02T10:00:00Z", "page"),
    )
    body = {"from_": "2026-05-01T00:00:00Z", "to": "2026-05-16T00:00:00Z"}
    found = await kpi(client, "support_contact_rate", **body)
    assert (found["value"], found["numerator"], found["denominator"]) == (4.0, 2, 1)
    assert found["unit"] == "number"


async def test_customers_stay_or_go(client: Client) -> None:
    await did(
        client,
        *((who, "2026-04-10T10:00:00Z", "Order Completed") for who in ("stays", "goes", "bought")),
        *((who, "2026-04-20T10:00:00Z", "page") for who in ("stays", "goes", "visitor")),
        ("stays", "2026-05-20T10:00:00Z", "Order Completed"),
        ("stays", "2026-05-21T10:00:00Z", "Product Shared"),
    )
    body = {"from_": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
    assert share(await kpi(client, "churn_rate", **body)) == (1, 2)
    assert share(await kpi(client, "retention_rate", **body)) == (1, 2)
    assert share(await kpi(client, "referral_rate", **body)) == (1, 3)
    days = {"window_seconds": 40 * 86_400}
    found = await kpi(client, "repurchase_rate", to="2026-05-01T00:00:00Z", parameters=days)
    assert share(found) == (1, 3)


async def test_estimates_are_labelled_and_told_beside_what_is_reported(client: Client) -> None:
    answer = {"survey": "csat", "score": 5}
    await did(
        client,
        ("u", at("10:00:00"), "Complaint Made"),
        ("u", at("10:00:01"), "Survey Answered", answer),
        ("v", at("10:00:02"), "Survey Answered", {"survey": "csat", "score": 1}),
    )
    found = await kpi(client, "estimated_unhappy")
    assert (found["value"], found["definition"]["assumption"]) == (pytest.approx(26), True)
    (part,) = found["parts"]
    assert (part["of"], part["value"]["numerator"], part["count"]) == (
        "reported_satisfaction",
        1,
        2,
    )
    found = await kpi(client, "estimated_word_of_mouth")
    assert found["value"] == pytest.approx(26 * 0.13 * 15)
    assert {one["of"]: one["value"] for one in found["parts"]} == {
        "unhappy": pytest.approx(50.7),
        "happy": pytest.approx(4.32),
    }
    # A workspace may know its own; what is asked for goes before that.
    rate = {"estimates": {"complaint_rate": 0.1}}
    assert (await client.patch("/v1/settings", json=rate)).is_success
    found = await kpi(client, "estimated_unhappy")
    assert found["value"] == pytest.approx(10)
    assert found["definition"]["parameters"]["complaint_rate"] == 0.1
    found = await kpi(client, "estimated_unhappy", parameters={"complaint_rate": 0.5})
    assert found["value"] == pytest.approx(2)


async def test_a_workspace_says_which_events_play_which_role(client: Client) -> None:
    await did(client, ("u", at("10:00:00"), "Paid", {"total": 5}), ("u", at("10:00:01"), "Gone"))
    assert (await kpi(client, "orders"))["value"] == 0
    paid = {"all": ["Paid", {"field": "properties.total", "op": "ge", "value": 5}]}
    answer = await client.patch("/v1/settings", json={"event_roles": {"order": paid}})
    assert (answer.status_code, pointers(answer)) == (422, {"/event_roles/order/all/0"})
    paid["all"][0] = {"field": "event", "op": "eq", "value": "Paid"}
    answer = await client.patch("/v1/settings", json={"event_roles": {"order": paid}})
    assert answer.json()["event_roles"]["order"] == paid
    assert answer.json()["event_roles"]["lead"] == "Lead Generated"
    found = await kpi(client, "orders")
    assert (found["value"], found["definition"]["parameters"]["order"]) == (1, paid)
    # What is asked for goes before what is set.
    assert (await kpi(client, "orders", parameters={"order": "Gone"}))["value"] == 1
    answer = await client.patch("/v1/settings", json={"event_roles": {"order": None}})
    assert answer.json()["event_roles"]["order"] == "Order Completed"
    assert (await kpi(client, "orders"))["value"] == 0


async def test_a_change_that_cannot_be_told_says_why(client: Client) -> None:
    first, then = "2026-05-01T10:00:00Z", "2026-05-02T10:00:00Z"
    said = [(first, 9, [1, 10]), (then, 4, [1, 5])]
    answered = [{"survey": "ces", "score": score, "scale": scale} for _, score, scale in said]
    paid = [{"revenue": 5, "currency": currency} for currency in ("EUR", "USD")]
    await did(
        client,
        *(
            ("u", time, "Survey Answered", one)
            for (time, *_), one in zip(said, answered, strict=True)
        ),
        *(("u", one[0], "Order Completed", more) for one, more in zip(said, paid, strict=True)),
    )
    body = {"from_": "2026-05-02T00:00:00Z", "to": "2026-05-03T00:00:00Z"}
    for key in ("ces", "revenue"):
        told = (await kpi(client, key, **body, compare="previous_period"))["comparison"]
        assert told["value"] is not None
        assert (told["change"], told["change_reason"]) == (None, "other_units")
    body = {"from_": "2026-05-03T00:00:00Z", "to": "2026-05-04T00:00:00Z"}
    told = (await kpi(client, "csat", **body, compare="previous_period"))["comparison"]
    assert told["change_reason"] == "figure_unknown"
    told = (await kpi(client, "orders", **body, compare="previous_period"))["comparison"]
    assert (told["change"], told.get("change_reason")) == (-1, None)
