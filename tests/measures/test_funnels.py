"""Funnels over HTTP, against reference figures and by hand."""

import pytest

from tests.make import Client
from tests.measures.conftest import Loaded
from tests.measures.funnels import asked, did, steps, units
from tests.measures.logs import LOGS, Json, near, reference, those
from tests.published import DATA, needs_data

_MODES: dict[str, Json] = {
    "ordered": {},
    "strict_next_event": {"order": "strict"},
    "ordered_no_window": {"window_seconds": None},
}
"""What a reference calls our modes. Nothing here begins a chain at the first event alone."""


FUNNELS = [
    (log, name)
    for log in (LOGS if DATA.exists() else ())
    for name in reference(log)["figures"]
    if name.startswith("funnel:")
]


@needs_data
@pytest.mark.parametrize(("log", "name"), FUNNELS)
async def test_funnels_of_published_logs_are_those_of_other_programs(
    loaded: Loaded, log: str, name: str
) -> None:
    told = reference(log)
    client, expected = await loaded(log), told["figures"][name]
    for mode, members in _MODES.items():
        body = {
            "steps": [{"any_of": [one]} for one in expected["steps"]],
            "window_seconds": expected["window_s"],
            "filter": those(told["config"]),
            **members,
        }
        found, figures = await asked(client, body), expected[mode]
        assert units(found) == figures["users"]
        steps = found["steps"]
        assert [one["share_of_first"]["value"] for one in steps] == near(
            figures["conversion_from_first"]
        )
        before = [one["share_of_previous"]["value"] for one in steps]
        assert before == [near(one) for one in figures["conversion_from_previous"]]
        left = [one["dropped"] + one["undecided"] for one in steps]
        assert left == [*figures["drop_off"], 0]
        if "median_time_to_convert_s" in figures:
            assert found["median_seconds"] == near(figures["median_time_to_convert_s"])


HOURLY = (("10:00:00", "A"), ("10:50:00", "B"), ("11:40:00", "C"))


async def test_a_window_is_counted_from_entry_or_from_hop_to_hop(client: Client) -> None:
    await did(client, "u", *HOURLY)
    body = {"steps": steps("A", "B", "C"), "window_seconds": 3600}
    assert units(await asked(client, body)) == [1, 1, 0]
    found = await asked(client, {**body, "window": "hop"})
    assert units(found) == [1, 1, 1]
    assert [one["median_seconds"] for one in found["steps"]] == [None, 3000.0, 3000.0]
    assert found["steps"][0]["reason"] == "first_step"
    assert found["median_seconds"] == 6000.0


async def test_hops_are_of_any_chain_and_not_of_the_first_that_is_met(client: Client) -> None:
    await did(client, "u", ("10:00:00", "A"), ("10:10:00", "B"), ("10:50:00", "B"))
    await did(client, "u", ("11:40:00", "C"))
    body = {"steps": steps("A", "B", "C"), "window_seconds": 3600, "window": "hop"}
    found = await asked(client, body)
    assert units(found) == [1, 1, 1]
    assert found["steps"][1]["median_seconds"] == 3000.0


async def test_a_window_is_inclusive(client: Client) -> None:
    await did(client, "u", ("10:00:00", "A"), ("11:00:00", "B"))
    await did(client, "v", ("10:00:00", "A"), ("11:00:00.000001", "B"))
    body = {"steps": steps("A", "B"), "window_seconds": 3600}
    assert units(await asked(client, body)) == [2, 1]
    assert units(await asked(client, {**body, "window_seconds": None})) == [2, 2]


async def test_one_event_serves_one_step(client: Client) -> None:
    await did(client, "once", ("10:00:00", "A"))
    await did(client, "twice", ("10:00:00", "A"), ("10:00:00", "A"))
    for order in ("ordered", "strict", "any"):
        found = await asked(client, {"steps": steps("A", "A"), "order": order})
        assert units(found) == [2, 1], order


async def test_equal_times_keep_the_order_of_arrival(client: Client) -> None:
    await did(client, "u", ("10:00:00", "A"), ("10:00:00", "B"))
    await did(client, "v", ("10:00:00", "B"), ("10:00:00", "A"))
    for order, expected in (("ordered", [2, 1]), ("strict", [2, 1]), ("any", [2, 2])):
        body = {"steps": steps("A", "B"), "order": order}
        assert units(await asked(client, body)) == expected


async def test_an_exclusion_kills_the_attempt_it_falls_into_and_a_later_clean_one_counts(
    client: Client,
) -> None:
    path = [("10:00:00", "A"), ("10:01:00", "X"), ("10:02:00", "B")]
    await did(client, "u", *path, ("11:00:00", "A"), ("11:01:00", "B"))
    await did(client, "v", *path)
    body: Json = {
        "steps": steps("A", "B"),
        "exclude": [{"selection": "X", "after_step": 1, "before_step": 2}],
    }
    found = await asked(client, body)
    assert units(found) == [2, 1]
    assert found["steps"][1]["median_seconds"] == 60.0
    assert found["steps"][0]["dropped"] == 1
    assert units(await asked(client, {**body, "unit": "attempt"})) == [3, 1]
    body["exclude"] = [{"selection": "X", "after_step": "A", "before_step": "B"}]
    assert units(await asked(client, body)) == [2, 1]


async def test_the_very_next_event_is_that_of_all_events_that_the_filter_selects(
    client: Client,
) -> None:
    await did(client, "u", ("10:00:00", "A"), ("10:00:01", "Y"), ("10:00:02", "B"))
    body: Json = {"steps": steps("A", "B"), "order": "strict"}
    assert units(await asked(client, body)) == [1, 0]
    body["filter"] = {"field": "event", "op": "in", "value": ["A", "B"]}
    assert units(await asked(client, body)) == [1, 1]


async def test_an_optional_step_may_be_skipped_and_lists_those_whose_chain_has_it(
    client: Client,
) -> None:
    await did(client, "u", ("10:00:00", "A"), ("10:01:00", "B"), ("10:03:00", "C"))
    await did(client, "v", ("10:00:00", "A"), ("10:01:00", "C"))
    await did(client, "w", ("10:00:00", "A"))
    body: Json = {"steps": steps("A", "B", "C")}
    body["steps"][1]["optional"] = True
    found = await asked(client, body)
    assert units(found) == [3, 1, 2]
    last = found["steps"][2]
    assert (last["share_of_previous"]["numerator"], last["share_of_previous"]["denominator"]) == (
        2,
        3,
    )
    assert (found["steps"][1]["median_seconds"], last["median_seconds"]) == (60.0, 120.0)


async def test_alternatives_and_conditions_make_a_step(client: Client) -> None:
    await did(client, "u", ("10:00:00", "A"), ("10:01:00", "B1"), value=5)
    await did(client, "v", ("10:00:00", "A"), ("10:01:00", "B2"), value=1)
    either = ["B1", {"field": "properties.value", "op": "gt", "value": 3}, "B2"]
    body = {"steps": [{"name": "start", "any_of": ["A"]}, {"name": "then", "any_of": either}]}
    found = await asked(client, body)
    assert (units(found), [one["name"] for one in found["steps"]]) == ([2, 2], ["start", "then"])
    body["steps"][1]["any_of"] = either[1:2]
    assert units(await asked(client, body)) == [2, 1]


async def test_chains_begin_in_the_range_and_may_end_behind_it(client: Client) -> None:
    await did(client, "u", *HOURLY)
    await did(client, "v", ("09:59:59", "A"), ("10:10:00", "B"))
    body = {
        "steps": steps("A", "B", "C"),
        "from": "2026-05-01T10:00:00Z",
        "to": "2026-05-01T10:30:00Z",
        "window_seconds": 6000,
    }
    assert units(await asked(client, body)) == [1, 1, 1]
    body["window_seconds"] = 5999
    assert units(await asked(client, body)) == [1, 1, 0]


async def test_sessions_are_units_of_their_own(client: Client) -> None:
    await did(client, "u", ("10:00:00", "A"), ("10:30:00", "B"), ("12:00:00", "A"))
    body = {"steps": steps("A", "B"), "unit": "session"}
    assert units(await asked(client, body)) == [2, 1]
    found = await asked(client, {**body, "timeout_seconds": 1799})
    assert units(found) == [2, 0]
    assert found["definition"]["timeout_seconds"] == 1799


@pytest.mark.parametrize(
    ("later", "dropped", "undecided"), [("10:59:59", 0, 2), ("11:00:00", 0, 2), ("11:00:01", 1, 1)]
)
async def test_whoever_can_still_go_on_is_undecided(
    client: Client, later: str, dropped: int, undecided: int
) -> None:
    await did(client, "u", ("10:00:00", "A"))
    await did(client, "v", ("10:00:02", "A"))
    await did(client, "somebody", (later, "Something else"))
    body: Json = {"steps": steps("A", "B"), "window_seconds": 3600}
    body["to"] = "2026-05-01T10:30:00Z"
    first = (await asked(client, body))["steps"][0]
    assert (first["dropped"], first["undecided"]) == (dropped, undecided)
    body["window_seconds"] = None
    assert (await asked(client, body))["steps"][0]["undecided"] == 2


async def test_units_are_told_apart_by_a_field_and_the_rest_is_counted(client: Client) -> None:
    for n in range(22):
        await did(client, f"u{n}", ("10:00:00", "A"), ("10:01:00", "B"), device=f"d{n:02}")
    await did(client, "v", ("10:00:00", "A"), device="d05")
    await did(client, "w", ("10:00:00", "A"))
    body = {"steps": steps("A", "B"), "breakdown": "properties.device"}
    groups = (await asked(client, body))["breakdown"]
    assert [one["value"] for one in groups[:3]] == ["d05", None, "d00"]
    assert groups[1]["reason"] == "no_value"
    assert [units(one) for one in groups[:3]] == [[2, 1], [1, 0], [1, 1]]
    assert (groups[-1]["value"], groups[-1]["values"]) == ("other", 3)
    assert len(groups) == 21
    assert sum(units(one)[0] for one in groups) == 24


async def test_whoever_dropped_is_named_page_by_page(client: Client, stranger: Client) -> None:
    for n in range(3):
        await did(client, f"u{n}", ("10:00:00", "A"))
    await did(client, "v", ("10:00:00", "A"), ("10:01:00", "B"))
    await did(client, "late", ("23:00:00", "C"))
    body: Json = {"steps": steps("A", "B"), "window_seconds": 60, "dropped_at": {"step": "A"}}
    body["dropped_at"]["limit"] = 2
    first = (await asked(client, body))["dropped_contacts"]
    body["dropped_at"]["after"] = first["next"]
    second = (await asked(client, body))["dropped_contacts"]
    assert (len(first["contact_ids"]), len(second["contact_ids"])) == (2, 1)
    assert second["next"] is None
    named = {*first["contact_ids"], *second["contact_ids"]}
    known = [{"source": "user_id", "value": f"u{n}"} for n in range(3)]
    answer = await client.post("/v1/contacts/lookup", json={"items": known})
    assert named == {one["id"] for one in answer.json()["items"]}
    assert (await asked(stranger, body))["dropped_contacts"]["contact_ids"] == []


async def test_of_nothing_there_are_no_figures_and_a_reason(client: Client) -> None:
    for order in ("ordered", "strict", "any"):
        for unit in ("contact", "session", "attempt"):
            body = {"steps": steps("A", "B"), "order": order, "unit": unit, "breakdown": "device"}
            found = await asked(client, body)
            assert (units(found), found["median_seconds"], found["breakdown"]) == ([0, 0], None, [])
            assert found["reason"] == found["converted"]["reason"] == "nothing_to_count"


async def test_the_definition_tells_all_that_was_used(client: Client) -> None:
    body = {"steps": steps("A", "B"), "exclude": [{"selection": "X"}]}
    definition = (await asked(client, body))["definition"]
    assert definition == {
        "from": None,
        "to": None,
        "filter": None,
        "steps": [{"name": one, "any_of": [one], "optional": False} for one in "AB"],
        "exclude": [{"selection": "X", "after_step": 1, "before_step": 2}],
        "window_seconds": 604800,
        "window": "entry",
        "order": "ordered",
        "unit": "contact",
        "timeout_seconds": None,
        "breakdown": None,
    }


async def test_graphql_answers_the_same(client: Client) -> None:
    await did(client, "u", *HOURLY, device="web")
    await did(client, "v", ("10:00:00", "A"))
    found = await asked(client, {"steps": steps("A", "C"), "breakdown": "properties.device"})
    query = """{ funnel(input: {steps: [{anyOf: ["A"]}, {anyOf: ["C"]}],
                                breakdown: "properties.device"}) {
      definition { windowSeconds order unit steps { name anyOf } }
      steps { name units dropped undecided medianSeconds
              shareOfFirst { value numerator denominator low high } }
      breakdown { value steps { units } } converted { value } } }"""
    answer = (await client.post("/graphql", json={"query": query})).json()
    shown = answer["data"]["funnel"]
    assert shown["converted"]["value"] == found["converted"]["value"] == 0.5
    assert shown["definition"] == {
        "windowSeconds": 604800,
        "order": "ordered",
        "unit": "contact",
        "steps": [{"name": "A", "anyOf": ["A"]}, {"name": "C", "anyOf": ["C"]}],
    }
    for mine, theirs in zip(shown["steps"], found["steps"], strict=True):
        share = theirs["share_of_first"]
        assert mine["shareOfFirst"] == {n: share[n] for n in mine["shareOfFirst"]}
        assert mine["medianSeconds"] == theirs["median_seconds"]
        assert mine["undecided"] == theirs["undecided"]
    assert [(one["value"], units(one)) for one in shown["breakdown"]] == [
        (one["value"], units(one)) for one in found["breakdown"]
    ]
