"""What is asked of events, and what callers send for a message that was put aside."""

from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from service.domain import cursors
from service.domain.inputs import Input, storable
from service.domain.listing import STRIDES
from service.domain.paging import ListQuery
from service.domain.times import Instant, forwards
from service.domain.words import Meaning, told

LONGEST_MENDED = 64 * 1024
_CONTACT = "0198c7f0-0000-7000-8000-000000000099"
EventType = Annotated[
    Literal["track", "page", "screen", "identify", "group", "alias"],
    Meaning(
        "What a message of the tracking protocol tells.",
        {
            "track": "Something that somebody did, named by `event`.",
            "page": "A page that somebody saw.",
            "screen": "A screen of an app that somebody saw.",
            "identify": "Who somebody is.",
            "group": "Which organisation somebody belongs to.",
            "alias": "Under which other id somebody was known.",
        },
    ),
]
TimelineType = Annotated[
    Literal["track", "page", "screen", "identify", "group", "alias", "enrolment"],
    Meaning(
        "What an entry of a timeline tells: a type of message, or that they were put on a map.",
        {
            "track": "Something that somebody did, named by `event`.",
            "page": "A page that somebody saw.",
            "screen": "A screen of an app that somebody saw.",
            "identify": "Who somebody is.",
            "group": "Which organisation somebody belongs to.",
            "alias": "Under which other id somebody was known.",
            "enrolment": "A place of a map where they were put by hand.",
        },
    ),
]
_Text = Annotated[str, Field(max_length=512), AfterValidator(storable)]


class TimelineQuery(Input):
    """Which events of one contact, in the order in which they happened."""

    shown_only = frozenset()
    limit: Annotated[int, Field(ge=1, le=200), told("Rows a page; line by line, in all.", 50)] = 50
    after: Annotated[
        Annotated[str, Field(max_length=4000)] | None,
        told("The `next` of the page before, with the same other parameters.", cursors.EXAMPLE),
    ] = None
    filter: Annotated[
        Annotated[str, Field(max_length=20_000), AfterValidator(storable)] | None,
        told(
            "A condition in the filter language, as JSON.",
            '{"field": "properties.plan", "op": "eq", "value": "pro"}',
        ),
    ] = None
    type: Annotated[TimelineType | None, told("Of this type alone.", "track")] = None
    event: Annotated[_Text | None, told("Of this name alone.", "Order Completed")] = None
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("That happened then or later.", "2026-05-01T00:00:00Z"),
    ] = None
    to: Annotated[Instant | None, told("That happened before.", "2026-06-01T00:00:00Z")] = None
    _walked: bool = PrivateAttr(False)
    _numbered: bool = PrivateAttr(False)

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        forwards(self.from_, self.to)
        return self

    def walking(self, limit: int, after: str | None, *, first: bool) -> Self:
        """The same question for one part of a walk, which ends with a cursor."""
        del first
        asked = self.model_copy(update={"limit": limit, "after": after})
        asked._walked = True
        return asked

    def numbered(self) -> Self:
        """The same question, to be answered with a cursor for each event."""
        asked = self.model_copy()
        asked._numbered = True
        return asked

    @property
    def longest(self) -> int | None:
        """The most events that a walk shall visit; None when there is no end to them."""
        return self.limit if "limit" in self.model_fields_set else None

    @property
    def stride(self) -> int:
        """Events that a walk reads at once."""
        return STRIDES["list"]


class EventsQuery(TimelineQuery):
    """Which events, in the order in which they came."""

    type: Annotated[EventType | None, told("Of this type alone.", "track")] = None
    contact_id: Annotated[UUID | None, told("Of this contact alone.", _CONTACT)] = None


def _mended(value: Any) -> Any:
    if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) > LONGEST_MENDED:
        raise PydanticCustomError("too_long", f"has at most {LONGEST_MENDED} bytes")
    return value


class NewQuarantinedMessage(Input):
    """A message that could not be taken, and why."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("code", "detail", "pointer", "bytes", "type", "public", "replayed_at", "outcome"),
    }
    message: Annotated[
        Annotated[str, AfterValidator(storable), AfterValidator(_mended)],
        told(
            "The message as JSON text: as it came but for sensitive traits, or as it was mended.",
            '{"type": "track", "userId": "4711", "event": "Order Completed"}',
        ),
    ]


_Code = Annotated[
    Annotated[str, Field(max_length=100), AfterValidator(storable)] | None,
    told("Put aside for this reason.", "id_missing"),
]


class QuarantineReplay(Input):
    """Which messages are put through again, of those that wait."""

    shown_only = frozenset()
    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "id_missing"}]})
    code: _Code = None
    type: Annotated[
        Annotated[str, Field(max_length=100), AfterValidator(storable)] | None,
        told("Of this `type` as they are shown: the one that their path said.", "track"),
    ] = None
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("That were put aside then or later.", "2026-05-01T00:00:00Z"),
    ] = None
    to: Annotated[Instant | None, told("That were put aside before.", "2026-06-01T00:00:00Z")] = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=200), told("The most at once.", 200)] = 200
    after: Annotated[
        Annotated[str, Field(max_length=4000)] | None,
        told("The `next` of the piece before, with all else the same.", cursors.EXAMPLE),
    ] = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        forwards(self.from_, self.to)
        return self

    @property
    def condition(self) -> dict[str, Any] | None:
        """Type and time in the filter language."""
        said: list[tuple[str, str, Any]] = [
            ("type", "eq", self.type),
            ("created_at", "ge", self.from_),
            ("created_at", "lt", self.to),
        ]
        leaves = [{"field": f, "op": op, "value": v} for f, op, v in said if v is not None]
        return {"all": leaves} if leaves else None


class QuarantineList(ListQuery):
    """Messages that were put aside."""

    q: ClassVar[None] = None  # type: ignore[misc]
    code: _Code = None
    replayed: Annotated[bool | None, told("Whether it was put through again.", False)] = None
