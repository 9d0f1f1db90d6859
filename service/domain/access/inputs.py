"""What callers send for API keys and workspaces."""

from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from service.domain.inputs import Flag, Input, Line
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import Meaning, told
from service.domain.work import SCOPES, Scope

GrantedScope = Annotated[
    Literal[
        Scope.MAPS_READ,
        Scope.MAPS_WRITE,
        Scope.CONTACTS_READ,
        Scope.CONTACTS_WRITE,
        Scope.EVENTS_WRITE,
        Scope.ANALYTICS_READ,
        Scope.PRIVACY,
        Scope.ADMIN,
    ],
    Meaning(
        "What the holder of a key may do.",
        {scope: SCOPES[scope] for scope in Scope if scope is not Scope.OPERATOR},
    ),
]
"""What a key of a workspace may have: every scope but the operator's."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = "is not a time zone of the IANA database"
        raise PydanticCustomError("unknown_time_zone", message) from error
    return name


TimeZone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known_zone)]


class NewApiKey(Input):
    """An API key: what its holder may do, and until when."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"hint", "key", "revoked_at"}
    often_changed = ("name",)
    name: Annotated[Line, told("Which system or person holds it.", "CRM sync")]
    scopes: Annotated[
        Annotated[list[GrantedScope], Field(min_length=1, max_length=len(Scope))],
        told("What it allows; never more than the key that makes it.", ["maps:read", "maps:write"]),
    ]
    expires_at: Annotated[
        Instant | None,
        told("From when on it opens nothing; null: never.", "2027-01-01T00:00:00Z"),
    ] = None
    public: Annotated[
        Flag,
        told(
            "Whether anybody may read it, as a browser's key: it sends events and does nothing"
            " else, and counts for less than one that is kept secret.",
            False,
        ),
    ] = False


class NewWorkspace(Input):
    """A tenant, to which all its maps, people and keys belong."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"key"}
    name: Annotated[Line, told("The firm or team it belongs to.", "Our company")]
    time_zone: Annotated[
        TimeZone,
        told("By which reports cut days, weeks and months (IANA name).", "Europe/Vienna"),
    ] = "UTC"


class PlainList(ListQuery):
    """A list too short to be searched."""

    filter: ClassVar[None] = None  # type: ignore[misc]
    q: ClassVar[None] = None  # type: ignore[misc]


class ApiKeyList(PlainList):
    """Keys, revoked and expired ones too."""


class WorkspaceList(PlainList):
    """All workspaces, for operators."""
