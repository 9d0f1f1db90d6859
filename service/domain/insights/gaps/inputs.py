"""What is asked of gaps, and what people say of them."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from service.domain import cursors
from service.domain.inputs import Input, Key, Line, Slug
from service.domain.insights.gaps.events import Compared
from service.domain.insights.gaps.gap import ABOUT_MAP, HANDOFFS, KINDS, MEANINGS, Gap, Kind
from service.domain.insights.selecting import REVISION, Condition
from service.domain.journeys import StateName
from service.domain.times import Instant, forwards
from service.domain.words import Meaning, Several, told

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
        "Whose path is judged, where events tell.",
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


_INSTANT = TypeAdapter(Instant)


def _range(told_: str) -> str:
    if "/" in told_:
        try:
            from_, to = (_INSTANT.validate_python(one) for one in told_.split("/", 1))
        except ValueError as error:
            message = "must be `previous`, `before`, or two instants with / between"
            raise PydanticCustomError("wrong_baseline", message) from error
        if from_ >= to:
            raise PydanticCustomError("wrong_bounds", "the first instant must be before the other")
    return told_


GapsBaseline = Annotated[
    str,
    Field(max_length=100, pattern=r"^(previous|before|[^/]+/[^/]+)$"),
    AfterValidator(_range),
]


class _OfEvents(Input):
    """What is asked of events where gaps are looked for."""

    shown_only = frozenset()
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told(
            "What was done, and findings observed, from then on; absent: from the first.",
            "2026-05-01T00:00:00Z",
        ),
    ] = None
    to: Annotated[
        Instant | None,
        told(
            "What was done, and findings observed, before; absent: to the last.",
            "2026-06-01T00:00:00Z",
        ),
    ] = None
    unit: Annotated[
        GapUnit, told("Whose path is judged: all that a contact did, or each session.", "contact")
    ] = "contact"
    window_seconds: Annotated[
        Annotated[int, Field(ge=1, le=31_622_400)],
        told("Within what time a contact goes on, both ends included.", 1_209_600),
    ] = 1_209_600
    least_count: Annotated[
        Annotated[int, Field(ge=1, le=1_000_000)] | None,
        told("The least count of contacts to compare, else the workspace's.", 30),
    ] = None
    filter: Annotated[
        Condition,
        told(
            "Only events for which this is true: a condition in the filter language, as JSON; a"
            " bare text is an event's name.",
            '{"field": "device", "op": "eq", "value": "mobile"}',
        ),
    ] = None
    baseline: Annotated[
        GapsBaseline | None,
        told(
            "What the range is compared with: `previous`, the one of its length before it, all"
            " `before` it, or a range as two instants with / between. Absent: `previous`; where"
            " `from` is absent too, the last 30 days are compared with all `before` them.",
            "before",
        ),
    ] = None
    scan: Annotated[
        GapScan | None,
        told("Compare each such period of the range with all before it as well.", "week"),
    ] = None

    by_profile: Annotated[
        bool,
        told("Tell contacts apart by profile as well, which needs contacts:read.", False),
    ] = False

    @model_validator(mode="after")
    def _comparable(self) -> "_OfEvents":
        forwards(self.from_, self.to)
        return self

    @property
    def compared(self) -> Compared:
        """What is asked of events."""
        baseline = self.baseline
        if baseline is not None and "/" in baseline:
            from_, to = (_INSTANT.validate_python(one) for one in baseline.split("/", 1))
            return self._compared((from_, to))
        return self._compared(baseline)

    def _compared(self, baseline: str | tuple[datetime, datetime] | None) -> Compared:
        return Compared(
            *(self.from_, self.to, baseline, self.scan, self.filter),
            *(self.window_seconds, self.least_count, self.unit, self.by_profile),
        )


class GapQuery(_OfEvents):
    """What is asked of events where gaps are looked for."""

    journey_id: Annotated[
        UUID | None,
        told(
            "The map it was found on: no other is looked at.",
            "0198c7f0-0000-7000-8000-000000000040",
        ),
    ] = None


class GapsQuery(_OfEvents):
    """Which gaps, in what range, measured how."""

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

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds asked for; none for all."""
        return frozenset() if self.kind is None else frozenset(self.kind.split(","))

    @property
    def listed(self) -> frozenset[str]:
        """The kinds that may be listed, by all that is asked for."""
        found = self.kinds or frozenset(KINDS)
        if self.about is not None:
            found = found & ABOUT_MAP if self.about == "map" else found - ABOUT_MAP
        return found if self.dimension is None else found & HANDOFFS

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
