"""Links that open one map's picture in a browser, for a time, without a key."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import Field

from service.domain.errors import Invalid, NotConfigured, Problem
from service.domain.inputs import WHOLE, Input
from service.domain.insights.colours import Theme
from service.domain.journeys import JOURNEYS
from service.domain.signing import LASTS, LONGEST, SHORTEST_SECRET, sign
from service.domain.times import Instant
from service.domain.words import Meaning, told
from service.domain.work import Scope, Work

SHORTEST = timedelta(minutes=1)

MapFormat = Annotated[
    Literal["html", "svg", "markdown", "csv", "mermaid", "json"],
    Meaning(
        "A form that a map can be had in.",
        {
            "html": "A page to read, print and keep.",
            "svg": "A picture.",
            "markdown": "A document with a table for each stage.",
            "csv": "A line for each step, as it can be imported.",
            "mermaid": "A diagram, as it can be imported.",
            "json": "All of it, for programs.",
        },
        "MapFormat",
    ),
]
MapTheme = Annotated[
    Theme,
    Meaning(
        "Colours of a picture.",
        {
            "auto": "As the reader's system prefers.",
            "light": "Dark on white.",
            "dark": "Light on black.",
        },
        "MapTheme",
    ),
]


class NewShare(Input):
    """For how long a link shall open a map, and as what."""

    shown_only = frozenset()
    expires_in_seconds: Annotated[
        Annotated[
            int,
            Field(
                ge=int(SHORTEST.total_seconds()),
                le=int(LONGEST.total_seconds()),
            ),
            WHOLE,
        ]
        | None,
        told("For how long it opens, from a minute to 90 days; by default 7 days.", 86_400),
    ] = None
    expires_at: Annotated[
        Instant | None,
        told("Until when it opens, instead of `expires_in_seconds`.", "2026-05-08T09:30:00Z"),
    ] = None
    format: Annotated[MapFormat, told("What it opens, and nothing else.", "html")] = "html"
    theme: Annotated[MapTheme, told("In which colours.", "light")] = "auto"


class Shared(msgspec.Struct, frozen=True):
    """A link: the path on this service with the query that opens it, and until when it does."""

    url: str
    expires_at: datetime


async def share(work: Work, journey_id: UUID, wanted: NewShare, secret: str) -> Shared:
    """A link that reads one map until it expires.

    It outlives the key that asked for it, so it takes one that may write. Raises `NotFound`,
    `NotConfigured` without a signing key, `Invalid` for an expiry out of bounds.
    """
    work.needs(Scope.MAPS_WRITE)
    until = _until(wanted, work.now)
    if len(secret) < SHORTEST_SECRET:
        raise NotConfigured("No link can be signed here: WAYPOST_SIGNING_KEY is not set.")
    await JOURNEYS.one(work, journey_id)
    return signed(work, journey_id, wanted, until, secret)


def signed(work: Work, journey_id: UUID, wanted: NewShare, until: datetime, secret: str) -> Shared:
    """The link itself, to a map that is there."""
    path = f"/v1/journeys/{journey_id}/map"
    # A link counts in whole seconds.
    until = until.replace(microsecond=0)
    query = sign(path, wanted.format, work.caller.workspace_id, until, secret)
    theme = "" if wanted.theme == "auto" else f"&theme={wanted.theme}"
    return Shared(f"{path}?{query}{theme}", until)


def _until(wanted: NewShare, now: datetime) -> datetime:
    if wanted.expires_at is None:
        seconds = wanted.expires_in_seconds
        return now + (LASTS if seconds is None else timedelta(seconds=seconds))
    if wanted.expires_in_seconds is not None:
        detail = "give either expires_at or expires_in_seconds"
        names = ("expires_at", "expires_in_seconds")
        raise Invalid([Problem(f"/{name}", "one_of", detail) for name in names])
    if not SHORTEST <= wanted.expires_at - now <= LONGEST:
        detail = f"must be from a minute to {LONGEST.days} days from now"
        raise Invalid([Problem("/expires_at", "out_of_range", detail)])
    return wanted.expires_at
