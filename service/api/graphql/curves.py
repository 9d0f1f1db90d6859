"""The emotion curve of a journey, computed for all journeys of an answer at once."""

from collections.abc import Awaitable, Sequence
from typing import Annotated, Any, get_args
from uuid import UUID

import strawberry
from strawberry import Info

from service.api.graphql import context, ids, mirroring
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.states import STATE, Revision, state
from service.api.graphql.structs import family
from service.domain import insights
from service.domain.errors import Invalid, Problem
from service.domain.insights import Asked, CurveOf, Theme, Wanted
from service.domain.words import Meaning
from service.domain.work import Work

PICTURE = 300
"""What a cost counts a picture as: it takes as long as so many fields."""
_THEMES = {
    "auto": "As the reader's system prefers.",
    "light": "Dark lines on white.",
    "dark": "Light lines on black.",
}
CurveTheme: Any = mirroring.enumeration(
    get_args(Theme), "CurveTheme", Meaning("Colours of a picture.", _THEMES)
)


@strawberry.input(description="What lies over a curve: another journey, or another's ratings.")
class CurveOverlayInput:
    """One of the three must be given."""

    journey_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Whose curve; by default that of the journey below."
    )
    persona_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Whose ratings, where they have their own."
    )
    revision: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Of which state of the map: {STATE}."
    )

    def asked(self, below: Asked, at: str) -> Asked:
        """What stands at this pointer, over the curve `below`. Raises `Invalid`."""
        journey_id = ids.optional_id(self.journey_id, "Journey", f"{at}/journey_id")
        persona_id = ids.optional_id(self.persona_id, "Persona", f"{at}/persona_id")
        if journey_id is None and persona_id is None and not self.revision:
            detail = "needs journey_id, persona_id or revision"
            raise Invalid([Problem(at, "required", detail)])
        then = state(self.revision, f"{at}/revision")
        if journey_id is None and not self.revision:
            then = below.revision
        return Asked(journey_id or below.journey_id, persona_id, then)


def _pictured() -> Any:
    """A curve's field for its picture."""
    said = "The curve and its overlays as an SVG document."
    metadata = {STORED: Stored((), costs=PICTURE)}
    return strawberry.field(description=said, metadata=metadata, graphql_type=str)(_svg)


def _svg(
    root: Any,
    info: Info,
    theme: Annotated[
        CurveTheme,
        strawberry.argument(description="Of its colours; auto: as the reader's system prefers."),
    ] = CurveTheme.auto,
) -> str:
    picture = insights.svg(root, root.title, theme.value)
    context.of(info).spends(len(picture))
    return picture


_TIMES = {"points": 40, "per_stage": 8}
"""How many rows a cost counts the longer lists as."""
EmotionCurve = family(insights.EmotionCurve, {}, _TIMES, __name__, svg=_pictured())


def emotion_curve() -> Any:
    """A journey's field for its curve."""
    said = "The highs and lows of its emotions, and the figures over them."
    metadata = {STORED: Stored(("id",))}
    return strawberry.field(description=said, metadata=metadata, graphql_type=EmotionCurve | None)(
        _resolve
    )


def _resolve(
    root: Any,
    info: Info,
    persona_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Whose ratings, where they have their own."),
    ] = strawberry.UNSET,
    overlays: Annotated[
        list[CurveOverlayInput] | None,
        strawberry.argument(description=f"What lies over it, at most {insights.MOST_OVERLAYS}."),
    ] = strawberry.UNSET,
    revision: Revision = strawberry.UNSET,
) -> Awaitable[Any]:
    whose = ids.optional_id(persona_id, "Persona", "/persona_id")
    below = Asked(UUID(root["id"]), whose, state(revision))
    over = [one.asked(below, f"/overlays/{n}") for n, one in enumerate(overlays or ())]
    wanted = Wanted(below, tuple(over))
    return context.of(info).loaded("emotion_curve", _load, wanted)


async def _load(work: Work, wanted: Sequence[Wanted]) -> list[Any]:
    found = await insights.emotion_curves(work, wanted)
    drawn = (found[one] for one in wanted)
    return [one.curve if isinstance(one, CurveOf) else one for one in drawn]
