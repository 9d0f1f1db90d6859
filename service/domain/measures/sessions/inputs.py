"""What is asked of sessions."""

from typing import Annotated

from pydantic import Field

from service.domain.inputs import Line
from service.domain.measures.inputs import Analysis, EventNames, PathTimeout
from service.domain.preferences import PAGE_VIEWS
from service.domain.words import told

MOST_SWITCHES = 10
VIEWS = [*PAGE_VIEWS]
SWITCHES = ["device", "channel", "department"]

PageViews = Annotated[
    EventNames,
    told("Which events are views of a page; absent: those of the tracking protocol.", VIEWS),
]


class SessionsQuery(Analysis):
    """Sessions of a range, by their first event."""

    timeout_seconds: PathTimeout
    page_view_events: PageViews = Field(default_factory=lambda: list(VIEWS))
    switches: Annotated[
        list[Line],
        Field(max_length=MOST_SWITCHES),
        told("Fields of which each change from one event to the next is a switch.", SWITCHES),
    ] = Field(default_factory=lambda: list(SWITCHES))
