"""Published exports, loaded by the examples, against the reference figures that come with them."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.clients.exported import count, lines, load, trait
from tests.conftest import Served
from tests.make import Client
from tests.published import DATA, figures, needs_data

pytestmark = needs_data
EXTRA = "expected_extra.json"
ALL = {"count": "true", "limit": "1"}
MERGED = ("78971951", "76340251", "46897301", "76226001")
"""A record, and those that were merged into it."""


async def test_telecom_customers_are_as_many_in_each_segment_as_they_shall_be(
    served: Served, client: Client
) -> None:
    told = figures("telco_customers", EXTRA)
    file = DATA / "telco_customers" / "Telco-Customer-Churn.csv.gz"
    code, said = load(served, client, "telco.py", file)
    assert (code, said[-1]) == (0, f"contacts: {told['rows']} created")
    code, said = load(served, client, "telco.py", file)
    assert code == 0
    assert said[-2:] == [f"contacts: {told['rows']} unchanged", "Nothing changed."]
    left = trait("churn", True)
    assert await count(client) == told["rows"]
    assert await count(client, left) / told["rows"] == pytest.approx(told["churn_rate"], abs=1e-9)
    for name in ("Contract", "PaymentMethod", "InternetService"):
        key = {"Contract": "contract", "PaymentMethod": "payment_method"}.get(name)
        for value, (all_of_it, rate) in told[f"churn_by_{name}"].items():
            segment = trait(key or "internet_service", value)
            assert await count(client, segment) == all_of_it
            gone = await count(client, {"all": [segment, left]})
            assert gone / all_of_it == pytest.approx(rate, abs=1e-9)
    blank = {"field": "traits.total_charges", "op": "exists", "value": False}
    assert await count(client, blank) == told["blank_TotalCharges"]
    new = trait("tenure_months", 0)
    assert await count(client, {"all": [blank, new]}) == told["blank_TotalCharges"]


async def test_reviews_have_the_marks_that_they_shall_have(served: Served, client: Client) -> None:
    told = figures("product_reviews", EXTRA)["per_product"]
    folder = DATA / "product_reviews"
    said = load(served, client, "reviews.py", folder)[1]
    rejected = [line for line in said if line.count(":") > 2]
    assert len(rejected) == 8
    again = load(served, client, "reviews.py", folder)[1]
    assert again[-1] == "Nothing changed."
    sources = await lines(client, "/v1/evidence-sources")
    names = Counter(one["external_ids"][0]["id"].partition(":")[0] for one in sources)
    for product, expected in told.items():
        name = product.replace("_", " ")
        assert names[name] == expected["reviews"]
        path = f"/v1/evidence?topic={name}&count=true&limit=1"
        assert (await client.got(path))["total"] == expected["marks"]
        for sign, op in (("positive", "gt"), ("negative", "lt")):
            asked = json.dumps({"field": "sentiment", "op": op, "value": 0})
            found = await client.get("/v1/evidence", params={"topic": name, "filter": asked, **ALL})
            assert found.json()["total"] == expected[sign]
        found = await lines(client, f"/v1/evidence?topic={name}")
        assert sum(one["rating"]["value"] for one in found) == expected["sum"]


async def test_a_hubspot_export_is_loaded_whole_but_for_what_says_neither_whose_nor_when(
    served: Served, client: Client
) -> None:
    folder = DATA / "crm_hubspot"
    code, said = load(served, client, "hubspot.py", folder)
    assert code == 1
    again = load(served, client, "hubspot.py", folder)[1]
    assert again[-1] == "Nothing changed."
    # Mail details name the events that they are of, and none of those is in the export.
    details = {"sent", "delivered", "open", "click", "bounce"}
    rejected = Counter(line.partition("_data.csv:")[0] for line in said if ": is not in " in line)
    assert rejected == {f"email_event_{one}": 100 for one in details}
    assert (await client.got("/v1/quarantine"))["items"] == []
    assert (await client.got("/v1/accounts?count=true"))["total"] == 24
    events = await lines(client, "/v1/events")
    assert Counter(one["event"] for one in events) == {
        **{"Deal Created": 44, "Deal Property Changed": 100, "Contact Property Changed": 100},
        **{"Ticket Created": 25, "Ticket Answered": 4, "Ticket Closed": 23},
        **{"Ticket Property Changed": 15, "Email Opened": 90, "Email Sent": 4},
        **{"Email Delivered": 3, "Email Processed": 3},
        **{"Call Logged": 1, "Email Logged": 1, "Meeting Logged": 100},
    }
    # 22 records, of which three were merged into one of them: 19 people.
    records = {"items": [{"source": "hubspot", "value": one} for one in MERGED]}
    found = (await client.post("/v1/contacts/lookup", json=records)).json()["items"]
    assert len({one["id"] for one in found}) == 1
    assert len(found[0]["contact"]["merged_ids"]) == 3
    people = [
        one
        for one in await lines(client, "/v1/contacts")
        if any(name["source"] == "hubspot" for name in one["identifiers"])
    ]
    assert len(people) == 19
    staff = (await client.got("/v1/contacts?test=true"))["items"]
    assert len(staff) == 1
    mails = [one for one in events if one["contact_id"] == staff[0]["id"]]
    assert {one["campaign"] for one in mails} == {"2"}
    assert len(mails) == 16


async def test_lifecycle_stages_of_hubspot_stand_beside_what_its_events_say(
    served: Served, client: Client, tmp_path: Path
) -> None:
    load(served, client, "hubspot.py", staged(tmp_path / "export"))
    named = {one: [{"action": n, "binding": n} for n in which] for one, which in SAID_BY.items()}
    stages = [{"name": one, "funnel_stage": one, "steps": steps} for one, steps in named.items()]
    made = await client.made("/v1/journeys", {"title": "CRM", "stages": stages})
    said, stands = await people_of(client)
    found = await client.got(f"/v1/journeys/{made['id']}/sales-funnel")
    known = {who: one for who, one in said.items() if one != "other"}
    assert found["in_crm"] == len(known) > 10
    assert found["unmapped"]["contacts"] == len(said) - len(known)
    meant = found["definition"]["mapping"]
    both = Counter((stands[who], meant[one]) for who, one in known.items() if who in stands)
    assert found["contacts"] == both.total()
    assert {(one["on_map"], one["in_crm"]): one["contacts"] for one in found["matrix"]} == both
    beside = {one["funnel_stage"]: one["in_crm"] for one in found["funnel"]}
    assert +Counter(beside) == Counter(meant[one] for one in known.values())


def staged(folder: Path) -> Path:
    """The export, which has no lifecycle stages, with some under the names that HubSpot has."""
    shutil.copytree(DATA / "crm_hubspot", folder)
    heading, *rows = (folder / "contact_data.csv").read_text().splitlines()
    told = [f"{row},{LIFECYCLE[n % len(LIFECYCLE)]}" for n, row in enumerate(rows)]
    whole = "\n".join((f"{heading},property_lifecyclestage", *told))
    (folder / "contact_data.csv").write_text(whole)
    return folder


async def people_of(client: Client) -> tuple[dict[str, str], dict[str, str]]:
    """What the CRM says of contacts, and where their last events leave them."""
    people = [one for one in await lines(client, "/v1/contacts") if not one["test"]]
    said = {one["id"]: one["traits"].get("lifecycle_stage") for one in people}
    stage_of = {name: stage for stage, which in SAID_BY.items() for name in which}
    rows = sorted(await lines(client, "/v1/events"), key=lambda row: str(row["timestamp"]))
    did = [one for one in rows if one["event"] in stage_of and one["contact_id"]]
    stands = {one["contact_id"]: stage_of[one["event"]] for one in did}
    return {who: one for who, one in said.items() if one is not None}, stands


LIFECYCLE = ("lead", "marketingqualifiedlead", "opportunity", "customer", "evangelist", "other")
SAID_BY = {
    "awareness": ("Email Opened", "Email Sent"),
    "interest": ("Contact Property Changed",),
    "intent": ("Meeting Logged", "Deal Created"),
    "retention": ("Ticket Created", "Ticket Closed"),
}


async def test_the_log_of_a_web_server_is_loaded_but_for_the_line_that_is_none(
    served: Served, client: Client
) -> None:
    expected = figures("weblog", "expected.json")
    file = DATA / "weblog" / "access.log.gz"
    code, said = load(served, client, "access_log.py", file)
    assert code == 1
    (rejected,) = [line for line in said if line.startswith("access.log.gz:")][:-1]
    assert rejected.startswith("access.log.gz:4461: h910befc636 ")
    assert said[-1] == f"events: {expected['rows']} accepted"
    again = load(served, client, "access_log.py", file)[1]
    assert again[-1] == "Nothing changed."
    events = await lines(client, "/v1/events")
    assert len({one["user_id"] for one in events}) == expected["unique_users"]
    assert Counter(one["event"] for one in events) == expected["events_per_type"]
    assert Counter(one["timestamp"][:10] for one in events) == expected["events_per_day"]
    bots = Counter(one["device"] for one in events)["bot"]
    assert bots / len(events) == pytest.approx(BOTS, abs=0.02)


BOTS = 0.14
"""The share of rows that are of robots, by another parser of user agents."""
