"""Which events the rows of a HubSpot export are: deals, tickets, engagements, mails, histories."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exports import Json, Refused, Report, Row
from hubspot_cells import (
    NOTHING,
    cell,
    digest,
    figure,
    hashed,
    instant,
    link,
    mail,
    merged,
    named,
    needed,
    truth,
)

MAILS = {
    **{"PROCESSED": "Email Processed", "SENT": "Email Sent", "DELIVERED": "Email Delivered"},
    **{"DEFERRED": "Email Deferred", "DROPPED": "Email Dropped", "BOUNCE": "Email Bounced"},
    **{"OPEN": "Email Opened", "CLICK": "Email Link Clicked", "PRINT": "Email Printed"},
    **{"FORWARD": "Email Forwarded", "SPAMREPORT": "Email Marked as Spam"},
    **{"STATUSCHANGE": "Email Subscription Changed", "UNBOUNCE": "Email Address Works Again"},
}
"""What HubSpot's types of mail events are called here."""
DETAILS = tuple(f"email_event_{kind}" for kind in ("sent", "delivered", "open", "click", "bounce"))
"""Tables that tell more of some events, without saying whose and when."""
HISTORIES = {
    "contact_property_history": ("contact", "contact_id", "timestamp"),
    "deal_property_history": ("deal", "deal_id", "timestamp"),
    "ticket_property_history": ("ticket", "ticket_id", "timestamp_instant"),
}


@dataclass
class Export:
    """The tables of an export, and its rows by id."""

    tables: Mapping[str, list[Row]]
    report: Report
    only_known: bool = False
    known: dict[str, dict[str, Row]] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    mailboxes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Index the tables that others refer to, by the one form of their ids."""
        for table, column in (
            *(("contact", "id"), ("owner", "owner_id"), ("email_campaign", "id")),
            *(("deal", "deal_id"), ("ticket", "id"), ("deal_pipeline", "pipeline_id")),
            *(("deal_pipeline_stage", "stage_id"), ("email_event", "id")),
            *(("deal_contact", "deal_id"), ("ticket_contact", "ticket_id")),
            ("engagement_contact", "engagement_id"),
            *((table, "engagement_id") for table in ENGAGEMENTS),
            *((table, "id") for table in DETAILS),
        ):
            index = self.known.setdefault(table, {})
            for row in self.tables.get(table, ()):
                index.setdefault(link(row.cells.get(column, "")), row)
        for row in self.tables.get("contact", ()):
            self.merged.update(link(one) for one in merged(row))
            self.mailboxes.update(mails(row))

    def referred(self, row: Row, table: str, column: str) -> Row | None:
        """The row of another table that a cell names; one that is not there is noted."""
        text = cell(row, column)
        if text is None:
            return None
        found = self.known[table].get(link(text))
        if found is None:
            self.report.note(row, f"{column} that is not in {table}, kept as an id", text)
        return found

    def contact(self, row: Row, contact_id: str) -> Json:
        """A contact by its id there. Raises `Refused` where only those of the export are meant."""
        name = link(contact_id)
        if name not in self.known["contact"] and name not in self.merged:
            if self.only_known:
                raise Refused(f"contact {contact_id} is not in the export")
            self.report.note(row, "contacts not in contact, known by their id alone", contact_id)
        return {"userId": f"hubspot:{contact_id}"}

    def party(self, row: Row, kind: str, record_id: str) -> Json:
        """Whose a record is: of its first contact; else of somebody not known yet, as who they
        come to be known by `identify` with this anonymous id and theirs."""
        tie = self.known[f"{kind}_contact"].get(link(record_id))
        if tie is not None:
            return self.contact(row, named(tie, "contact_id"))
        if self.only_known:
            raise Refused(f"no contact is tied to this {kind}")
        self.report.note(row, f"{kind}s tied to no contact, of somebody anonymous", record_id)
        return {"anonymousId": f"hubspot:{kind}:{record_id}"}

    def recipient(self, address: str) -> Json:
        """Whose mailbox it is. Raises `Refused` as `contact` does."""
        if self.only_known and mail(address) not in self.mailboxes:
            raise Refused("the recipient is not in the export")
        return {"userId": mail(address)}

    def person(self, row: Row, column: str) -> Json:
        """Who of the staff is in charge."""
        self.referred(row, "owner", column)
        return {"person": cell(row, column)}


def mails(row: Row) -> Iterator[str]:
    """The addresses of a contact, as mails name their recipients."""
    for column in row.cells:
        if column.startswith("property_email") and (text := cell(row, column)):
            yield mail(text)


def labelled(row: Row | None, column: str) -> str | None:
    """What a row that was referred to says, if it is there."""
    return None if row is None else cell(row, column)


def event(who: Json, name: str, at: str, message_id: str, properties: Json) -> Json:
    """A message of the tracking protocol."""
    kept = {member: value for member, value in properties.items() if value not in (None, "")}
    known = {"type": "track", "event": name, "timestamp": at, "properties": kept}
    return {**who, **known, "messageId": f"hubspot:{message_id}"}


Events = Iterable[Json]


def deals(export: Export, row: Row) -> Events:
    """Created; won or lost, where its stage says that it is closed."""
    deal_id, created = named(row, "deal_id"), needed(row, "property_createdate")
    who = export.party(row, "deal", deal_id)
    pipeline = export.referred(row, "deal_pipeline", "deal_pipeline_id")
    stage = export.referred(row, "deal_pipeline_stage", "deal_pipeline_stage_id")
    about = {
        **{"deal_id": deal_id, "name": cell(row, "property_dealname")},
        "pipeline": labelled(pipeline, "label") or cell(row, "deal_pipeline_id"),
        "stage": labelled(stage, "label") or cell(row, "deal_pipeline_stage_id"),
        "value": figure(cell(row, "property_amount") or ""),
        "currency": cell(row, "property_deal_currency_code"),
        "department": "sales",
        **export.person(row, "owner_id"),
    }
    yield event(who, "Deal Created", created, f"deal:{deal_id}:created", about)
    if stage is not None and truth(stage, "is_closed", "closed_won"):
        name = "Deal Won" if truth(stage, "closed_won") else "Deal Lost"
        closed = needed(row, "property_closedate")
        yield event(who, name, closed, f"deal:{deal_id}:closed", about)


TICKET = (
    ("Ticket Created", "property_createdate"),
    ("Ticket Answered", "property_first_agent_reply_date"),
    ("Ticket Closed", "property_closed_date"),
)


def tickets(export: Export, row: Row) -> Events:
    """Created, answered, closed: each at its time, where it has one."""
    ticket_id, created = named(row, "id"), needed(row, "property_createdate")
    times = {name: instant(row, column) for name, column in TICKET}
    who = export.party(row, "ticket", ticket_id)
    about = {
        **{"ticket_id": ticket_id, "subject": cell(row, "property_subject")},
        "content": cell(row, "property_content"),
        "pipeline": cell(row, "property_hs_pipeline"),
        "stage": cell(row, "property_hs_pipeline_stage"),
        "category": cell(row, "property_hs_ticket_category"),
        "priority": cell(row, "property_hs_ticket_priority"),
        "department": "service",
        **export.person(row, "property_hubspot_owner_id"),
    }
    closed = times["Ticket Closed"]
    if closed is not None and closed < created:
        export.report.note(row, "tickets closed before they were created, as they are", ticket_id)
    for name, at in times.items():
        if at is not None:
            step = name.rpartition(" ")[2].lower()
            yield event(who, name, at, f"ticket:{ticket_id}:{step}", about)


ENGAGEMENTS = {
    "engagement_call": ("Call Logged", "phone", "property_hs_timestamp"),
    "engagement_email": ("Email Logged", "email", "property_hs_timestamp"),
    "engagement_meeting": ("Meeting Logged", "meeting", "start_time"),
}


def engagements(table: str) -> Callable[[Export, Row], Events]:
    """What calls, mails and meetings are: one event each, at the time at which it took place."""
    name, channel, time = ENGAGEMENTS[table]

    def logged(export: Export, row: Row) -> Events:
        engagement_id = named(row, "engagement_id")
        at = needed(row, time, "property_hs_createdate")
        who = export.party(row, "engagement", engagement_id)
        about = {
            **{"engagement_id": engagement_id, "channel": channel},
            "subject": cell(row, "title", "property_hs_email_subject"),
            "text": cell(row, "body", "property_hs_email_text"),
            **{"ended_at": instant(row, "end_time"), "outcome": cell(row, "meeting_outcome")},
            "source": cell(row, "source"),
            **export.person(row, "property_hubspot_owner_id"),
        }
        yield event(who, name, at, f"engagement:{engagement_id}", about)

    return logged


def listed(export: Export, row: Row) -> Events:
    """The list of all engagements adds nothing to those that have a table of their own."""
    if not any(link(named(row, "id")) in export.known[table] for table in ENGAGEMENTS):
        raise Refused(f"a {row.cells.get('type')} is in no table that tells when it was")
    return ()


def mailed(export: Export, row: Row) -> Events:
    """What became of a mail to one recipient, with what other tables tell of it."""
    kind = cell(row, "type") or ""
    if kind not in MAILS:
        raise Refused(f"there is no event for the type {kind!r}")
    address, at = named(row, "recipient"), needed(row, "created")
    campaign = export.referred(row, "email_campaign", "email_campaign_id")
    about: dict[str, Any] = {"channel": "email", "department": "marketing"}
    about["campaign_id"] = cell(row, "email_campaign_id")
    about["campaign"] = labelled(campaign, "name") or about["campaign_id"]
    about["subject"] = labelled(campaign, "subject")
    about["filtered"] = truth(row, "filtered_event") or None
    context = {}
    for table in DETAILS:
        if more := export.known[table].get(link(named(row, "id"))):
            told = {name: cell(more, name) for name in more.cells if not name.startswith("_")}
            told.pop("id")
            # A hash is no user agent, and would be taken for an unknown device.
            if (agent := told.get("user_agent")) and not hashed(agent):
                context["userAgent"] = told.pop("user_agent")
            about |= {name: value for name, value in told.items() if value is not None}
    who = export.recipient(address) | ({"context": context} if context else {})
    yield event(who, MAILS[kind], at, f"email:{row.cells['id']}", about)


def details(export: Export, row: Row) -> Events:
    """More of a mail event, which stands with it: alone it says neither whose nor when."""
    if link(named(row, "id")) not in export.known["email_event"]:
        raise Refused("is not in email_event, which alone says whose it was and when")
    return ()


def changed(table: str) -> Callable[[Export, Row], Events]:
    """A value that a property took: an event of the contact, or of whose the record is."""
    kind, column, time = HISTORIES[table]

    def told(export: Export, row: Row) -> Events:
        record_id, name = named(row, column), cell(row, "name") or ""
        value, at = row.cells.get("value", ""), needed(row, time)
        who = (
            export.contact(row, record_id)
            if kind == "contact"
            else export.party(row, kind, record_id)
        )
        about = {f"{kind}_id": record_id, "property": name, "source": cell(row, "source")}
        about["value"] = None if hashed(value) in NOTHING else value
        unique = digest(f"{name}\n{at}\n{value}")
        title = f"{kind.capitalize()} Property Changed"
        yield event(who, title, at, f"{kind}:{record_id}:{unique}", about)

    return told


EVENTS: dict[str, Callable[[Export, Row], Events]] = {
    **{"deal": deals, "ticket": tickets, "engagement": listed, "email_event": mailed},
    **{table: engagements(table) for table in ENGAGEMENTS},
    **dict.fromkeys(DETAILS, details),
    **{table: changed(table) for table in HISTORIES},
}
