"""The sales funnel beside a map, against plain loops over generated histories and a log."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.clients.exported import lines
from tests.make import Client
from tests.measures.followed import SHOP, bound, steps_of, told
from tests.measures.logs import load
from tests.measures.selling import (
    AT,
    BEGUN,
    CHANGED,
    CRM,
    MEANT,
    ORDER,
    STAGES,
    Json,
    Row,
    cells,
    did,
    is_whole,
    iso,
    mapped,
    out,
    people,
)
from tests.published import needs_data
from tests.slices.bound import by_id

H = timedelta(hours=1)
OTHERS = ("Lost", "Nobody knows")
GONE = {"u1": "archived", "u2": "restricted", "u3": "test"}
FROM, TO = BEGUN + timedelta(days=5), BEGUN + timedelta(days=35)


def last_stages(rows: list[Row]) -> dict[str, str]:
    """At which stage everybody was last, of those who count: from a day on `x` is what `c` was."""
    stage_of = {name: stage for stage, names in STAGES.items() for name in names}
    found: dict[str, str] = {}
    for who, name, at in sorted(rows, key=lambda row: row[2]):
        asks, other = ("c", "x") if at < CHANGED else ("x", "c")
        stage = "ask" if name == asks else None if name == other else stage_of.get(name)
        if FROM <= at < TO and stage is not None:
            found[who] = stage
    return found


def expected(
    last: dict[str, str], said: dict[str, Any]
) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """How many are where by both, and who is left out."""
    matrix, left = Counter[tuple[str, str]](), Counter[str]()
    for who in last.keys() - GONE.keys():
        stands, value = MEANT[last[who]], said.get(who)
        if stands is None:
            left["no_funnel_stage"] += 1
        elif value is None:
            left["no_trait"] += 1
        elif value not in CRM:
            left["unmapped_value"] += 1
        else:
            matrix[stands, CRM[value]] += 1
    counted = {who for who, value in said.items() if value in CRM and who not in GONE}
    left["not_on_map"] = len(counted - last.keys())
    for who, reason in GONE.items():
        left[reason] = int(said[who] is not None or who in last)
    return matrix, left


async def put_aside(client: Client) -> None:
    """Some who count nowhere."""
    which = {who: await by_id(client, who) for who in GONE}
    await client.delete(f"/v1/contacts/{which['u1']}")
    await client.post(f"/v1/contacts/{which['u2']}/restrict", json={"reason": "asked"})
    await client.patch(f"/v1/contacts/{which['u3']}", json={"test": True})


async def revised(client: Client) -> Json:
    """A map of two revisions."""
    made = await client.made("/v1/journeys", mapped())
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    ask = next(one["id"] for one in steps_of(made) if one["key"] == "c")
    await client.patch(f"/v1/steps/{ask}", json={"binding": "x"})
    await client.made(f"/v1/journeys/{made['id']}/publish", {"effective_from": iso(CHANGED)})
    return made


@pytest.mark.parametrize("seed", range(4))
async def test_generated_histories_stand_where_loops_say(client: Client, seed: int) -> None:
    made = await revised(client)
    said, rows = await lived(client, random.Random(seed))
    last = last_stages(rows)
    matrix, left = expected(last, said)
    query = {"trait": "status", "mapping": CRM, "from_": iso(FROM), "to": iso(TO)}
    found = await told(client, made["id"], AT, **query)
    assert (found["definition"]["order"], found["definition"]["revision"]) == (ORDER, "in_force")
    assert cells(found) == matrix
    known = out(found)
    assert {name: known.get(name, 0) for name in left} == left
    is_whole(found)
    others = Counter(one for who, one in said.items() if who not in GONE and one in OTHERS)
    assert {one["value"]: one["contacts"] for one in found["unmapped"]["items"]} == others
    stands = Counter(stage for who, stage in last.items() if who not in GONE)
    told_ = {one["stage_key"]: one["on_map"] for one in found["stages"]}
    assert told_ == {name: stands[name] for name in STAGES}


async def lived(client: Client, pick: random.Random) -> tuple[dict[str, Any], list[Row]]:
    """What the CRM says of whom, and who did what when."""
    said = {f"u{n}": pick.choice([*CRM, *CRM, *OTHERS, None]) for n in range(70)}
    await people(client, {who: {"status": one} for who, one in said.items() if one is not None})
    everyone = [*said, *(f"anonymous {n}" for n in range(5))]
    hours = pick.sample(range(24 * 40), 150)
    rows = [(pick.choice(everyone), pick.choice("aabccxdez"), BEGUN + H * n) for n in hours]
    rows += [(who, "z", BEGUN + timedelta(days=39)) for who in GONE]
    await did(client, rows)
    await put_aside(client)
    return said, rows


LOG = {"browse": "interest", "choose": "consideration", "buy": "purchase"}


@needs_data
async def test_a_published_log_stands_where_its_last_events_are(client: Client) -> None:
    await load(client, "ecom_clickstream")
    body = bound(SHOP)
    for stage in body["stages"]:
        stage["funnel_stage"] = LOG.get(stage["name"])
    made = await client.made("/v1/journeys", body)
    rows = sorted(await lines(client, "/v1/events"), key=lambda one: str(one["timestamp"]))
    stage_of = {name: stage for stage, names in SHOP.items() for name in names}
    last = {row["user_id"]: stage_of[row["event"]] for row in rows if row["event"] in stage_of}
    bought = {row["user_id"] for row in rows if row["event"] == "purchase"}
    crm = {who: "customer" if who in bought else "lead" for who in last}
    await people(client, {who: {"crm_says": one} for who, one in crm.items()})
    found = await told(client, made["id"], AT, trait="crm_says")
    means = {"customer": "purchase", "lead": "interest"}
    both = ((LOG[stage], means[crm[who]]) for who, stage in last.items() if stage in LOG)
    assert cells(found) == Counter(both)
    assert found["ahead"]["numerator"] > 0
    is_whole(found)
