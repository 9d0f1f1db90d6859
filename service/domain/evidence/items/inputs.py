"""What callers send for content."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import ExternalIds, Input, Key, Line, Prose, Slug, Url
from service.domain.money import Expense
from service.domain.paging import ListQuery
from service.domain.times import Day
from service.domain.words import told

_PERSONA, _PROFILE, _TOUCHPOINT, _JOURNEY = (
    f"0198c7f0-0000-7000-8000-0000000000{n}" for n in (20, 10, 70, 40)
)
_Ids = Annotated[list[UUID], Field(max_length=200)]
_Language = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
KINDS = (
    *("article", "case_study", "checklist", "comparison", "email", "event", "faq", "guide"),
    *("infographic", "podcast", "social_post", "tool", "video", "webinar", "white_paper"),
)
"""Kinds that are usual; any other word is taken as well."""


class ContentAudience(Input):
    """Whom an item is for; nobody named: for everybody."""

    shown_only = frozenset()
    profile_ids: Annotated[_Ids, told("Profiles it is for.", [_PROFILE])] = Field(
        default_factory=list
    )
    persona_ids: Annotated[_Ids, told("Personas it is for.", [_PERSONA])] = Field(
        default_factory=list
    )


class ContentAnswer(Input):
    """A question, pain or objection that an item answers, by the keys of its map."""

    shown_only = frozenset()
    journey_id: Annotated[UUID, told("The map it stands in.", _JOURNEY)]
    stage_key: Annotated[
        Key | None, told("The stage that has it; this or `step_key`.", "we-look-around")
    ] = None
    step_key: Annotated[
        Key | None, told("The step that has it; this or `stage_key`.", "call-the-adviser")
    ] = None
    item_key: Annotated[Key, told("Its own key there.", "fees")]

    @model_validator(mode="after")
    def _in_one_place(self) -> "ContentAnswer":
        if (self.stage_key is None) is (self.step_key is None):
            message = "needs either stage_key or step_key"
            raise PydanticCustomError("one_place", message)
        return self


class NewContent(Input):
    """An item of content: an article, a video, a webinar, whatever clients are given."""

    often_changed = ("title", "published_on")
    key: Annotated[
        Key | None,
        told(
            "By which people and files name it; made from the title if absent, and kept when that"
            " changes.",
            "what-advice-costs",
        ),
    ] = None
    title: Annotated[Line, told("How people call it.", "What advice costs")]
    kind: Annotated[
        Slug | None,
        told(f"What it is: {', '.join(KINDS)}, or a word of your own.", "article"),
    ] = None
    language: Annotated[
        _Language | None, told("The language it is written in (BCP 47).", "de-AT")
    ] = None
    body: Annotated[
        Prose | None, told("The text itself, or what is in it.", "Three ways to pay for advice.")
    ] = None
    url: Annotated[
        Url | None,
        told("Where it is, over http or https.", "https://example.org/what-advice-costs"),
    ] = None
    stage: Annotated[
        Slug | None,
        told("The funnel stage, phase or stage's key that it is made for.", "consideration"),
    ] = None
    touchpoint_ids: Annotated[_Ids, told("Where clients meet it.", [_TOUCHPOINT])] = Field(
        default_factory=list
    )
    audience: Annotated[
        ContentAudience, told("Whom it is for.", {"profile_ids": [], "persona_ids": [_PERSONA]})
    ] = Field(default_factory=ContentAudience)
    answers: Annotated[
        Annotated[list[ContentAnswer], Field(max_length=500)],
        told(
            "The questions, pains and objections it answers. Each must be there when it is first"
            " sent; what a map loses later stays here and is `dangling` in the map's challenges.",
            [
                {
                    "journey_id": _JOURNEY,
                    "stage_key": "research",
                    "item_key": "what-does-fee-only-mean",
                }
            ],
        ),
    ] = Field(default_factory=list)
    published_on: Annotated[
        Day | None, told("Its day of publication, past or to come.", "2026-05-01")
    ] = None
    cost: Annotated[
        Expense | None,
        told("What it cost or will cost in all.", {"amount": 1200, "currency": "EUR"}),
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class ContentList(ListQuery):
    """Content by what it is, whom it is for and what it answers."""

    key: Annotated[Key | None, told("Only the one with this key.", "what-advice-costs")] = None
    kind: Annotated[Slug | None, told("Only those of this kind.", "article")] = None
    language: Annotated[_Language | None, told("Only those in this language.", "de-AT")] = None
    stage: Annotated[Slug | None, told("Only those made for it.", "consideration")] = None
    touchpoint_id: Annotated[UUID | None, told("Only those met there.", _TOUCHPOINT)] = None
    profile_id: Annotated[UUID | None, told("Only those for this profile.", _PROFILE)] = None
    persona_id: Annotated[UUID | None, told("Only those for this persona.", _PERSONA)] = None
    journey_id: Annotated[
        UUID | None, told("Only those that answer something in this map.", _JOURNEY)
    ] = None
    published: Annotated[
        bool | None, told("Whether they have a day of publication, past or to come.", True)
    ] = None
