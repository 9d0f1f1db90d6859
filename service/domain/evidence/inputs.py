"""What callers send for evidence and its sources."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from service.domain.contacts import RestrictedOnes
from service.domain.evidence.choices import EvidenceKind, EvidenceStatus, Severity, SourceKind
from service.domain.inputs import ExternalIds, Input, Line, Prose, Slug, Slugs, Url
from service.domain.paging import ListQuery
from service.domain.times import Day
from service.domain.words import told

_SOURCE = "0198c7f0-0000-7000-8000-000000000087"
_PROFILE = "0198c7f0-0000-7000-8000-000000000010"
_PERSONA = "0198c7f0-0000-7000-8000-000000000020"
_JOURNEY = "0198c7f0-0000-7000-8000-000000000040"
_STAGE = "0198c7f0-0000-7000-8000-000000000050"
_STEP = "0198c7f0-0000-7000-8000-000000000060"
_CONTACT = "0198c7f0-0000-7000-8000-0000000000d0"
_TOUCHPOINT = "0198c7f0-0000-7000-8000-000000000070"
_TRANSITION = "0198c7f0-0000-7000-8000-000000000080"

MOST_TARGETS = 50
Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
_MOST = 1e9


def _rounded(value: float) -> float:
    """To nine decimals: what is smaller would vanish when it is squared."""
    return round(value, 9)


Number = Annotated[float, Strict(), Field(ge=-_MOST, le=_MOST)]


class EvidenceTarget(Input):
    """What a finding is about: exactly one of these, null or absent the others."""

    shown_only = frozenset()
    persona_id: Annotated[UUID | None, told("A persona of the workspace.", _PERSONA)] = None
    attribute: Annotated[
        Slug | None,
        told(
            "What of the persona the finding supports: a member (`pains`), a demographic (`age` or "
            "`demographics.age`), a key of /v1/profile-attributes or of its own attributes.",
            "pains",
        ),
    ] = None
    journey_id: Annotated[UUID | None, told("A whole map.", None, _JOURNEY)] = None
    stage_id: Annotated[UUID | None, told("A stage of a map.", None, _STAGE)] = None
    step_id: Annotated[UUID | None, told("A step of a map.", None, _STEP)] = None
    transition_id: Annotated[UUID | None, told("An edge between two steps.", None, _TRANSITION)] = (
        None
    )
    touchpoint_id: Annotated[UUID | None, told("An entry of the catalogue.", None, _TOUCHPOINT)] = (
        None
    )

    @model_validator(mode="after")
    def _names_one(self) -> "EvidenceTarget":
        if sum(getattr(self, name) is not None for name in TARGETS) != 1:
            raise PydanticCustomError("one_of", f"must name exactly one of {', '.join(TARGETS)}")
        if self.attribute is not None and self.persona_id is None:
            raise PydanticCustomError("one_of", "only a persona has an attribute to support")
        return self


TARGETS = ("persona_id", "journey_id", "stage_id", "step_id", "transition_id", "touchpoint_id")
"""The members of a target, of which it names one."""


class EvidenceSubject(Input):
    """Whom a finding is about: a kind of client, a person, or a person of that kind."""

    shown_only = frozenset()
    profile_id: Annotated[UUID | None, told("The kind of client the person is of.", _PROFILE)] = (
        None
    )
    contact_id: Annotated[
        UUID | None, told("The person; the finding goes when the person is erased.", _CONTACT)
    ] = None


class EvidenceRating(Input):
    """What somebody gave, and between which ends."""

    shown_only = frozenset()
    value: Annotated[Number, told("The rating itself, within its scale.", 2)]
    scale: Annotated[
        Annotated[list[Number], Field(min_length=2, max_length=2)],
        told("The worst rating and the best; the best may be the lower number.", [1, 5]),
    ] = Field(default_factory=lambda: [1.0, 5.0])


class EvidenceFigure(Input):
    """What was counted or measured."""

    shown_only = frozenset()
    name: Annotated[Line, told("What it is a figure of.", "Forms given up")]
    value: Annotated[Number, told("The figure.", 38.5)]
    unit: Annotated[Slug | None, told("What it is counted in.", "%")] = None


class NewEvidenceSource(Input):
    """One interview, survey or review page, from which many findings come."""

    often_changed = ("title", "conducted_on")
    source_kind: Annotated[SourceKind, told("How it was collected.", "interview")]
    title: Annotated[Line, told("How people call it.", "Talk with a teacher near retirement")]
    description: Annotated[
        Prose | None, told("How it went, who was asked, how many.", "An hour, by telephone.")
    ] = None
    url: Annotated[
        Url | None,
        told("Where it can be read; we never open it.", "https://example.org/reviews"),
    ] = None
    author: Annotated[Line | None, told("Who collected it.", "Ann")] = None
    department: Annotated[Slug | None, told("Whose work it was.", "service")] = None
    conducted_on: Annotated[Day | None, told("The day of it.", "2026-05-04")] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class NewEvidence(Input):
    """A research finding: a story or a figure about a persona, a map or a touchpoint."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("sentiment_basis", "sentiment_reason")
    }
    often_changed = ("status", "severity")
    kind: Annotated[EvidenceKind, told("Whether it counts or tells.", "anecdotal")]
    source_kind: Annotated[
        SourceKind | None, told("How it was collected; absent: as its source.", "interview")
    ] = None
    source_id: Annotated[
        UUID | None, told("The interview, survey or page that it comes from.", _SOURCE)
    ] = None
    targets: Annotated[
        Annotated[list[EvidenceTarget], Field(max_length=MOST_TARGETS)],
        told("What it is about, each named once.", [{"journey_id": _JOURNEY}]),
    ] = Field(default_factory=list)
    subject: Annotated[
        EvidenceSubject | None, told("Whom it is about.", {"profile_id": _PROFILE})
    ] = None
    department: Annotated[Slug | None, told("Which part of the firm it comes from.", "service")] = (
        None
    )
    author: Annotated[Line | None, told("Who wrote it down.", "Ann")] = None
    observed_on: Annotated[Day | None, told("The day it was seen or said.", "2026-05-04")] = None
    status: Annotated[EvidenceStatus, told("How sure it is.", "validated")] = "observed"
    severity: Annotated[Severity | None, told("How much it hurts.", "medium")] = None
    topic: Annotated[
        Slug | None, told("What it is about: a topic of pains, or a word of your own.", "speed")
    ] = None
    themes: Annotated[
        Slugs, told("Worries it is an instance of; maps are compared by them.", ["waiting"])
    ] = Field(default_factory=list)
    sentiment: Annotated[
        Annotated[float, Strict(), Field(ge=-2, le=2), AfterValidator(_rounded)] | None,
        told("How it feels, -2 to +2; absent: by its rating, else by the words.", -1.5),
    ] = None
    rating: Annotated[
        EvidenceRating | None,
        told("What somebody gave: mapped onto -2 to +2 in a line.", {"value": 2, "scale": [1, 5]}),
    ] = None
    weight: Annotated[
        Annotated[float, Strict(), Field(ge=0, le=1e6), AfterValidator(_rounded)],
        told("What it counts as against others; 0 keeps it and leaves it out.", 2),
    ] = 1.0
    text: Annotated[
        Prose | None, told("The finding in words.", "I waited an hour, and the adviser was gone.")
    ] = None
    language: Annotated[
        Language | None, told("The language of the text (BCP 47); English is scored.", "en")
    ] = None
    figure: Annotated[
        EvidenceFigure | None,
        told("The finding as a figure.", {"name": "Forms given up", "value": 38.5, "unit": "%"}),
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class EvidenceSourceList(ListQuery):
    """Sources by how they were collected."""

    source_kind: Annotated[SourceKind | None, told("Only those collected so.", "interview")] = None
    department: Annotated[Slug | None, told("Only this department's.", "service")] = None


class EvidenceList(ListQuery):
    """Findings by what they are, come from and are about."""

    kind: Annotated[EvidenceKind | None, told("Only those of this kind.", "anecdotal")] = None
    source_kind: Annotated[SourceKind | None, told("Only those collected so.", "interview")] = None
    source_id: Annotated[UUID | None, told("Only those from this source.", _SOURCE)] = None
    department: Annotated[Slug | None, told("Only this department's.", "service")] = None
    status: Annotated[EvidenceStatus | None, told("Only those as sure as this.", "validated")] = (
        None
    )
    severity: Annotated[Severity | None, told("Only those that hurt so much.", "high")] = None
    topic: Annotated[Slug | None, told("Only those on this topic.", "speed")] = None
    theme: Annotated[Slug | None, told("Only those that bear this theme.", "waiting")] = None
    profile_id: Annotated[
        UUID | None, told("Only those about people of this profile.", _PROFILE)
    ] = None
    contact_id: Annotated[
        UUID | None,
        told("Only those about this contact, or whoever is shown as the same one.", _CONTACT),
    ] = None
    restricted: Annotated[
        RestrictedOnes, told("Whether those about restricted people are listed.", "without")
    ] = "without"
    persona_id: Annotated[UUID | None, told("Only those about this persona.", _PERSONA)] = None
    journey_id: Annotated[
        UUID | None, told("Only those about this map or any part of it.", _JOURNEY)
    ] = None
    stage_id: Annotated[UUID | None, told("Only those about this stage itself.", _STAGE)] = None
    step_id: Annotated[UUID | None, told("Only those about this step.", _STEP)] = None
    transition_id: Annotated[UUID | None, told("Only those about this edge.", _TRANSITION)] = None
    touchpoint_id: Annotated[
        UUID | None, told("Only those about this touchpoint.", _TOUCHPOINT)
    ] = None
    observed_from: Annotated[
        Day | None, told("Only those observed on this day or later.", "2026-01-01")
    ] = None
    observed_to: Annotated[
        Day | None, told("Only those observed before this day.", "2027-01-01")
    ] = None
