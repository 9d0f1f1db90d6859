"""What is asked of gaps, and what people say of them."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from service.domain import cursors
from service.domain.inputs import Input, Key, Line, Slug
from service.domain.insights.gaps.gap import ABOUT_MAP, KINDS, MEANINGS, Gap, Kind
from service.domain.journeys import StateName
from service.domain.times import Instant
from service.domain.words import Meaning, Several, told

REVISION = (
    "The map as it was, with what is known today: a revision's number, `published` for the last, a"
    " day or instant for the one in force then; or `draft`."
)
_ONE = f"({'|'.join(KINDS)})"


def _known(kinds: str) -> str:
    if set(kinds.split(",")) - set(KINDS):
        message = f"must be kinds out of {', '.join(KINDS)}, with commas between"
        raise PydanticCustomError("unknown_kind", message)
    return kinds


GAP_KIND = Meaning("What sort of gap it is.", MEANINGS, "GapKind")
GapKinds = Annotated[
    str,
    Field(max_length=500, json_schema_extra={"pattern": f"^{_ONE}(,{_ONE})*$"}),
    AfterValidator(_known),
    Several(Annotated[Kind, GAP_KIND]),
]
GapStatus = Annotated[
    Literal["open", "accepted", "dismissed"],
    Meaning(
        "What people made of a gap.",
        {
            "open": "Nobody has judged it, or it was opened again.",
            "accepted": "It is one, and is lived with or worked on.",
            "dismissed": "It is none, for the reason given.",
        },
        "GapStatus",
    ),
]
GapAbout = Annotated[
    Literal["client", "map"],
    Meaning(
        "Whom gaps are about.",
        {
            "client": "What clients meet or miss: every kind that is not about the map.",
            "map": f"What the map lacks: {', '.join(k for k in KINDS if k in ABOUT_MAP)}.",
        },
        "GapAbout",
    ),
]
GapDimension = Annotated[
    Literal["department", "channel", "device"],
    Meaning(
        "What changes at a handoff.",
        {
            "department": "Another department takes over.",
            "channel": "The channel changes.",
            "device": "The device changes.",
        },
        "GapDimension",
    ),
]
GapUnit = Annotated[
    Literal["contact", "session"],
    Meaning(
        "Whose path is judged once there are events.",
        {"contact": "All that a contact did.", "session": "What was done in one session."},
        "GapUnit",
    ),
]

GapScan = Annotated[
    Literal["week", "month"],
    Meaning(
        "By what periods events are compared.",
        {"week": "Weeks from Monday.", "month": "Months of the calendar."},
        "GapScan",
    ),
]


class GapsQuery(Input):
    """Which gaps, in what range, measured how."""

    shown_only = frozenset()
    kind: Annotated[
        GapKinds | None,
        told("Kinds, with commas between; else all.", "channel_handoff,emotional_low"),
    ] = None
    about: Annotated[
        GapAbout | None, told("Only kinds about clients, or about the map itself.", "client")
    ] = None
    dimension: Annotated[
        GapDimension | None,
        told("Only handoffs at which this changes, whatever changes beside it.", "device"),
    ] = None
    department: Annotated[
        Slug | None, told("Only those that concern this department.", "service")
    ] = None
    min_severity: Annotated[
        Annotated[float, Field(ge=0, le=100)], told("Only those at least so bad, 0 to 100.", 40)
    ] = 0.0
    status: Annotated[GapStatus | None, told("Only those of which people made this.", "open")] = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=200), told("Gaps a page: 1 to 200.", 50)] = 50
    after: Annotated[
        Annotated[str, Field(max_length=2000)] | None,
        told("The `next` of the page before, with the same other parameters.", cursors.EXAMPLE),
    ] = None
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("Findings that were observed before count as no data.", "2026-05-01T00:00:00Z"),
    ] = None
    to: Annotated[
        Instant | None,
        told("Findings that were observed from then on count as no data.", "2026-06-01T00:00:00Z"),
    ] = None
    unit: Annotated[
        GapUnit, told("Whose path is judged; without events it changes nothing.", "contact")
    ] = "contact"
    window_seconds: Annotated[
        Annotated[int, Field(ge=1, le=31_622_400)],
        told("Within what time a path goes on; without events it changes nothing.", 1_209_600),
    ] = 1_209_600
    least_count: Annotated[
        Annotated[int, Field(ge=1, le=1_000_000)] | None,
        told("The least count to compare, else the workspace's; needs events.", 30),
    ] = None
    filter: Annotated[
        Annotated[str, Field(max_length=20_000)] | None,
        told("A selection of events; refused (501) while there are none.", '{"all": []}'),
    ] = None
    baseline: Annotated[
        Annotated[str, Field(max_length=100)] | None,
        told("The range to compare with; refused (501) while there are no events.", "previous"),
    ] = None
    scan: Annotated[
        GapScan | None,
        told("Compare each such period; refused (501) while there are no events.", "week"),
    ] = None

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds asked for; none for all."""
        return frozenset() if self.kind is None else frozenset(self.kind.split(","))

    @property
    def since(self) -> date | None:
        """The first day of the range, in UTC."""
        return None if self.from_ is None else self.from_.date()

    @property
    def until(self) -> date | None:
        """The day behind the range, in UTC."""
        return None if self.to is None else self.to.date()


class JourneyGapsQuery(GapsQuery):
    """Which gaps of one journey."""

    revision: Annotated[StateName | None, told(REVISION, "published")] = None
    stage: Annotated[
        Key | None, told("Only those in this stage, told by key or id.", "decision")
    ] = None
    against: Annotated[
        UUID | None,
        told(
            "The map to compare with, else the newest of its to-be maps.",
            "0198c7f0-0000-7000-8000-000000000041",
        ),
    ] = None


class AllGapsQuery(GapsQuery):
    """Which gaps of all journeys, or of those of one profile."""

    profile_id: Annotated[
        UUID | None,
        told(
            "Only journeys whose personas are of this profile or of one below it.",
            "0198c7f0-0000-7000-8000-000000000010",
        ),
    ] = None


class NewGap(Input):
    """What people make of a gap, with their reason."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | (
        frozenset(Gap.__struct_fields__) - {"status", "reason"}
    )
    often_changed = ("status", "reason")
    status: Annotated[
        GapStatus, told("What to make of it; a dismissal needs a reason.", "accepted")
    ] = "open"
    reason: Annotated[
        Line | None, told("Why it is accepted or dismissed.", "A change of channel by design")
    ] = None
