"""What the cells of a HubSpot export mean: hashes, times, flags, figures, ids."""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any

from exports import Refused, Row

HEX = re.compile(r"[0-9a-f]{32}")
BASE64 = re.compile(r"[A-Za-z0-9+/]{22}==")
TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2})(:\d{2}:\d{2})(\.\d{1,9})?(.*))?")
EPOCH = re.compile(r"\d{12,13}")
TRUTH = {"true": True, "false": False}


def digest(text: str) -> str:
    """The MD5 of a text in hexadecimal digits."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()


NOTHING = {digest(text) for text in ("", "null", "[]")}
"""What an empty cell is hashed to."""


def hashed(text: str) -> str | None:
    """The hash that a cell holds instead of a value, in hexadecimal digits."""
    if HEX.fullmatch(text):
        return text
    if BASE64.fullmatch(text):
        try:
            return base64.b64decode(text).hex()
        except binascii.Error:
            return None
    return None


def cell(row: Row, *columns: str) -> str | None:
    """The first of these cells that says something; the hash of nothing says nothing."""
    for column in columns:
        text = row.cells.get(column, "").strip()
        if text and hashed(text) not in NOTHING:
            return text
    return None


def named(row: Row, column: str) -> str:
    """An id of a row. Raises `Refused` where it has none."""
    found = cell(row, column)
    if found is None:
        raise Refused(f"has no {column}")
    return found


def link(text: str) -> str:
    """An id in the one form by which files are tied: one hashes the ids that another tells."""
    return hashed(text) or digest(text)


def truth(row: Row, *columns: str) -> bool:
    """Whether a flag is set, however it is spelt."""
    return (cell(row, *columns) or "").lower() == "true"


def figure(text: str) -> float | None:
    """A number, None for what is none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def instant(row: Row, *columns: str) -> str | None:
    """A time in ISO 8601, in UTC where it has no offset; None where there is none.

    Raises `Refused` for what is none.
    """
    for column in columns:
        if text := cell(row, column):
            found = moment(text)
            if found is None:
                raise Refused(f"{column} is {text!r}, which is no time")
            return found.isoformat()
    return None


def needed(row: Row, *columns: str) -> str:
    """The same, where it cannot be done without. Raises `Refused` as well where there is none."""
    found = instant(row, *columns)
    if found is None:
        raise Refused(f"has no {columns[0]}")
    return found


def moment(text: str) -> datetime | None:
    """A time in any spelling that exports have: `2020-12-30 3:15:52`, with or without fractions
    and offset, a day alone, or milliseconds since 1970."""
    if EPOCH.fullmatch(text):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))
    found = TIME.fullmatch(text)
    if found is None:
        return None
    day, hour, rest, fraction, offset = found.groups(default="")
    whole = f"{day}T{int(hour or 0):02}{rest or ':00:00'}{fraction[:7]}"
    offset = offset.strip()
    try:
        at = datetime.fromisoformat(whole + ("" if offset == "UTC" else offset))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def mail(text: str) -> str:
    """Whose mails an event is of: the hash of the address, told or hashed already."""
    return f"email_md5:{hashed(text) or digest(text.strip().lower())}"


MERGED = ("property_hs_merged_object_ids", "property_hs_calculated_merged_vids")


def merged(row: Row) -> Iterator[str]:
    """The ids of contacts that were merged into this one, all in one field: `1;2`, or each with
    the time of its merge, `1:1609459200000;2:…`."""
    for column in MERGED:
        for one in (cell(row, column) or "").split(";"):
            if found := one.partition(":")[0].strip():
                yield found


PREFIX = "property_"
FIGURES = {
    *("annualrevenue", "numberofemployees", "amount", "days_to_close", "num_notes"),
    *("hs_analytics_num_page_views", "hs_analytics_num_visits", "num_associated_deals"),
}
"""Properties that are figures; other digits are ids or codes and stay texts."""
NAMES = {
    **{"firstname": "first_name", "lastname": "last_name", "jobtitle": "occupation"},
    **{"createdate": "created_at", "annualrevenue": "annual_revenue"},
    "lifecyclestage": "lifecycle_stage",
}
"""Properties that have another name here. `occupation` is an attribute of the catalogue, and sales
funnels beside maps look at `lifecycle_stage`."""


def traits(row: Row, without: set[str]) -> dict[str, Any]:
    """The properties of a record by name, typed; an empty one is null, which removes it."""
    named = {column: column.removeprefix(PREFIX) for column in row.cells}
    return {
        NAMES.get(name, name): typed(name, cell(row, column))
        for column, name in named.items()
        if column.startswith(PREFIX) and name not in without
    }


def typed(name: str, text: str | None) -> Any:
    """A property as what it is: a figure, true or false, a time, a text."""
    if text is None:
        return None
    if text.lower() in TRUTH:
        return TRUTH[text.lower()]
    if name in FIGURES:
        return figure(text)
    at = moment(text) if "-" in text else None
    return at.isoformat() if at else text
