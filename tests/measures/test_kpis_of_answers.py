"""KPIs of survey answers are what surveys say of the same answers, however they are told."""

from random import Random
from typing import Any

import pytest

from tests.make import Client
from tests.measures.doing import Json, did, kpi, share

SURVEYS = ["nps", "csat", "ces", "NPS", " Csat ", "rating", "mood", None]
SCALES = [None, [0, 10], [1, 5], [5, 1], "5-1", "1-7", "0..10", "1 to 5", 5, 10, "10"]
UNREADABLE = ["five stars", [1, 2, 3], [3, 3], True, {"from": 1}]
SCORES = [*range(-1, 12), "4", " 9 ", "4e0", 2.5, "much", None, True]


async def surveys(client: Client, **body: Any) -> Json:
    if "from_" in body:
        body["from"] = body.pop("from_")
    answer = await client.post("/v1/surveys/query", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def _answers(chance: Random) -> list[tuple[str, str, str, Json]]:
    told = []
    for n in range(240):
        scale = chance.choice(SCALES if chance.random() < 0.9 else UNREADABLE)
        said = {"survey": chance.choice(SURVEYS), "score": chance.choice(SCORES), "scale": scale}
        # Now and then nothing is said of the scale at all.
        said = {name: one for name, one in said.items() if one is not None or chance.random() < 0.5}
        time = f"2026-05-0{1 + n % 3}T10:{n // 60:02}:{n % 60:02}Z"
        told.append((f"u{n % 50}", time, "Survey Answered", said))
    return told


def _of(found: Json, survey: str) -> list[Json]:
    """What surveys say of each scale of one survey."""
    return [one for one in found["scales"] if one["survey"] == survey]


async def _alike(client: Client, **body: Any) -> None:
    found = await surveys(client, **body)
    nps = await kpi(client, "nps", **body)
    assert nps["value"] == found["nps"]["value"]
    assert nps["denominator"] == found["nps"]["answers"]
    if nps["denominator"]:
        assert [nps["low"], nps["high"]] == [found["nps"]["low"], found["nps"]["high"]]
        sides = [one["value"] for one in nps["parts"]]
        assert sides == [found["nps"]["promoters"], found["nps"]["detractors"]]
    others = [one for one in found["excluded"] if one["reason"] == "nps_not_out_of_ten"]
    assert [one for one in nps["excluded"] if one["reason"] == "nps_not_out_of_ten"] == others
    assert (await kpi(client, "csat", **body))["value"] == found["csat"]
    for key in ("ces", "customer_effort"):
        ces = await kpi(client, key, **body)
        assert (ces["value"], ces["denominator"]) == (
            found["ces"]["value"],
            found["ces"]["answers"],
        )
        means = sorted((one["value"], one["count"]) for one in ces["parts"])
        assert means == sorted((one["mean"], one["answers"]) for one in _of(found, "ces"))
    unread: dict[str, int] = {}
    for key in ("nps", "csat", "ces"):
        for one in (await kpi(client, key, **body))["excluded"]:
            unread[one["reason"]] = unread.get(one["reason"], 0) + one["count"]
    told = {one["reason"]: one["count"] for one in found["excluded"]}
    # Those of `rating` are told by surveys alone.
    assert all(n <= told[why] for why, n in unread.items())


@pytest.mark.parametrize("seed", [1, 2])
async def test_kpis_of_answers_are_those_of_surveys(client: Client, seed: int) -> None:
    await did(client, *_answers(Random(seed)))
    await _alike(client)
    await _alike(client, **{"from_": "2026-05-02T00:00:00Z", "to": "2026-05-03T00:00:00Z"})


async def test_a_scale_runs_downwards_and_one_that_is_none_is_told(client: Client) -> None:
    told = [("CSAT", 1, "5-1"), ("csat", 5, [5, 1]), ("csat", 4, "five stars")]
    await did(
        client,
        *(
            ("u", f"2026-05-01T10:00:0{n}Z", "Survey Answered", dict(zip(_NAMES, one, strict=True)))
            for n, one in enumerate(told)
        ),
    )
    found = await kpi(client, "csat")
    assert share(found) == (1, 2)
    assert found["excluded"] == [{"reason": "unreadable_scale", "count": 1}]


_NAMES = ("survey", "score", "scale")


async def test_surveys_look_at_what_the_workspace_calls_an_answer(client: Client) -> None:
    await did(
        client,
        ("u", "2026-05-01T10:00:00Z", "Asked", {"survey": "csat", "score": 5}),
        ("v", "2026-05-01T10:00:00Z", "Survey Answered", {"survey": "csat", "score": 1}),
    )
    roles = {"event_roles": {"survey": "Asked"}}
    assert (await client.patch("/v1/settings", json=roles)).is_success
    found = await surveys(client)
    assert (found["csat"]["numerator"], found["csat"]["denominator"]) == (1, 1)
    assert share(await kpi(client, "csat")) == (1, 1)
    assert found["definition"]["answered"] == {"field": "event", "op": "eq", "value": "Asked"}


def _satisfaction(told: list[tuple[str, str, str, Json]]) -> tuple[int, int, float | None]:
    """How many are content with all, of how many, and the mean of what places have, by loops."""
    said = [
        (who, more["score"] >= 4, (more.get("touchpoint_id") or more.get("step_key")))
        for who, _, _, more in told
        if more["survey"] == "csat" and "journey_id" in more
    ]
    people, unhappy = {who for who, _, _ in said}, {who for who, happy, _ in said if not happy}
    places: dict[str, list[bool]] = {}
    for _, happy, place in said:
        if place is not None:
            places.setdefault(place, []).append(happy)
    shares = [sum(one) / len(one) for one in places.values()]
    return len(people - unhappy), len(people), sum(shares) / len(shares) if shares else None


@pytest.mark.parametrize("seed", range(3))
async def test_who_is_content_with_a_journey_is_content_with_all_of_it(
    client: Client, seed: int
) -> None:
    chance, told = Random(seed), []
    for n in range(60):
        more = {"survey": chance.choice(["csat", "csat", "nps"]), "score": chance.randint(1, 5)}
        places = {"journey_id": "j", "step_key": chance.choice("ab"), "touchpoint_id": "t"}
        more |= {name: one for name, one in places.items() if chance.random() < 0.7}
        more["score"] = max(more["score"], chance.randint(1, 5))
        time = f"2026-05-0{1 + n % 3}T10:00:{n:02}Z"
        told.append((f"u{chance.randrange(20)}", time, "Survey Answered", more))
    await did(client, *told)
    may = {"from_": "2026-05-01T00:00:00Z", "to": "2026-05-04T00:00:00Z", "interval": "day"}
    found = await kpi(client, "journey_satisfaction", **may)
    days = [[one for one in told if one[1][9] == day] for day in "123"]
    for value, those in zip((found, *found["series"]), (told, *days), strict=True):
        content, of, mean = _satisfaction(those)
        assert share(value) == (content, of)
        ((part,),) = [value["parts"]] if mean is not None else [[{"value": None}]]
        assert part["value"] == (mean and pytest.approx(mean, abs=1e-12))
    elsewhere = sum(m["survey"] == "csat" and "journey_id" not in m for *_, m in told)
    assert {"reason": "names_no_journey", "count": elsewhere} in found["excluded"]


async def test_one_journey_is_asked_for_by_a_filter(client: Client) -> None:
    for n, (journey, score) in enumerate((("a", 5), ("a", 5), ("b", 1))):
        said = {"survey": "csat", "score": score, "journey_id": journey, "step_key": "buy"}
        await did(client, ("u", f"2026-05-01T10:00:0{n}Z", "Survey Answered", said))
    assert share(await kpi(client, "journey_satisfaction")) == (0, 1)
    only = {"field": "properties.journey_id", "op": "eq", "value": "a"}
    found = await kpi(client, "journey_satisfaction", filter=only)
    assert (share(found), found["parts"][0]["value"]) == ((1, 1), 1)
