"""The example that loads a HubSpot export, on tables that have its quirks."""

import base64
from hashlib import md5
from pathlib import Path

import pytest

from tests.clients.exported import Json, lines, load, table
from tests.conftest import Served
from tests.make import Client

ANN, NOBODY = "ann@example.org", "d41d8cd98f00b204e9800998ecf8427e"
DELETED = {"_fivetran_deleted": "TRUE"}


def packed(text: str) -> str:
    """How one of the files hashes what another tells."""
    return base64.b64encode(digest(text)).decode()


def digest(text: str) -> bytes:
    return md5(text.encode(), usedforsecurity=False).digest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    people(tmp_path)
    business(tmp_path)
    mails_and_more(tmp_path)
    return tmp_path


def people(folder: Path) -> None:
    contact = {"_fivetran_deleted": "FALSE", "_fivetran_synced": "2021-04-02 11:16:05"}
    table(
        folder,
        "contact",
        contact
        | {"id": "1", "property_email": "Ann@Example.org", "property_firstname": "Ann"}
        | {"property_hs_merged_object_ids": "2;3:1609459200000", "property_jobtitle": "engineer"}
        | {"property_annualrevenue": "111111", "property_createdate": "2021-04-01 7:32:47"}
        | {"property_hs_email_optout": "TRUE", "property_associatedcompanyid": "10"}
        | {"property_hs_all-funky-a9384-syntax": "23"},
        contact | {"id": "2", "property_firstname": "Anna", "property_city": "Graz"},
        contact | {"id": "4", "property_email": packed("ben@example.org")} | DELETED,
        contact | {"id": "5", "_fivetran_synced": "soon"},
        contact | {"id": "6", "property_associatedcompanyid": "99"},
        contact | {"id": "", "property_firstname": "Chris"},
    )
    company = {"is_deleted": "false", "property_createdate": "2020-12-30 3:15:52"}
    named = {"property_name": "Harbour", "property_industry": NOBODY}
    table(
        folder,
        "company",
        company | {"id": "10"} | named,
        company | {"id": "11", "property_name": packed("")},
        company | {"id": "12", "is_deleted": "true"},
    )


def business(folder: Path) -> None:
    table(folder, "deal_pipeline", {"pipeline_id": "default", "label": "Sales"})
    stage = {"pipeline_id": packed("default"), "is_closed": "TRUE"}
    table(
        folder,
        "deal_pipeline_stage",
        stage | {"stage_id": packed("won"), "label": "Won", "closed_won": "TRUE"},
        stage | {"stage_id": "lost", "label": "Lost", "closed_won": "FALSE"} | DELETED,
    )
    deal = {"deal_pipeline_id": "default", "property_createdate": "2021-01-01 10:00:00"}
    deal |= {"property_closedate": "2021-02-01 10:00:00.5", "property_amount": "1200.50"}
    table(
        folder,
        "deal",
        deal | {"deal_id": "20", "deal_pipeline_stage_id": "won", "owner_id": "7"},
        deal | {"deal_id": "21", "deal_pipeline_stage_id": "lost", "owner_id": "8"},
        deal | {"deal_id": "22", "deal_pipeline_stage_id": "open"},
        deal | {"deal_id": "23", "is_deleted": "true"},
        deal | {"deal_id": "24", "property_createdate": "", "property_closedate": ""},
    )
    table(folder, "deal_contact", {"deal_id": "20", "contact_id": "3"})
    table(folder, "owner", {"owner_id": "7", "email": packed("owner@example.org")})
    ticket = {"id": "30", "property_createdate": "2021-02-16T20:31:05Z"}
    ticket |= {"property_closed_date": "2020-11-10 14:54:50+02:00"}
    table(folder, "ticket", ticket, ticket | {"id": "31", "property_closed_date": "later"})
    table(folder, "ticket_contact", {"ticket_id": "30", "contact_id": "77"})


def mails_and_more(folder: Path) -> None:
    table(folder, "email_campaign", {"id": "40", "name": "Spring", "subject": "Hello"})
    mail = {"created": "2020-03-16 19:03:20.357", "email_campaign_id": "40", "recipient": ANN}
    table(
        folder,
        "email_event",
        mail | {"id": "e1", "type": "CLICK"},
        mail | {"id": "e2", "type": "OPEN", "recipient": packed(ANN), "filtered_event": "true"},
        mail | {"id": "e3", "type": "OPEN", "recipient": packed("owner@example.org")},
        mail | {"id": "e4", "type": "GUESSED", "email_campaign_id": "41"},
        mail | {"id": "e5", "type": "SENT", "recipient": NOBODY},
    )
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 Mobile"
    table(
        folder,
        "email_event_click",
        {"id": "e1", "url": "https://example.org", "user_agent": phone},
        {"id": "e9", "url": "https://example.org"},
    )
    table(folder, "engagement", {"id": "50", "type": "CALL"}, {"id": "51", "type": "NOTE"})
    table(
        folder,
        "engagement_call",
        {"engagement_id": "50", "property_hs_timestamp": "2014-08-27 20:50:44.778000"},
    )
    table(folder, "engagement_contact", {"engagement_id": "50", "contact_id": "1"})
    history = {"contact_id": "1", "timestamp": "2020-06-05 15:38:08.001", "name": "city"}
    table(
        folder,
        "contact_property_history",
        history | {"value": "Wien"},
        history | {"value": NOBODY, "timestamp": "2020-06-06 15:38:08.001"},
    )
    table(folder, "list", {"id": "60", "name": "All"})
    with (folder / "owner_data.csv").open("a") as text:
        text.write("8,too,many\n")


REJECTED = [
    "contact_data.csv:5: 5: _fivetran_synced is 'soon', which is no time",
    "contact_data.csv:7: ?: has no id",
    "company_data.csv:4: 12: was deleted in HubSpot",
    "deal_data.csv:5: 23: was deleted in HubSpot",
    "deal_data.csv:6: 24: has no property_createdate",
    "owner_data.csv:3: 8: has more or fewer cells than the header",
    "ticket_data.csv:3: 31: property_closed_date is 'later', which is no time",
    "email_event_data.csv:5: e4: there is no event for the type 'GUESSED'",
    "email_event_data.csv:6: e5: has no recipient",
    "email_event_click_data.csv:3: e9: is not in email_event, which alone says whose it was and"
    " when",
    "engagement_data.csv:3: 51: a NOTE is in no table that tells when it was",
    "list_data.csv:2: 60: no mapping is known for list",
]
NOTED = [
    "contact_data.csv: companies that are not in company: 99",
    "deal_data.csv: deals tied to no contact, of somebody anonymous: 21, 22",
    "deal_data.csv: owner_id that is not in owner, kept as an id: 8",
    "deal_data.csv: deal_pipeline_stage_id that is not in deal_pipeline_stage, kept as an id: open",
    "ticket_data.csv: contacts not in contact, known by their id alone: 77",
    "ticket_data.csv: tickets closed before they were created, as they are: 30",
]


async def test_an_export_is_loaded_and_what_is_not_is_named(
    served: Served, client: Client, folder: Path
) -> None:
    code, said = load(served, client, "hubspot.py", folder)
    assert code == 1
    for line in [*REJECTED, *NOTED, "accounts: 2 created", "merges: 1 merged"]:
        assert line in said, "\n".join(said)
    assert sum(": " in line and line in REJECTED for line in said) == len(REJECTED)
    again = load(served, client, "hubspot.py", folder)[1]
    assert again[-1] == "Nothing changed.", "\n".join(again)
    assert set(REJECTED) <= set(again)


async def test_contacts_are_known_by_all_their_ids(
    served: Served, client: Client, folder: Path
) -> None:
    load(served, client, "hubspot.py", folder)
    names = [{"source": "hubspot", "value": one} for one in "1234"]
    body = {"items": [*names, {"source": "email", "value": ANN}]}
    answer = (await client.post("/v1/contacts/lookup", json=body)).json()["items"]
    ann, anna, merged, ben, by_mail = answer
    assert ann["id"] == anna["id"] == merged["id"] == by_mail["id"] != ben["id"]
    told = ann["contact"]["traits"]
    # What the record that was merged away had alone is shown; what both have is the winner's.
    assert (told["name"], told["city"], told["occupation"]) == ("Ann", "Graz", "engineer")
    assert told["annual_revenue"] == 111111
    assert told["created_at"] == "2021-04-01T07:32:47+00:00"
    assert told["hs_all-funky-a9384-syntax"] == "23"
    assert ben["contact"]["archived_at"] is not None
    assert "email" not in ben["contact"]["traits"]
    (account,) = (await client.got("/v1/accounts?q=Harbour"))["items"]
    assert ann["contact"]["account_id"] == account["id"]
    assert account["traits"] == {"created_at": "2020-12-30T03:15:52+00:00"}
    states = (await client.got(f"/v1/contacts/{ann['id']}/consents"))["states"]
    assert {one["purpose"]: one["state"] for one in states}["email_marketing"] == "withdrawn"


async def test_what_contacts_did_is_theirs(served: Served, client: Client, folder: Path) -> None:
    load(served, client, "hubspot.py", folder)
    name = {"items": [{"source": "hubspot", "value": "1"}]}
    ann = (await client.post("/v1/contacts/lookup", json=name)).json()["items"][0]["id"]
    found = await lines(client, f"/v1/contacts/{ann}/timeline")
    assert [(one["event"], one["channel"], one["department"]) for one in found] == [
        ("Call Logged", "phone", None),
        ("Email Link Clicked", "email", "marketing"),
        ("Email Opened", "email", "marketing"),
        ("Contact Property Changed", None, None),
        ("Contact Property Changed", None, None),
        ("Deal Created", None, "sales"),
        ("Deal Won", None, "sales"),
    ]
    click, opened, wien, empty, won = (found[n] for n in (1, 2, 3, 4, 6))
    assert (click["device"], click["campaign"]) == ("mobile", "Spring")
    assert click["properties"]["url"] == "https://example.org"
    assert opened["properties"]["filtered"] is True
    assert (wien["properties"]["value"], "value" in empty["properties"]) == ("Wien", False)
    assert won["timestamp"] == "2021-02-01T10:00:00.5+00:00"
    told: Json = won["properties"]
    assert (told["value"], told["pipeline"], told["stage"]) == (1200.5, "Sales", "Won")
    assert told["person"] == "7"
    others = [one for one in await lines(client, "/v1/events") if one["contact_id"] != ann]
    assert sorted((one["event"], one["user_id"] or one["anonymous_id"]) for one in others) == [
        ("Deal Created", "hubspot:deal:21"),
        ("Deal Created", "hubspot:deal:22"),
        ("Deal Lost", "hubspot:deal:21"),
        ("Email Opened", f"email_md5:{digest('owner@example.org').hex()}"),
        ("Ticket Closed", "hubspot:77"),
        ("Ticket Created", "hubspot:77"),
    ]


async def test_staff_who_get_mails_are_test_contacts(
    served: Served, client: Client, folder: Path
) -> None:
    load(served, client, "hubspot.py", folder)
    (owner,) = (await client.got("/v1/contacts?test=true"))["items"]
    assert {one["source"] for one in owner["identifiers"]} == {"hubspot_owner", "user_id"}


async def test_a_deal_becomes_somebodys_when_it_is_known_whose_it_is(
    served: Served, client: Client, folder: Path
) -> None:
    load(served, client, "hubspot.py", folder)
    who = {"type": "identify", "userId": "hubspot:1", "anonymousId": "hubspot:deal:21"}
    assert (await client.post("/v1/identify", json=who)).json()["accepted"] == 1
    events = await lines(client, "/v1/events?event=Deal%20Created")
    assert len(events) == 3
    assert len({one["contact_id"] for one in events}) == 2


async def test_only_what_is_tied_to_the_contacts_of_the_export_is_taken_on_request(
    served: Served, client: Client, folder: Path
) -> None:
    said = load(served, client, "hubspot.py", folder, "--only-known")[1]
    for line in (
        "deal_data.csv:3: 21: no contact is tied to this deal",
        "ticket_data.csv:2: 30: contact 77 is not in the export",
        "email_event_data.csv:4: e3: the recipient is not in the export",
    ):
        assert line in said, "\n".join(said)
    whose = {one["contact_id"] for one in await lines(client, "/v1/events")}
    assert len(whose) == 1


async def test_a_newer_record_is_not_undone_by_an_older_export(
    served: Served, client: Client, folder: Path
) -> None:
    load(served, client, "hubspot.py", folder)
    newer = {"identifiers": [{"source": "hubspot", "value": "1"}], "traits": {"name": "Ann B."}}
    body = {"items": [newer | {"source_updated_at": "2021-05-01T00:00:00Z"}]}
    await client.post("/v1/contacts/batch/upsert", json=body)
    load(served, client, "hubspot.py", folder)
    names = {one["traits"].get("name") for one in await lines(client, "/v1/contacts")}
    assert "Ann B." in names
