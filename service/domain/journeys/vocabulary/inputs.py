"""What callers send for the vocabulary."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import ExternalIds, Flag, Input, Line, Slug
from service.domain.paging import ListQuery

WordKind = Literal["channel", "device", "department", "actor", "topic"]


class VocabularyUses(Input):
    """Where a word is used, and how often."""

    shown_only = frozenset()
    steps: int = Field(description="As a step's own, among its actors, or as a topic there.")
    step_touchpoints: int = Field(description="Of touchpoints as met at steps.")
    stages: int = Field(description="As a topic of a stage.")
    transitions: int = Field(description="As who receives what is handed over.")
    touchpoints: int = Field(description="Of the catalogue's own.")
    activities: int = Field(description="As who carries out a touchpoint's activity.")
    vocabulary: int = Field(description="As who owns a word.")


class NewVocabularyEntry(Input):
    """A word that maps and touchpoints use: a channel, device, department, actor or topic."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("declared", "stands_for", "use_count", "uses")
    }
    kind: WordKind
    slug: Slug = Field(description="The word itself. Changing it changes it wherever it is used.")
    label: Line | None = Field(None, description="How people read it; absent: the slug.")
    alias_of: UUID | None = Field(None, description="The word that is stored instead of this one.")
    owner: Slug | None = Field(None, description="The department that owns it.")
    present: Flag | None = Field(None, description="Whether we are there; null: unknown.")
    external_ids: ExternalIds = Field(default_factory=list)


class Merge(Input):
    """Into which word another goes."""

    shown_only = frozenset()
    into: UUID = Field(description="The word that stays; the other becomes an alias of it.")


class VocabularyList(ListQuery):
    """Words by kind."""

    kind: WordKind | None = None
    slug: Slug | None = None
    alias_of: UUID | None = None
    owner: Slug | None = None
    present: bool | None = Field(None, description="Whether we are there.")
    declared: bool | None = Field(None, description="False: only used, declared by nobody.")
