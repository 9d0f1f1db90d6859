"""Load a HubSpot export, a folder of tables, by the public API alone.

    .venv/bin/python examples/hubspot.py FOLDER --key wp_…

or with WAYPOST_URL and WAYPOST_KEY in the environment. It needs httpx and nothing else. A second
run changes nothing and says so. docs/crm.md tells which table becomes what; `--only-known` leaves
out, and names, what is tied to no contact of the export.
"""

import argparse
import sys
from collections.abc import Iterator

from exports import Json, Refused, Report, Row, Service, grouped, rows, run
from hubspot_cells import cell, hashed, instant, link, mail, merged, traits, truth
from hubspot_events import EVENTS, Export, mails

NAMED_BY = ["id", "deal_id", "ticket_id", "contact_id", "engagement_id", "owner_id", "stage_id"]
NAMED_BY.append("pipeline_id")
LOOKED_UP = {
    *("owner", "email_campaign", "deal_pipeline", "deal_pipeline_stage"),
    *("deal_contact", "ticket_contact", "engagement_contact"),
}
"""Tables that others refer to; of themselves they tell of nobody."""
OPTED_OUT = "property_hs_email_optout"
ACCOUNT = "property_associatedcompanyid"


def load(given: argparse.Namespace, service: Service, report: Report) -> None:
    """Companies, then people, then what they did: each needs those before."""
    tables = dict(read(given, report))
    export = Export(tables, report, given.only_known)
    accounts = companies(service, export)
    people(service, export, accounts)
    service.tracked(list(events(export)))


def read(given: argparse.Namespace, report: Report) -> Iterator[tuple[str, list[Row]]]:
    """The tables of the folder by name. What is unmapped or deleted is named."""
    for path in sorted(given.path.glob("*.csv*")):
        table = path.name.partition(".")[0].removesuffix("_data")
        if table in LOOKED_UP:
            report.looked_up.add(path.name)
        known = table in EVENTS or table in LOOKED_UP or table in {"contact", "company"}
        kept = []
        for row in rows(path, NAMED_BY, report):
            if not known:
                report.reject(row, f"no mapping is known for {table}")
            elif row.name == "?":
                report.reject(row, "has no id")
            elif table != "contact" and truth(row, "is_deleted", "_fivetran_deleted"):
                # What refers to it finds it all the same.
                if table not in LOOKED_UP:
                    report.reject(row, "was deleted in HubSpot")
                    continue
                kept.append(row)
            else:
                kept.append(row)
        yield table, kept


def companies(service: Service, export: Export) -> dict[str, str]:
    """Companies as accounts: our ids by theirs."""
    found = {}
    known = service.known("accounts", "hubspot")
    for row in export.tables.get("company", ()):
        told = traits(row, {"name", "domain"})
        body: Json = {
            "name": cell(row, "property_name") or f"Company {row.name}",
            "domain": cell(row, "property_domain"),
            "traits": {name: value for name, value in told.items() if value is not None},
        }
        if body["domain"] and hashed(body["domain"]):
            body["domain"] = None
        try:
            found[row.name] = service.synced("accounts", "hubspot", row.name, body, known)["id"]
        except Refused as error:
            export.report.reject(row, str(error))
    return found


def people(service: Service, export: Export, accounts: dict[str, str]) -> None:
    """Contacts, and staff whom mails reached; then merges, archive and withdrawals."""
    contacts = export.tables.get("contact", [])
    items = []
    for row in contacts:
        try:
            items.append((row, contact(export, row, accounts)))
        except Refused as error:
            export.report.reject(row, str(error))
    found = service.upserted([*items, *staff(export)])
    rows_found = [row for row in contacts if row.name in found]
    merge(service, export, rows_found)
    gone = [row for row in rows_found if truth(row, "_fivetran_deleted", "is_deleted")]
    for group in grouped(gone):
        body = {"items": [{"id": found[row.name]} for row in group]}
        for came in service.got("POST", "/v1/contacts/batch/archive", json=body)["items"]:
            service.report.came("contacts deleted in HubSpot", came["outcome"])
    for row in rows_found:
        if truth(row, OPTED_OUT):
            withdraw(service, row, found[row.name])


def contact(export: Export, row: Row, accounts: dict[str, str]) -> Json:
    """A row as a contact: its ids, those merged into it, and its mailboxes. Raises `Refused`."""
    own = [row.name, *(one for one in merged(row) if not has_row(export, one))]
    names = [("hubspot", one) for one in own] + [("user_id", f"hubspot:{one}") for one in own]
    names += [("user_id", one) for one in mails(row)]
    address = cell(row, "property_email")
    told = traits(row, {"hs_merged_object_ids", "hs_calculated_merged_vids", "hs_email_optout"})
    for name in [name for name in told if name.startswith("email")]:
        if hashed(told[name] or ""):
            # No mail goes to a hash; it stays as an identifier.
            del told[name]
    told["name"] = " ".join(t for n in ("first_name", "last_name") if (t := told.get(n))) or None
    item: Json = {"traits": told}
    if address and not hashed(address):
        names.append(("email", address.lower()))
    if company := cell(row, ACCOUNT):
        if company not in accounts:
            export.report.note(row, "companies that are not in company", company)
        else:
            item["account_id"] = accounts[company]
    item["identifiers"] = [{"source": s, "value": v} for s, v in dict.fromkeys(names)]
    changed = instant(row, "property_lastmodifieddate", "_fivetran_synced")
    return item | ({"source_updated_at": changed} if changed else {})


def has_row(export: Export, contact_id: str) -> bool:
    """Whether the export still has the record of a contact, merged or not."""
    return link(contact_id) in export.known["contact"]


def staff(export: Export) -> Iterator[tuple[Row, Json]]:
    """Those of the staff whom mails reached: test contacts, whom no figure counts."""
    reached = {mail(row.cells.get("recipient", "")) for row in export.tables.get("email_event", ())}
    for row in export.tables.get("owner", ()):
        address = cell(row, "email")
        if address is not None and mail(address) in reached:
            names = (("hubspot_owner", row.name), ("user_id", mail(address)))
            listed = [{"source": source, "value": value} for source, value in names]
            yield row, {"identifiers": listed, "test": True}


def merge(service: Service, export: Export, contacts: list[Row]) -> None:
    """Merge, as HubSpot did, records that the export has both before and after the merge."""
    pairs = [(row, one) for row in contacts for one in merged(row) if has_row(export, one)]
    named = list(dict.fromkeys(name for row, one in pairs for name in (row.name, one)))
    shown: dict[str, str | None] = {}
    for group in grouped(named):
        body = {"items": [{"source": "hubspot", "value": name} for name in group]}
        for came in service.got("POST", "/v1/contacts/lookup", json=body)["items"]:
            shown[group[came["index"]]] = came["id"]
    for row, one in pairs:
        if shown[row.name] is None or shown[one] is None or shown[row.name] == shown[one]:
            service.report.came("merges", "unchanged")
            continue
        pair = {"winner_id": shown[row.name], "loser_id": shown[one]}
        try:
            service.got("POST", "/v1/contacts/merge", json=pair)
            service.report.came("merges", "merged")
        except Refused as error:
            export.report.note(row, f"not merged with {one}", str(error))


def withdraw(service: Service, row: Row, contact_id: str) -> None:
    """Write down that somebody opted out of mails, unless their last word is that already."""
    path = f"/v1/contacts/{contact_id}/consents"
    states = {one["purpose"]: one["state"] for one in service.got("GET", path)["states"]}
    if states.get("email_marketing") == "withdrawn":
        service.report.came("opt-outs", "unchanged")
        return
    said: Json = {"purpose": "email_marketing", "granted": False, "means": "HubSpot opt-out"}
    said["at"] = instant(row, f"{OPTED_OUT}_date", "_fivetran_synced")
    service.got("POST", path, json=said)
    service.report.came("opt-outs", "withdrawn")


def events(export: Export) -> Iterator[tuple[Row, Json]]:
    """All events of the export; rows that are none are rejected."""
    for table, told in EVENTS.items():
        for row in export.tables.get(table, ()):
            try:
                made = list(told(export, row))
            except Refused as error:
                export.report.reject(row, str(error))
            else:
                yield from ((row, one) for one in made)


def only_known(parser: argparse.ArgumentParser) -> None:
    """The option to take nobody but the contacts of the export."""
    said = "leave out what is tied to no contact of the export"
    parser.add_argument("--only-known", action="store_true", help=said)


if __name__ == "__main__":
    sys.exit(run(__doc__ or "", load, only_known))
